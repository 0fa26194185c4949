import { traceChange } from '../audit/index.ts';
import type { Issue } from '../fhir/outcome.ts';
import type { Services } from '../services.ts';
import { deadLetterChanges } from './dead-letters/dead-letter.ts';
import { reasonsOf } from './dead-letters/reason.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import type { SourceMessage } from './records.ts';
import type { Processing } from './settle-message.ts';
import { closingChanges } from './settle-message.ts';

/** Why a message is refused: what its sender is told, and what the operator's list says of it. */
export interface Refusal extends Pick<SourceMessage, 'kind' | 'entryCount'> { readonly answer: Answer; readonly issues: readonly Issue[] }

/**
 * Keeps a message as a dead letter with its answer. One that was taken in before, and whose replay fails, stays what it was:
 * what it brought is stored, and its sender was told so.
 *
 * @throws ServiceError 'version-conflict' when another gateway was faster
 */
export async function refuseMessage(services: Services, inbox: InboxMessage, processing: Processing, { answer, issues, ...found }: Refusal): Promise<Answer> {
  const wasTakenIn = inbox.message.status === 'processed' || inbox.message.status === 'partial';
  const reasons = reasonsOf(issues);
  const message: SourceMessage = { ...inbox.message, ...found, status: 'refused', finishedAt: services.clock().toISOString(), issueCount: issues.length, unmapped: [], reasons: [...reasons] };
  const reason = `The message was refused with ${issues.length} faults`;
  await services.store.commit([
    ...wasTakenIn ? [] : [...await closingChanges(inbox, message, answer), ...deadLetterChanges(message.source, reasons)],
    traceChange(services, processing.actor, { action: 'create', interaction: processing.interaction, outcome: 'refused', reason }),
  ]);
  return answer;
}
