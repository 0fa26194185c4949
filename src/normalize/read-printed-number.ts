import { decimal, type Numeric } from '../fhir/json.ts';
import { halfWidth, numeralOf } from './numeral.ts';

/** Codes of R4's QuantityComparator. */
export type Comparator = '<' | '<=' | '>' | '>=';

/** A number as laboratories print it. */
export interface PrintedNumber {
  readonly value: Numeric;
  readonly comparator: Comparator | undefined;
  /** What an arrow behind the number says, as a code of v3 ObservationInterpretation. */
  readonly flag: 'H' | 'HH' | 'L' | 'LL' | undefined;
  /** A percent sign behind the number: 42% is 42 of this unit, in no other it is another number. */
  readonly unit: '%' | undefined;
}

const COMPARATORS: ReadonlyMap<string, Comparator> = new Map([
  ['<', '<'], ['>', '>'], ['<=', '<='], ['>=', '>='], ['=<', '<='], ['=>', '>='], ['≤', '<='], ['≥', '>='], ['⩽', '<='], ['⩾', '>='], ['≦', '<='], ['≧', '>='], ['﹤', '<'], ['﹥', '>'],
  ['小于等于', '<='], ['大于等于', '>='], ['小于', '<'], ['大于', '>'], ['低于', '<'], ['高于', '>'], ['不高于', '<='], ['不低于', '>='],
]);
const COMPARED = /^(<=|>=|=<|=>|[<>≤≥⩽⩾≦≧﹤﹥]|小于等于|大于等于|小于|大于|低于|高于|不高于|不低于)\s*(\S.*)$/s;
const FLAGS: ReadonlyMap<string, PrintedNumber['flag']> = new Map([['↑', 'H'], ['↑↑', 'HH'], ['↓', 'L'], ['↓↓', 'LL']]);
const ARROWED = /^(.+?)\s*(↑{1,2}|↓{1,2})$/s;
const PERCENT = /^(.+?)\s*%$/s;
/** With sign, comparator and arrow; what is longer is a sentence, and not worth a search for a number in it. */
const LONGEST_NUMBER = 80;

/**
 * Reads a number as laboratories print it: `6.0`, `<0.01`, `1,234.5`, `５.２`, `7.8↑`, `42%`. It keeps the digits that were
 * printed. What says more than a number (`1:80`, `3+`, `+1`, `10⁵`, `5-10`) is none.
 *
 * @param text without white space around it
 * @param decimalComma `1.234,50` is `1234.50`
 * @returns undefined for what is no number
 */
export function readPrintedNumber(text: string, decimalComma = false): PrintedNumber | undefined {
  const plain = numeralOf(text, decimalComma);
  if (plain !== undefined) return { value: decimal(plain), comparator: undefined, flag: undefined, unit: undefined };
  if (text.length > LONGEST_NUMBER) return undefined;
  const narrow = halfWidth(text);
  const [, unflagged = narrow, arrow = ''] = ARROWED.exec(narrow) ?? [];
  const percent = PERCENT.exec(unflagged)?.[1];
  const { comparator, rest } = splitComparator(percent ?? unflagged);
  const numeral = numeralOf(rest, decimalComma);
  return numeral === undefined ? undefined : { value: decimal(numeral), comparator, flag: FLAGS.get(arrow), unit: percent === undefined ? undefined : '%' };
}

/** Takes a comparator, in signs or words, from the front of a text in half width. */
export function splitComparator(text: string): { readonly comparator: Comparator | undefined; readonly rest: string } {
  const [, sign = '', rest = text] = COMPARED.exec(text) ?? [];
  return { comparator: COMPARATORS.get(sign), rest };
}

/** True where a number with a percent sign may stand beside a unit that is told apart from it. @param unit '' for none */
export function agreesWithPercent(unit: string): boolean {
  return unit === '' || halfWidth(unit).trim() === '%';
}
