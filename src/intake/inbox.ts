import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Caller } from '../access/index.ts';
import { traceChange } from '../audit/index.ts';
import type { ErrorKind } from '../errors.ts';
import { isOvertaken, ServiceError } from '../errors.ts';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Change, Stored } from '../store/store.ts';
import type { Format, SourceMessage } from './records.ts';
import { ANSWER_TYPE, MESSAGE_TYPE, messageResource, parseMessage, PAYLOAD_TYPE } from './records.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** Base64 characters of one part: well below the 16 MB that a MongoDB document may have. */
const PART_LENGTH = 8_000_000;
/** To pack a shorter answer takes longer than to write it. */
const PACK_ANSWER_FROM = 4_096;
/** Smaller bodies are packed sooner than another thread would begin. */
const PACK_ASIDE_FROM = 64_000;

/** A message with the version under which the inbox holds it: 1 until it was processed, 0 while it is not in the inbox. */
export interface InboxMessage {
  readonly message: SourceMessage;
  readonly version: number;
  /** Of a message that enters the inbox together with what becomes of it: its body, to be written then. */
  readonly entering?: readonly Change[];
}

/** What a source was told. `body` is a Bundle, or an OperationOutcome if the message was refused. */
export interface Answer { readonly refusedAs: ErrorKind | undefined; readonly body: string }

/** A message as it arrives. */
export interface Arrival { readonly source: string; readonly messageId: string; readonly contentHash: string; readonly format: Format; readonly bytes: Buffer }

/** A message as it will be in the inbox, with its body packed; nothing is written. */
export async function openArrival(services: Services, caller: Caller, arrival: Arrival): Promise<InboxMessage & { readonly entering: readonly Change[] }> {
  const { source, messageId, contentHash, format, bytes } = arrival;
  const id = idInInbox(arrival);
  const payload = payloadResources(id, await packed(bytes));
  const message: SourceMessage = {
    id, source, messageId, contentHash, format,
    bytes: bytes.length,
    parts: payload.length,
    receivedAt: services.clock().toISOString(),
    status: 'received',
    issueCount: 0,
    unmapped: [],
    sentBy: { subject: caller.subject, requestId: caller.requestId, address: caller.address },
  };
  return { message, version: 0, entering: payload.map((resource) => ({ kind: 'put' as const, resource })) };
}

/**
 * Writes a message down before anything is done with it.
 *
 * @returns the message, and whether it had come before
 */
export async function enterInbox(services: Services, caller: Caller, arrival: Arrival): Promise<InboxMessage & { readonly isRepeat: boolean }> {
  const { message, entering } = await openArrival(services, caller, arrival);
  try {
    const [stored] = await services.store.commit([
      { kind: 'put', resource: messageResource(message), expectedVersion: 0 },
      ...entering,
      traceChange(services, caller, { action: 'create', interaction: 'intake-received', outcome: 'success', resources: [referenceTo({ type: MESSAGE_TYPE, id: message.id })] }),
    ]);
    return { message: { ...message, receivedAt: stored?.lastUpdated ?? message.receivedAt }, version: 1, isRepeat: false };
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    const known = await findInInbox(services, message.id);
    if (known === undefined) throw new ServiceError('unavailable', 'The message could not be taken in now; send it again', [], { cause: error });
    return { ...known, isRepeat: true };
  }
}

/** The same source, message id and content are the same message. */
export function idInInbox({ source, messageId, contentHash }: Pick<Arrival, 'source' | 'messageId' | 'contentHash'>): string {
  return derivedId(MESSAGE_TYPE, source, messageId, contentHash);
}

/** @throws ServiceError 'not-found' */
export async function readInbox(services: Services, id: string): Promise<InboxMessage> {
  const found = await findInInbox(services, id);
  if (found === undefined) throw new ServiceError('not-found', 'There is no message of this id in the inbox');
  return found;
}

/** Undefined for a message that never came. */
export async function findInInbox({ store }: Services, id: string): Promise<InboxMessage | undefined> {
  const stored = await store.read({ type: MESSAGE_TYPE, id });
  return stored === undefined || stored.deleted ? undefined : toInboxMessage(stored);
}

