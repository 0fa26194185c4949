import type { Caller } from '../../access/index.ts';
import { authorize, DEFAULT_PURPOSE, DEFAULT_SCOPES, FailedLogins } from '../../access/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Segment, V2Answer } from '../../normalize/index.ts';
import { isBatch, readHeader, splitBatch, UnreadableMessage, writeBatch } from '../../normalize/index.ts';
import type { Services } from '../../services.ts';
import { openBody } from '../open-body.ts';
import { receiveOpened } from '../receive-message.ts';
import type { Source } from '../source.ts';
import { sourceOf } from '../source-of.ts';
import { acknowledgementOf, v2AnswerOf, v2AnswerOfError, writeAcknowledgement } from './answer-v2.ts';
import type { V2Peer } from './sender-of.ts';
import { mayPeerSpeakFor, sourceOfHeader } from './sender-of.ts';

/** Offset in which an acknowledgement tells its time to a sender that is not known. */
const ANY_OFFSET = '+08:00';

/** Takes in what comes over MLLP. */
export interface V2Receiver {
  /**
   * Takes in one message, or the messages of a batch one after another. Their sender is told by MSH-3 and MSH-4 and proved by its
   * certificate or address. Each is acknowledged once the message, and what it became, are durable.
   *
   * @returns the acknowledgement, of a batch a batch of them, undefined where the sender wants none; never throws
   */
  readonly receive: (frame: Buffer, peer: V2Peer) => Promise<Buffer | undefined>;
  /** The acknowledgement of a frame that is over the limit, by its beginning. */
  readonly refuseOversize: (beginning: Buffer) => Buffer | undefined;
  /** Makes the refusals that are only counted so far durable. */
  readonly flush: () => Promise<void>;
}

export function v2Receiver(services: Services): V2Receiver {
  const failures = new FailedLogins(services);
  const receive = async (message: Buffer, peer: V2Peer): Promise<Buffer | undefined> => {
    const header = readHeader(message);
    const requestId = services.newId();
    let offset = ANY_OFFSET;
    let answer: V2Answer;
    try {
      const source = await requireSource(services, header, peer, (reason) => failures.trace({ requestId, address: peer.address }, reason));
      ({ offset } = source);
      answer = await receiveV2(services, callerOf(source, peer, requestId), source, message);
    } catch (error) {
      if (!(error instanceof ServiceError)) services.log.error({ err: error, requestId }, 'could not take in a message over MLLP');
      answer = v2AnswerOfError(error);
    }
    return acknowledgementOf(services, header, answer, offset);
  };
  return {
    receive: (frame, peer) => (isBatch(frame) ? receiveBatch(services, frame, (message) => receive(message, peer)) : receive(frame, peer)),
    refuseOversize: (beginning) => {
      const text = `The message is larger than the ${services.config.limits.mllpBytes} bytes allowed here`;
      return acknowledgementOf(services, readHeader(beginning), { code: 'AR', errors: [{ issueCode: 'too-long', severity: 'E', text }] }, ANY_OFFSET);
    },
    flush: () => failures.flush(),
  };
}

/** The whole of a batch that is none is refused before its first message is taken in. */
async function receiveBatch(services: Services, frame: Buffer, receive: (message: Buffer) => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
  let messages: readonly Buffer[];
  try {
    messages = split(frame);
  } catch (error) {
    return acknowledgementOf(services, undefined, v2AnswerOfError(error), ANY_OFFSET);
  }
  const answers: Buffer[] = [];
  for (const message of messages) {
    const answer = await receive(message);
    if (answer !== undefined) answers.push(answer);
  }
  return answers.length === 0 && messages.length > 0 ? undefined : writeBatch(answers);
}

/** What one message was answered, and the bytes of the acknowledgement. */
export interface V2Acknowledgement { readonly code: V2Answer['code']; readonly text: Buffer }

/**
 * Takes in a body of one or more messages that came over HTTP, one after another in their order, and acknowledges each,
 * since over HTTP an answer is always due.
 *
 * @param body gives the bytes, once it is known that the caller may send them
 * @throws ServiceError 'forbidden'; 'not-found' for an unknown source; 'malformed' or 'too-large' for what is no message or batch
 */
export async function receiveV2Body(services: Services, caller: Caller, id: string, body: () => Promise<Buffer>): Promise<readonly V2Acknowledgement[]> {
  await authorize(services, caller, { action: 'intake', source: id });
  const source = sourceOf(services, id);
  const messages = split(await body());
  const answers: V2Acknowledgement[] = [];
  for (const message of messages) {
    const answer = await receiveV2(services, caller, source, message).catch(v2AnswerOfError);
    answers.push({ code: answer.code, text: writeAcknowledgement(services, readHeader(message), answer, source.offset) });
  }
  return answers;
}

/** @throws ServiceError */
function split(bytes: Buffer): readonly Buffer[] {
  try {
    return splitBatch(bytes);
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    throw new ServiceError(error.reason === 'syntax' ? 'malformed' : 'too-large', error.message, [], { cause: error });
  }
}

/** Takes in one message of a source whose caller is known. @throws ServiceError */
export async function receiveV2(services: Services, caller: Caller, source: Source, bytes: Buffer): Promise<V2Answer> {
  await authorize(services, caller, { action: 'intake', source: source.id });
  return v2AnswerOf(await receiveOpened(services, caller, { source, format: 'hl7v2', messageId: undefined }, openBody(services, source, { format: 'hl7v2', messageId: undefined, bytes })));
}

/** @throws ServiceError 'not-supported' for what is no HL7 v2; 'forbidden', after it is traced */
async function requireSource(services: Services, header: Segment | undefined, peer: V2Peer, trace: (reason: string) => Promise<void>): Promise<Source> {
  if (header === undefined) throw new ServiceError('not-supported', 'The frame does not begin with an MSH segment: it is not an HL7 v2 message');
  const source = sourceOfHeader(services.sources, header);
  if (source !== undefined && mayPeerSpeakFor(source, peer)) return source;
  const reason = source === undefined
    ? 'MSH-3 and MSH-4 name no sending application and facility of a described source'
    : 'The certificate or address of this connection is not one of those that the description of the source names';
  await trace(reason);
  throw new ServiceError('forbidden', reason);
}

function callerOf({ id }: Source, peer: V2Peer, requestId: string): Caller {
  return {
    role: 'source', subject: id, name: peer.name, source: id, facility: undefined, scopes: DEFAULT_SCOPES.source, purpose: DEFAULT_PURPOSE, breakGlass: undefined, requestId, address: peer.address,
  };
}
