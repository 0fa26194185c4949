import { UnreadableMessage } from '../message.ts';

/** Most messages of one body. */
const MOST_MESSAGES = 10_000;
const BYTE_ORDER_MARK = 'efbbbf';

/** What may stand between two messages. */
const ENDINGS = new Set(['\r', '\n', '\v', '\x1c', ' ', '\t']);

interface Part { readonly name: string; readonly start: number; readonly end: number }

/** What has been seen of the file and of its batch under way; undefined where nothing counts. */
interface Counts { batches: number; messages: number; isInBatch: boolean }

/**
 * Divides a body into its messages, in order and as bytes, since each may have a character set of its own. A body is one
 * message, several after one another, or a batch file (FHS, BHS, messages, BTS, FTS, where both pairs may be left out).
 * Frames of MLLP around messages are left away.
 *
 * @returns no message for a batch without one
 * @throws UnreadableMessage 'syntax' for what is none of these, and for a batch of fewer or more messages than BTS-1 or
 *   FTS-1 says; 'limit' for too many messages
 * @see HL7 v2.9 chapter 2.10.3 "Batch protocol"
 */
export function splitBatch(bytes: Buffer, mostMessages = MOST_MESSAGES): readonly Buffer[] {
  const isMarked = bytes.toString('hex', 0, 3) === BYTE_ORDER_MARK;
  const mark = isMarked ? bytes.subarray(0, 3) : undefined;
  const text = bytes.toString('latin1');
  const messages: Buffer[] = [];
  const counts: Counts = { batches: 0, messages: 0, isInBatch: false };
  for (const part of partsOf(text, isMarked ? 3 : 0)) {
    if (part.name !== 'MSH') {
      readEnvelope(text, part, counts);
      continue;
    }
    if (!counts.isInBatch) openBatch(counts);
    counts.messages += 1;
    const message = bytes.subarray(part.start, part.end);
    messages.push(mark === undefined ? message : Buffer.concat([mark, message]));
    if (messages.length > mostMessages) throw new UnreadableMessage('limit', `The body has more than ${mostMessages} messages`);
  }
  return messages;
}

/** CR and LF are never the second byte of a character, in any character set that is taken in, so that lines begin after them. */
function* partsOf(text: string, start: number): Generator<Part> {
  const heads = /(?<=^|[\r\n\v]|^\u00ef\u00bb\u00bf)(?:MSH|FHS|BHS|BTS|FTS)(?![A-Za-z0-9])/g;
  let head = heads.exec(text);
  if (text.slice(start, head?.index).trim() !== '' || head === null) throw new UnreadableMessage('syntax', 'The body does not begin with an MSH, FHS or BHS segment');
  while (head !== null) {
    const next = heads.exec(text);
    let end = next?.index ?? text.length;
    while (ENDINGS.has(text.charAt(end - 1))) end -= 1;
    yield { name: head[0], start: head.index, end };
    head = next;
  }
}

function openBatch(counts: Counts): void {
  counts.batches += 1;
  counts.messages = 0;
  counts.isInBatch = true;
}

function readEnvelope(text: string, { name, start, end }: Part, counts: Counts): void {
  const line = text.slice(start, end);
  if (/[\r\n]/.test(line)) throw new UnreadableMessage('syntax', `Segments that belong to no message follow ${name}`);
  switch (name) {
    case 'FHS':
      Object.assign(counts, { batches: 0, messages: 0, isInBatch: false });
      return;
    case 'BHS':
      openBatch(counts);
      return;
    case 'BTS':
      requireCount(line, counts.messages, 'messages');
      counts.isInBatch = false;
      counts.messages = 0;
      return;
    default:
      requireCount(line, counts.batches, 'batches');
  }
}

/** BTS-1 and FTS-1 may be empty. */
function requireCount(line: string, count: number, what: string): void {
  const said = line.slice(4).split(line.charAt(3), 1)[0]?.trim() ?? '';
  if (said !== '' && Number(said) !== count) throw new UnreadableMessage('syntax', `${line.slice(0, 3)}-1 does not agree with the ${count} ${what} that stand before it: the file is cut, or its count is wrong`);
}

/** Whether a body begins as a batch does. */
export function isBatch(bytes: Buffer): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*(?:FHS|BHS)(?![A-Za-z0-9])/.test(bytes.toString('latin1', 0, 64));
}

/** Messages as a batch, in the plainest form. @param messages each with the CR of its last segment */
export function writeBatch(messages: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('BHS|^~\\&\r'), ...messages, Buffer.from(`BTS|${messages.length}\r`)]);
}
