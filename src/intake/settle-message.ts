import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../access/index.ts';
import { isOvertaken, ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import { answerResource, findInInbox, readAnswer } from './inbox.ts';
import type { SourceMessage } from './records.ts';
import { messageResource } from './records.ts';
import type { Source } from './source.ts';

/** What is done with a message, and by whom. */
export interface Processing {
  readonly source: Source;
  readonly actor: Actor;
  readonly interaction: 'intake' | 'intake-resume' | 'intake-retry' | 'intake-replay';
}

const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;

/**
 * Plans and commits again while other messages change the same resources in between, for as long as a request may take.
 * Those of this process stand in line; with those of other gateways the pauses grow until each finds a gap.
 *
 * @param inbox the message as it stood when the processing began
 * @param commit plans over what is stored now, and commits
 * @returns the answer of the commit, or that of another gateway that was faster
 * @throws ServiceError 'unavailable' when the meetings do not end
 */
export async function untilSettled(services: Services, inbox: InboxMessage, commit: (attempt: number) => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + services.config.limits.requestMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await commit(attempt);
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      const version = (await findInInbox(services, inbox.message.id))?.version ?? 0;
      const settled = version === inbox.version ? undefined : await readAnswer(services, inbox.message.id);
      if (settled !== undefined) return settled;
      if (performance.now() > deadline) throw new ServiceError('unavailable', 'The message is in the inbox and is processed later, since too many others change the same records now; send it again to get its answer', [], { cause: error });
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** attempt));
    }
  }
}

/** The writes that end the processing of a message: where it stands now, its answer, and its body if it is not in the inbox yet. */
export async function closingChanges({ version, entering = [] }: InboxMessage, message: SourceMessage, answer: Answer): Promise<Change[]> {
  return [
    { kind: 'put', resource: messageResource(message), expectedVersion: version },
    ...entering,
    { kind: 'put', resource: await answerResource(message.id, answer) },
  ];
}
