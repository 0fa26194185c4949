import type { PrintedNumber } from '../read-printed-number.ts';
import { readPrintedNumber } from '../read-printed-number.ts';

/** What the cell of a result says. */
export type ResultValue =
  | { readonly kind: 'quantity'; readonly number: PrintedNumber }
  | { readonly kind: 'words'; readonly text: string }
  /** No result: an empty cell, or what a computer writes where it has none. */
  | { readonly kind: 'none' };

/** No laboratory means these as a word of its own. */
const NO_RESULT = /^(?:nan|null|undefined|[+-]?inf(?:inity)?)$/i;

/**
 * Reads the cell of a result: a number as laboratories print it, or words as they are.
 *
 * @param text without white space around it
 */
export function readResult(text: string, decimalComma: boolean): ResultValue {
  const number = readPrintedNumber(text, decimalComma);
  if (number !== undefined) return { kind: 'quantity', number };
  return text === '' || NO_RESULT.test(text) ? { kind: 'none' } : { kind: 'words', text };
}
