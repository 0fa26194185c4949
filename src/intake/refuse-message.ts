import { traceChange } from '../audit/index.ts';
import type { Services } from '../services.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import type { SourceMessage } from './records.ts';
import type { Processing } from './settle-message.ts';
import { closingChanges } from './settle-message.ts';

/** Why a message is refused: what its sender is told, and what the operator's list says of it. */
export interface Refusal extends Pick<SourceMessage, 'kind' | 'entryCount' | 'issueCount'> { readonly answer: Answer }

/**
 * Keeps a message as a dead letter with its answer. One that was taken in before, and whose replay fails, stays what it was:
 * what it brought is stored, and its sender was told so.
 *
 * @throws ServiceError 'version-conflict' when another gateway was faster
 */
export async function refuseMessage(services: Services, inbox: InboxMessage, processing: Processing, { answer, ...found }: Refusal): Promise<Answer> {
  const wasTakenIn = inbox.message.status === 'processed' || inbox.message.status === 'partial';
  const message: SourceMessage = { ...inbox.message, ...found, status: 'refused', finishedAt: services.clock().toISOString(), unmapped: [] };
  const reason = `The message was refused with ${found.issueCount} faults`;
  await services.store.commit([
    ...wasTakenIn ? [] : await closingChanges(inbox, message, answer),
    traceChange(services, processing.actor, { action: 'create', interaction: processing.interaction, outcome: 'refused', reason }),
  ]);
  return answer;
}
