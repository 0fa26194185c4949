import type { Services } from '../services.ts';
import type { InboxMessage } from './inbox.ts';
import { toInboxMessage } from './inbox.ts';
import { processMessage } from './process-message.ts';
import { MESSAGE_TYPE } from './records.ts';
import { senderOf } from './sender-of.ts';
import { sourceOf } from './source-of.ts';
import { pagesOf } from '../store/search-all.ts';

const PAGE = 50;

export interface ResumeOptions {
  /** Leaves alone what came less than so many milliseconds ago: it may still be worked on. */
  readonly minAgeMs?: number;
  /** Aborted, it ends after the message under way. */
  readonly signal?: AbortSignal;
}

/**
 * Processes what was received and not finished, as after a crash. Meanwhile other gateways may do the same, or still be at
 * work on a message: whoever commits first wins, and the others come to the same answer. One message that fails does not
 * hold up the next.
 *
 * @returns how many messages were finished
 */
export async function resumeIntake(services: Services, { minAgeMs = 0, signal }: ResumeOptions = {}): Promise<number> {
  const before = services.clock().getTime() - minAgeMs;
  let finished = 0;
  const where = [{ kind: 'token', param: 'status', anyOf: [{ code: 'received' }] }] as const;
  for await (const items of pagesOf(services.store, { type: MESSAGE_TYPE, where, limit: PAGE })) {
    for (const inbox of items.map(toInboxMessage)) {
      if (signal?.aborted === true) return finished;
      if (Date.parse(inbox.message.receivedAt) <= before && await resume(services, inbox)) finished++;
    }
  }
  return finished;
}

async function resume(services: Services, inbox: InboxMessage): Promise<boolean> {
  const { message } = inbox;
  try {
    await processMessage(services, inbox, { source: sourceOf(services, message.source), actor: senderOf(message), interaction: 'intake-resume' });
    return true;
  } catch (error) {
    services.log.error({ message: message.id, source: message.source, cause: error instanceof Error ? error.name : typeof error }, 'could not resume a message; it stays in the inbox');
    return false;
  }
}
