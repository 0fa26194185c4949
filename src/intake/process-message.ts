import { meetingNamesOf } from '../identity/index.ts';
import { inTurnIfLarge } from '../large-bodies.ts';
import { UnreadableMessage } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import { commitMessage } from './commit-message.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import { readPayload } from './inbox.ts';
import { inLine } from '../in-line.ts';
import { mergeContributions } from './merge-contributions.ts';
import type { OpenBody } from './open-body.ts';
import { openBody } from './open-body.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { prepareMessage } from './prepare-message.ts';
import { refuseMessage } from './refuse-message.ts';
import { renderRefusal } from './render-answer.ts';
import type { Processing } from './settle-message.ts';
import { untilSettled } from './settle-message.ts';

/**
 * Takes a message of the inbox through normalisation, mapping and validation into the store. Whoever repeats it, here or on
 * another gateway, comes to the same resources.
 *
 * @param body where the caller has it at hand; else it is read from the inbox
 * @throws ServiceError 'unavailable' when the store is gone: the message stays in the inbox and is resumed later
 */
export function processMessage(services: Services, inbox: InboxMessage, processing: Processing, body?: OpenBody): Promise<Answer> {
  return inTurnIfLarge(services, inbox.message.bytes, () => processInTurn(services, inbox, processing, body));
}

async function processInTurn(services: Services, inbox: InboxMessage, processing: Processing, body: OpenBody | undefined): Promise<Answer> {
  const { message } = body ?? openBody(services, processing.source, { ...inbox.message, bytes: await readPayload(services, inbox.message) });
  if (message instanceof UnreadableMessage) return refuseUnreadable(services, inbox, processing, message);
  try {
    const prepare = (): Promise<PreparedMessage> => prepareMessage(services, processing.source, message);
    const first = await prepare();
    return await inLine(services, personsIn(first), () => untilSettled(services, inbox, async (attempt) => {
      // What was met in between may be what a reference was led to.
      const prepared = await mergeContributions(services, processing.source, inbox.message, attempt === 1 ? first : await prepare());
      return prepared.accepted.length > 0 ? commitMessage(services, inbox, processing, prepared) : refuseInvalid(services, inbox, processing, prepared);
    }));
  } catch (error) {
    if (error instanceof UnreadableMessage) return refuseUnreadable(services, inbox, processing, error);
    throw error;
  }
}

/** What concurrent messages of the same persons would all write. */
function personsIn({ accepted }: PreparedMessage): readonly string[] {
  return [...new Set(accepted.flatMap(({ resource }) => (resource.resourceType === 'Patient' ? meetingNamesOf(resource) : [])))];
}

function refuseInvalid(services: Services, inbox: InboxMessage, processing: Processing, { kind, entryCount, faults, unanswered }: PreparedMessage): Promise<Answer> {
  const issues = faults.map((fault) => fault.issue);
  return refuseMessage(services, inbox, processing, { kind, entryCount, issues, unanswered, answer: renderRefusal('invalid', issues) });
}

function refuseUnreadable(services: Services, inbox: InboxMessage, processing: Processing, error: UnreadableMessage): Promise<Answer> {
  const isMalformed = error.reason === 'syntax';
  const issue = { severity: 'fatal', code: isMalformed ? 'structure' : 'too-long', diagnostics: error.message } as const;
  const answer = renderRefusal(isMalformed ? 'malformed' : 'too-large', [issue]);
  return untilSettled(services, inbox, () => refuseMessage(services, inbox, processing, { kind: undefined, issues: [issue], answer }));
}
