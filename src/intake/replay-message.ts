import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import type { Services } from '../services.ts';
import type { Answer } from './inbox.ts';
import { readInbox } from './inbox.ts';
import { processMessage } from './process-message.ts';
import { sourceOf } from './source-of.ts';

/**
 * Processes a message of the inbox once more, after a table, a profile or the source's description was mended. What newer
 * messages have written meanwhile stays; what is already right makes no new version.
 *
 * @param id of the message in the inbox
 * @throws ServiceError 'forbidden'; 'not-found' for an unknown message, or one of a source that is no longer described
 */
export async function replayMessage(services: Services, caller: Caller, id: string): Promise<Answer> {
  await authorize(services, caller, { action: 'intake-replay' });
  const inbox = await readInbox(services, id);
  return processMessage(services, inbox, { source: sourceOf(services, inbox.message.source), actor: caller, interaction: 'intake-replay' });
}
