import { UnreadableMessage } from '../message.ts';
import { type Charset, charsetOf, decodeBytes } from './charset.ts';
import { Segment } from './segment.ts';
import { readSeparators, type Separators } from './separators.ts';
import type { Dialect } from './unescape.ts';

export interface V2Limits {
  readonly characters: number;
  readonly segments: number;
  /** Of one segment. */
  readonly fields: number;
  /** Of one segment, over all of its fields. */
  readonly repetitions: number;
}

export const V2_LIMITS: V2Limits = { characters: 64 * 1024 * 1024, segments: 100_000, fields: 1_000, repetitions: 10_000 };

export interface V2Message {
  readonly separators: Separators;
  /** In the order of the message, the header first. */
  readonly segments: readonly Segment[];
  /** MSH by its standard numbers: MSH-1 is the field separator, MSH-2 the others. */
  readonly header: Segment;
  /** MSH-12, such as `2.5.1`. */
  readonly version: string;
  /** MSH-9-1, such as `ORU`. */
  readonly type: string;
  /** MSH-9-2, such as `R01`. */
  readonly event: string;
  /** MSH-10. */
  readonly controlId: string;
}

const NAME = /^[A-Z][A-Z0-9]{2}$/;

/**
 * Divides a message into its segments. Fields are split and unescaped only when they are read. Segments may end with CR,
 * LF or both; where they end with CR, as the standard says, an LF that no segment follows belongs to the text.
 *
 * @param charset for the bytes of `\X…\`, by default what MSH-18 says
 * @throws UnreadableMessage 'syntax' for what is not one message, 'limit' for one that is too large
 */
export function parseV2(text: string, limits = V2_LIMITS, charset?: Charset): V2Message {
  if (text.length > limits.characters) throw new UnreadableMessage('limit', `The message has more than ${limits.characters} characters`);
  const content = text.charCodeAt(0) === 0x4d ? text : text.trimStart();
  if (!content.startsWith('MSH')) throw new UnreadableMessage('syntax', 'The message does not begin with an MSH segment');
  const separators = readSeparators(content.slice(0, 16));
  // One more for the end of the last segment, and one to see that there are too many.
  const lines = splitSegments(content, separators, limits.segments + 2);
  const dialect: Dialect = { separators, decode: (bytes) => decodeBytes(bytes, escapedCharset(charset ?? charsetOf(header.text(18)))) };
  const segments = numberSegments(lines, dialect, limits);
  if (lines.length > limits.segments + 1 || segments.length > limits.segments) throw new UnreadableMessage('limit', `The message has more than ${limits.segments} segments`);
  const header = segments[0] ?? new Segment('MSH', 1, dialect);
  return { separators, segments, header, version: header.text(12), type: header.text(9), event: header.text(9, 2), controlId: header.text(10) };
}

/** What a message in ASCII escapes is what ASCII lacks. */
function escapedCharset(charset: Charset | undefined): Charset {
  return charset === undefined || charset === 'us-ascii' ? 'utf-8' : charset;
}

function splitSegments(content: string, separators: Separators, most: number): readonly string[] {
  const end = content.search(/[\r\n]/);
  if (!content.includes('\n')) return content.split('\r', most);
  if (content.charAt(end) === '\n' || content.charAt(end + 1) === '\n') return content.split(/[\r\n]+/, most);
  return content.split(new RegExp(`\\r\\n?|\\n(?=[A-Z][A-Z0-9]{2}\\${separators.field})`), most);
}

function numberSegments(lines: readonly string[], dialect: Dialect, limits: V2Limits): readonly Segment[] {
  const counts = new Map<string, number>();
  const segments: Segment[] = [];
  for (const line of lines) {
    const trimmed = line.trimEnd();
    if (trimmed === '') continue;
    const name = trimmed.slice(0, 3);
    requireSegment(trimmed, segments, dialect.separators);
    requireWithin(trimmed, dialect.separators, limits);
    const ordinal = (counts.get(name) ?? 0) + 1;
    counts.set(name, ordinal);
    segments.push(new Segment(trimmed, ordinal, dialect));
  }
  return segments;
}

function requireSegment(line: string, before: readonly Segment[], { field }: Separators): void {
  const name = line.slice(0, 3);
  const after = before.at(-1)?.place() ?? 'the beginning';
  if (!NAME.test(name) || (line.length > 3 && line.charAt(3) !== field)) {
    throw new UnreadableMessage('syntax', `The line after ${after} is no segment: it has no name of three capitals and digits with the field separator behind; a line break within a text is sent as \\.br\\`);
  }
  if (name === 'MSH' && before.length > 0) throw new UnreadableMessage('syntax', `A second MSH follows ${after}: several messages are sent as a batch or one after another`);
}

/** A line shorter than the limit cannot pass it, so that hardly any line is counted. */
function requireWithin(line: string, { field, repetition }: Separators, limits: V2Limits): void {
  if (line.length > limits.fields && line.split(field, limits.fields + 2).length > limits.fields + 1) throw new UnreadableMessage('limit', `A segment ${line.slice(0, 3)} has more than ${limits.fields} fields`);
  if (line.length > limits.repetitions && line.split(repetition, limits.repetitions + 1).length > limits.repetitions) throw new UnreadableMessage('limit', `A segment ${line.slice(0, 3)} has more than ${limits.repetitions} repetitions`);
}
