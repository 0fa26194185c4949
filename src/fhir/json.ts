/**
 * JSON that keeps the precision of decimals: `6.0` stays `6.0`, as https://hl7.org/fhir/R4/datatypes.html#decimal demands.
 *
 * One scan over the text finds the numbers that would lose their text in a JavaScript number. Those are quoted and marked,
 * plain `JSON.parse` reads everything, and a walk over the result turns the marked strings into `JSON.rawJSON`, which
 * `JSON.stringify` writes out as it came. That takes a third of the time that a reviver does.
 */

import { needsStandIn, parseWithStandIns } from './escaped-names.ts';

/** A number that `JSON.stringify` writes as the text it was parsed from. An interface, so that the compiler tells it from a JsonObject. */
export interface RawNumber { readonly rawJSON: string }
export type Numeric = number | RawNumber;

declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
  }
}

/** Thrown for text that is not JSON, or over a limit: `depth` of nesting, `count` of entries. */
export class JsonError extends Error {
  readonly reason: 'syntax' | 'depth' | 'count';
  constructor(reason: JsonError['reason'], message: string) {
    super(message);
    this.name = 'JsonError';
    this.reason = reason;
  }
}

/** Deeper than any real resource and shallow enough for every recursive walk. */
export const MAX_JSON_DEPTH = 64;

/** No string of the text begins with this character when the text has no escape of it: JSON allows it in no other form. */
const MARK = '\0';
const ESCAPED_MARK = '\\u0000';
const NUMERAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Text from outside. @throws JsonError, also for a member that is named twice: `JSON.parse` keeps one of the two and drops the other unseen */
export function parseJson(text: string, maxDepth = MAX_JSON_DEPTH): unknown {
  const scanned = scan(text, maxDepth);
  const value = parseScanned(text, scanned);
  if (countMembers(value) < scanned.names) throw new JsonError('syntax', 'The JSON names one member of an object twice');
  return value;
}

/** Text that this server wrote, or that `parseJson` took before: its names are not counted again. @throws JsonError */
export function parseKnownJson(text: string, maxDepth = MAX_JSON_DEPTH): unknown {
  return parseScanned(text, scan(text, maxDepth));
}

function parseScanned(text: string, { inexact, escaped }: Scanned): unknown {
  try {
    if (escaped.length > 0) return parseWithStandIns(text, escaped, (replaced) => parseNumerals(replaced, scan(replaced, Infinity).inexact));
    return parseNumerals(text, inexact);
  } catch (error) {
    throw new JsonError('syntax', describeSyntaxError(error));
  }
}

/** @param inexact starts and ends in turn, of the numerals to be kept as they are written */
function parseNumerals(text: string, inexact: readonly number[]): unknown {
  if (inexact.length === 0) return JSON.parse(text);
  if (text.includes(ESCAPED_MARK)) return JSON.parse(text, keepNumeral as (key: string, value: unknown) => unknown);
  return unmark(parseMarked(text, inexact));
}

/** Parses the text with each numeral between a start and an end made a marked string. @param inexact starts and ends in turn */
function parseMarked(text: string, inexact: readonly number[]): unknown {
  let marked = '';
  let done = 0;
  for (let i = 0; i < inexact.length; i += 2) {
    marked += `${text.slice(done, inexact[i])}"${ESCAPED_MARK}${text.slice(inexact[i], inexact[i + 1])}"`;
    done = inexact[i + 1] ?? done;
  }
  try {
    return JSON.parse(marked + text.slice(done));
  } catch {
    // The same fault, at its place in the text that was sent.
    return JSON.parse(text);
  }
}

/** Turns marked strings into raw numbers, in place. */
function unmark(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? JSON.rawJSON(value.slice(1)) : value;
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    for (let i = 0; i < items.length; i++) items[i] = unmark(items[i]);
  } else if (typeof value === 'object' && value !== null) {
    unmarkMembers(value as Record<string, unknown>);
  }
  return value;
}

function unmarkMembers(object: Record<string, unknown>): void {
  for (const name in object) {
    if (name.startsWith(MARK)) throw new SyntaxError('A number stands where a name must');
    const before = object[name];
    const after = unmark(before);
    // Assigned, a member called __proto__ would become the prototype.
    if (after !== before) Object.defineProperty(object, name, { value: after, writable: true, enumerable: true, configurable: true });
  }
}

/** Members of all objects in a value. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) count += countMembers(item);
    return count;
  }
  const object = value as Record<string, unknown>;
  for (const name in object) count += 1 + countMembers(object[name]);
  return count;
}

/** A decimal from its text, such as `6.0`. */
export function decimal(text: string): Numeric {
  return String(Number(text)) === text ? Number(text) : JSON.rawJSON(text);
}

/** True for a JSON number in either form. */
export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || JSON.isRawJSON(value);
}

/** The number, rounded to double precision. */
export function numberOf(value: Numeric): number {
  return typeof value === 'number' ? value : Number(value.rawJSON);
}

/** The number as it was written. */
export function numeralOf(value: Numeric): string {
  return typeof value === 'number' ? String(value) : value.rawJSON;
}

function keepNumeral(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined || String(value) === context.source) return value;
  return JSON.rawJSON(context.source);
}

const QUOTE = 34, BACKSLASH = 92, OPEN_BRACE = 123, OPEN_BRACKET = 91, CLOSE_BRACE = 125, CLOSE_BRACKET = 93, MINUS = 45, ZERO = 48, NINE = 57, COLON = 58;

interface Scanned {
  /** Starts and ends, in turn, of the numerals that a JavaScript number would not give back. */
  readonly inexact: readonly number[];
  /** Starts and ends, in turn, of the names that `JSON.parse` may take for others. */
  readonly escaped: readonly number[];
  /** How many names of members stand in the text, if it is JSON: each has its colon. */
  readonly names: number;
}

/** @throws JsonError for too deep a nesting */
function scan(text: string, maxDepth: number): Scanned {
  let depth = 0;
  let names = 0;
  const inexact: number[] = [];
  const escaped: number[] = [];
  const hasEscapes = text.includes('\\');
  // Of the last string, until a colon has shown that it is a name.
  let start = -1, end = -1;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      start = i;
      i = endOfString(text, i);
      end = i + 1;
    } else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
      if (++depth > maxDepth) throw new JsonError('depth', `The JSON is nested deeper than ${maxDepth} levels`);
    } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      depth--;
    } else if (c === MINUS || (c >= ZERO && c <= NINE)) {
      const after = endOfNumber(text, i);
      const numeral = text.slice(i, after);
      if (!isExact(numeral) && NUMERAL.test(numeral)) inexact.push(i, after);
      i = after - 1;
    } else if (c === COLON) {
      names++;
      if (hasEscapes && start >= 0 && needsStandIn(text.slice(start, end))) escaped.push(start, end);
      start = -1;
    }
  }
  return { inexact, escaped, names };
}

function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && '+-.eE0123456789'.includes(text.charAt(end))) end++;
  return end;
}

function isExact(numeral: string): boolean {
  return String(Number(numeral)) === numeral;
}

/** V8 quotes the text at fault in its message, which may be patient data: only the position is passed on. */
function describeSyntaxError(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const at = /at position (\d+)(?: \(line (\d+) column (\d+)\))?/.exec(message);
  if (at?.[2] !== undefined) return `The body is not JSON: syntax error at line ${at[2]}, column ${at[3] ?? '?'}`;
  if (at !== null) return `The body is not JSON: syntax error at character ${at[1] ?? '?'}`;
  return /end of JSON/.test(message) ? 'The body is not JSON: it ends too early' : 'The body is not JSON';
}
