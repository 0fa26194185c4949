import { ServiceError } from '../errors.ts';

/** Names and values of a query in the order they were written, decoded. */
export type QueryPairs = readonly (readonly [name: string, value: string])[];

/** Names that say how to answer and not what to look for. */
export const FORMAT_NAMES: readonly string[] = ['_format', '_pretty'];

/**
 * Reads the text after the question mark, or an HTML form.
 * @throws ServiceError 'malformed' for an escape that is not UTF-8
 */
export function parseQueryText(text: string): QueryPairs {
  if (text === '') return [];
  return text.split('&').filter((part) => part !== '').map((part) => {
    const equals = part.indexOf('=');
    return equals < 0 ? [decode(part), ''] as const : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))] as const;
  });
}

/** Writes pairs as query text; `,|:/$` stay readable, as FHIR servers write them. */
export function writeQueryText(pairs: QueryPairs): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** The pairs that say what to look for. */
export function withoutFormat(pairs: QueryPairs): QueryPairs {
  return pairs.some(([name]) => FORMAT_NAMES.includes(name)) ? pairs.filter(([name]) => !FORMAT_NAMES.includes(name)) : pairs;
}

/** First value of a name. */
export function valueOf(pairs: QueryPairs, name: string): string | undefined {
  return pairs.find((pair) => pair[0] === name)?.[1];
}

/** Text after the first question mark of an address. */
export function queryOf(address: string): string {
  const mark = address.indexOf('?');
  return mark < 0 ? '' : address.slice(mark + 1);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
  } catch {
    throw new ServiceError('malformed', 'The query has a percent sign that is not followed by two hexadecimal digits of UTF-8 text');
  }
}

const READABLE: Readonly<Record<string, string>> = { '%2C': ',', '%7C': '|', '%3A': ':', '%2F': '/', '%24': '$' };

function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2C|7C|3A|2F|24)/g, (escape) => READABLE[escape] ?? escape);
}
