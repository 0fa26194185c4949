/**
 * JSON that keeps the precision of decimals: `6.0` stays `6.0`, as https://hl7.org/fhir/R4/datatypes.html#decimal demands.
 *
 * One scan over the text finds whether any number would lose its text in a JavaScript number. Nearly always none does, and
 * plain `JSON.parse` serves; only then the slow reviver runs and keeps such a number as `JSON.rawJSON`, which
 * `JSON.stringify` writes out as it came.
 */

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

/** @throws JsonError */
export function parseJson(text: string, maxDepth = MAX_JSON_DEPTH): unknown {
  const exact = scan(text, maxDepth);
  try {
    return exact ? JSON.parse(text) : JSON.parse(text, keepNumeral as (key: string, value: unknown) => unknown);
  } catch (error) {
    throw new JsonError('syntax', describeSyntaxError(error));
  }
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

const QUOTE = 34, BACKSLASH = 92, OPEN_BRACE = 123, OPEN_BRACKET = 91, CLOSE_BRACE = 125, CLOSE_BRACKET = 93, MINUS = 45, ZERO = 48, NINE = 57;

/** True when every number survives as a JavaScript number. @throws JsonError for too deep a nesting */
function scan(text: string, maxDepth: number): boolean {
  let depth = 0;
  let exact = true;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      i = endOfString(text, i);
    } else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
      if (++depth > maxDepth) throw new JsonError('depth', `The JSON is nested deeper than ${maxDepth} levels`);
    } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      depth--;
    } else if (exact && (c === MINUS || (c >= ZERO && c <= NINE))) {
      const end = endOfNumber(text, i);
      exact = isExact(text.slice(i, end));
      i = end - 1;
    }
  }
  return exact;
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
