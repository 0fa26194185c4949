import { hash } from 'node:crypto';
import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { ServiceError } from '../errors.ts';
import { UnreadableMessage } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Answer, Arrival } from './inbox.ts';
import { enterInbox, findInInbox, idInInbox, openArrival, readAnswer } from './inbox.ts';
import type { OpenBody } from './open-body.ts';
import { openBody } from './open-body.ts';
import { processMessage } from './process-message.ts';
import type { Format, SourceMessage } from './records.ts';
import type { Source } from './source.ts';
import { sourceOf } from './source-of.ts';
import { recordRepeat } from './watch/repeat.ts';

/** A message as it comes over a channel. */
export interface Delivery {
  readonly source: string;
  /** What the channel says of the message's id, where the message says nothing itself. */
  readonly messageId: string | undefined;
  readonly format: Format;
  /** Gives the body, once it is known that the caller may send it. */
  readonly body: () => Promise<Buffer>;
}

export interface Receipt extends Answer {
  /** Id of the message in the inbox, by which an operator finds it. */
  readonly inboxId: string;
  /** True when this very message had come before and this is its first answer. */
  readonly isRepeat: boolean;
}

/** Longer ones take their time: they are written down first. */
const AT_ONCE_BYTES = 1_000_000;
/** Whose messages say when they were sent. */
const SAYING_WHEN: ReadonlySet<Format> = new Set(['hl7v2', 'cda']);

const MESSAGE_ID = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/**
 * Takes in a message of a source: durable in the inbox first, then processed. The same message again, by message id and
 * content, gets its first answer and changes nothing; another content under a known message id is a newer version of it.
 *
 * @throws ServiceError 'forbidden' unless the caller is this source; 'not-found' for an unknown source; 'malformed' for an
 *   impossible message id; 'unavailable' when it was taken in and could not be processed yet
 * @see docs/flows/push.md
 */
export async function receiveMessage(services: Services, caller: Caller, delivery: Delivery): Promise<Receipt> {
  await authorize(services, caller, { action: 'intake', source: delivery.source });
  const source = sourceOf(services, delivery.source);
  const { messageId, format } = delivery;
  if (messageId !== undefined && !MESSAGE_ID.test(messageId)) throw new ServiceError('malformed', 'X-Message-Id is 1 to 256 printable ASCII characters');
  return receiveOpened(services, caller, { source, format, messageId }, openBody(services, source, { format, messageId, bytes: await delivery.body() }));
}

/**
 * Takes in a message whose body was opened already, of a caller who may send it.
 *
 * @throws ServiceError 'unavailable' when it was taken in and could not be processed yet
 */
export async function receiveOpened(services: Services, caller: Caller, sent: { readonly source: Source; readonly format: Format; readonly messageId: string | undefined }, body: OpenBody): Promise<Receipt> {
  const { source, format } = sent;
  const contentHash = hash('sha256', body.bytes);
  const ownId = body.message instanceof UnreadableMessage ? undefined : body.message.messageId;
  const arrival: Arrival = { source: source.id, messageId: ownId ?? sent.messageId ?? contentHash, contentHash, format, bytes: body.bytes };
  if (SAYING_WHEN.has(format) && body.bytes.length <= AT_ONCE_BYTES) return receiveAtOnce(services, caller, { source, arrival, body });
  return receiveThroughInbox(services, caller, { source, arrival, body });
}

interface Opened { readonly source: Source; readonly arrival: Arrival; readonly body: OpenBody }

/** In the inbox before anything else is done: when it was received decides which of two messages is newer. */
async function receiveThroughInbox(services: Services, caller: Caller, { source, arrival, body }: Opened): Promise<Receipt> {
  const inbox = await enterInbox(services, caller, arrival);
  const first = inbox.isRepeat ? await firstAnswer(services, caller, inbox.message) : undefined;
  if (first !== undefined) return first;
  const answer = await processMessage(services, inbox, { source, actor: caller, interaction: inbox.isRepeat ? 'intake-resume' : 'intake' }, body);
  return { ...answer, inboxId: inbox.message.id, isRepeat: inbox.isRepeat };
}

/**
 * A short message that says itself when it was sent enters the inbox in the same commit as what became of it: half the
 * commits, and its sender waits for them anyway. Where the processing fails it is in the inbox nevertheless.
 */
async function receiveAtOnce(services: Services, caller: Caller, opened: Opened): Promise<Receipt> {
  const { source, arrival, body } = opened;
  const inboxId = idInInbox(arrival);
  if (await findInInbox(services, inboxId) !== undefined) return receiveThroughInbox(services, caller, opened);
  try {
    const answer = await processMessage(services, await openArrival(services, caller, arrival), { source, actor: caller, interaction: 'intake' }, body);
    return { ...answer, inboxId, isRepeat: false };
  } catch (error) {
    // To be resumed, as every message that was taken in and not finished.
    await enterInbox(services, caller, arrival).catch((later: unknown) => services.log.warn({ err: later }, 'a message that failed could not enter the inbox; its sender was not told that it did'));
    throw error;
  }
}

async function firstAnswer(services: Services, caller: Caller, message: SourceMessage): Promise<Receipt | undefined> {
  const first = await readAnswer(services, message.id);
  if (first === undefined) return undefined;
  await recordRepeat(services, caller, message);
  return { ...first, inboxId: message.id, isRepeat: true };
}
