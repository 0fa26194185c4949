import { resourceOf } from '../fhir/body.ts';
import type { Resource } from '../fhir/resource.ts';
import { meetingNamesOf } from '../identity/index.ts';
import { inTurnIfLarge } from '../large-bodies.ts';
import { UnreadableMessage } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import { commitMessage } from './commit-message.ts';
import type { Answer, InboxMessage } from './inbox.ts';
import { readPayload } from './inbox.ts';
import { inLine } from '../in-line.ts';
import { joinKnown } from './join-known.ts';
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
    return await inLine(services, await personsIn(services, first), () => untilSettled(services, inbox, async (attempt) => {
      // What was met in between may be what a reference was led to.
      const joined = await joinKnown(services, processing.source, inbox.message, attempt === 1 ? first : await prepare());
      return joined.prepared.accepted.length > 0 ? commitMessage(services, inbox, processing, joined) : refuseInvalid(services, inbox, processing, joined.prepared);
    }));
  } catch (error) {
    if (error instanceof UnreadableMessage) return refuseUnreadable(services, inbox, processing, error);
    throw error;
  }
}

/**
 * What concurrent messages of the same persons would all write: each its record, and the persons that a record meets by
 * something it did not say before. Most messages are of patients that are known, and wait for none but those of the same patient.
 */
async function personsIn({ store }: Services, { accepted }: PreparedMessage): Promise<readonly string[]> {
  const patients = accepted.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === 'Patient');
  if (patients.length === 0) return [];
  const stored = (await store.readMany(patients.map(({ id }) => ({ type: 'Patient', id })))).filter(({ deleted }) => !deleted);
  const known = new Map(stored.map(({ id, body }) => [id, resourceOf(body)]));
  return [...new Set(patients.flatMap((patient) => [patient.id, ...newNamesOf(patient, known.get(patient.id))]))];
}

function newNamesOf(patient: Resource & { readonly id: string }, known: Resource | undefined): readonly string[] {
  // What a link joins or parts is met by all names.
  if (known === undefined || patient['link'] !== undefined) return meetingNamesOf(patient);
  const { resourceType: _type, id, meta: _meta, ...said } = patient;
  if (Object.entries(said).every(([element, value]) => JSON.stringify(value) === JSON.stringify(known[element]))) return [];
  const names = new Set(meetingNamesOf({ ...known, id }));
  return meetingNamesOf(patient).filter((name) => !names.has(name));
}

function refuseInvalid(services: Services, inbox: InboxMessage, processing: Processing, { kind, entryCount, faults, remarks, unanswered }: PreparedMessage): Promise<Answer> {
  const issues = faults.map((fault) => fault.issue);
  return refuseMessage(services, inbox, processing, { kind, entryCount, issues, unanswered, answer: renderRefusal('invalid', [...issues, ...remarks]) });
}

function refuseUnreadable(services: Services, inbox: InboxMessage, processing: Processing, error: UnreadableMessage): Promise<Answer> {
  const isMalformed = error.reason === 'syntax';
  const issue = { severity: 'fatal', code: isMalformed ? 'structure' : 'too-long', diagnostics: error.message } as const;
  const answer = renderRefusal(isMalformed ? 'malformed' : 'too-large', [issue]);
  return untilSettled(services, inbox, () => refuseMessage(services, inbox, processing, { kind: undefined, issues: [issue], answer }));
}