/**
 * A message as stored. When it was received is told by the store, whose time all gateways share and which never goes back:
 * by that messages are put in order.
 */
export function toInboxMessage({ body, version, lastUpdated }: Stored): InboxMessage {
  const message = parseMessage(body);
  return { message: version === 1 ? { ...message, receivedAt: lastUpdated } : message, version };
}

/**
 * The body of a message, as it came: byte for byte, or not at all.
 *
 * @throws ServiceError 'gone' when it is not kept any more; 'fault' when it is not what was received
 */
export async function readPayload(services: Services, message: SourceMessage): Promise<Buffer> {
  if (message.payloadDroppedAt !== undefined) throw new ServiceError('gone', `The body of this message was deleted at ${message.payloadDroppedAt}, as the description of its source says under retention: only the source can send it again`);
  const keys = payloadKeys(message);
  const stored = new Map((await services.store.readMany(keys)).filter((item) => !item.deleted).map((item) => [item.id, item.body]));
  const parts = keys.map((key) => stored.get(key.id));
  const bytes = parts.every((part) => part !== undefined) ? await unpacked(parts) : undefined;
  if (bytes === undefined || hash('sha256', bytes) !== message.contentHash) throw new ServiceError('fault', 'The body of this message in the inbox is not what was received: its hash is another. Restore it from a backup, or have its source send it again');
  return bytes;
}

/** Where the body of a message is kept. */
export function payloadKeys({ id, parts }: Pick<SourceMessage, 'id' | 'parts'>): readonly ResourceKey[] {
  return Array.from({ length: parts }, (_, part) => ({ type: PAYLOAD_TYPE, id: partId(id, part) }));
}

/** Undefined for what cannot be unpacked. */
async function unpacked(parts: readonly string[]): Promise<Buffer | undefined> {
  try {
    return await unpack(Buffer.from(parts.map((part) => payloadSchema.parse(JSON.parse(part)).data).join(''), 'base64'));
  } catch {
    return undefined;
  }
}

/** The resource that keeps an answer. */
export async function answerResource(id: string, answer: Answer): Promise<Resource & { readonly id: string }> {
  const body = answer.body.length < PACK_ANSWER_FROM ? { text: answer.body } : { data: await packed(Buffer.from(answer.body)) };
  return { resourceType: ANSWER_TYPE, id, ...(answer.refusedAs === undefined ? {} : { refusedAs: answer.refusedAs }), ...body };
}

/** The answer to a message; undefined while it is not processed. */
export async function readAnswer(services: Services, id: string): Promise<Answer | undefined> {
  const stored = await services.store.read({ type: ANSWER_TYPE, id });
  if (stored === undefined) return undefined;
  const { refusedAs, ...kept } = answerSchema.parse(JSON.parse(stored.body));
  return { refusedAs, body: 'text' in kept ? kept.text : (await unpack(Buffer.from(kept.data, 'base64'))).toString('utf8') };
}

const payloadSchema = z.object({ data: z.string() });
const refusal = { refusedAs: z.enum(['malformed', 'too-large', 'invalid']).optional() };
const answerSchema = z.union([z.object({ ...refusal, text: z.string() }), z.object({ ...refusal, data: z.string() })]);

async function packed(bytes: Buffer): Promise<string> {
  return (bytes.length < PACK_ASIDE_FROM ? gzipSync(bytes, { level: 1 }) : await pack(bytes, { level: 1 })).toString('base64');
}

function payloadResources(id: string, data: string): (Resource & { readonly id: string })[] {
  const parts = Math.max(1, Math.ceil(data.length / PART_LENGTH));
  return Array.from({ length: parts }, (_, part) => ({
    resourceType: PAYLOAD_TYPE, id: partId(id, part), data: data.slice(part * PART_LENGTH, (part + 1) * PART_LENGTH),
  }));
}

function partId(id: string, part: number): string {
  return `${id}-${part}`;
}
