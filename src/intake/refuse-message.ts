import { traceChange } from '../audit/index.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { deadLetterChanges } from './dead-letters/dead-letter.ts';
import type { Failure, Found } from './failure.ts';
import { failureOf, withoutFailure } from './failure.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import type { SourceMessage } from './records.ts';
import { messageResource } from './records.ts';
import type { Processing } from './settle-message.ts';
import { closingChanges } from './settle-message.ts';

/** Why a message is refused: what its sender is told, and what the operator's list says of it. */
export interface Refusal extends Found { readonly answer: Answer; readonly entryCount?: number }

/**
 * Keeps a message as a dead letter with its answer. One that was taken in before, and whose replay fails, stays what it was:
 * what it brought is stored, and its sender was told so.
 *
 * @throws ServiceError 'version-conflict' when another gateway was faster
 */
export async function refuseMessage(services: Services, inbox: InboxMessage, processing: Processing, { answer, entryCount, ...found }: Refusal): Promise<Answer> {
  const wasTakenIn = inbox.message.status === 'processed' || inbox.message.status === 'partial';
  const failure = failureOf(services, inbox.message, processing, found);
  const message: SourceMessage = {
    ...withoutFailure(inbox.message), ...(found.kind === undefined ? {} : { kind: found.kind, entryCount: entryCount ?? 0 }),
    status: 'refused', finishedAt: services.clock().toISOString(), issueCount: found.issues.length, unmapped: [], ...failure,
  };
  const reason = `The message was refused with ${found.issues.length} faults`;
  await services.store.commit([
    ...wasTakenIn ? retriedInVain(inbox, processing, failure) : [...await closingChanges(inbox, message, answer), ...deadLetterChanges(message.source, failure.reasons ?? [])],
    traceChange(services, processing.actor, { action: 'create', interaction: processing.interaction, outcome: 'refused', reason }),
  ]);
  return answer;
}

/** Of a message that was taken in in part, and that waits for the rest. */
function retriedInVain({ message, version }: InboxMessage, { interaction }: Processing, { reasons: _now, ...waiting }: Failure): Change[] {
  if (interaction !== 'intake-retry') return [];
  const { reasons } = message;
  return [{ kind: 'put', resource: messageResource({ ...withoutFailure(message), ...(reasons === undefined ? {} : { reasons }), ...waiting }), expectedVersion: version }];
}
