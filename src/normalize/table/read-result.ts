import { decimal, type Numeric } from '../../fhir/json.ts';
import { numeralOf } from './numeral.ts';

export type Comparator = '<' | '<=' | '>=' | '>';

/** What the cell of a result says. `arrow`: whether a mark behind the number calls it high or low. */
export type ResultValue =
  | { readonly kind: 'quantity'; readonly value: Numeric; readonly comparator: Comparator | undefined; readonly arrow: string | undefined }
  | { readonly kind: 'words'; readonly text: string }
  /** No result: an empty cell, or what a computer writes where it has none. */
  | { readonly kind: 'none' };

const COMPARED = /^(<=|>=|<|>|≤|≥)\s*(.+)$/s;
const COMPARATORS: Readonly<Record<string, Comparator>> = { '<': '<', '>': '>', '<=': '<=', '>=': '>=', '≤': '<=', '≥': '>=' };
const ARROWED = /^(.+?)\s*(↑{1,2}|↓{1,2})$/s;
/** No laboratory means these as a word of its own. */
const NO_RESULT = /^(?:nan|null|undefined|[+-]?inf(?:inity)?)$/i;

/**
 * Reads the cell of a result: a number with or without comparator, or words as they are.
 *
 * @param text without white space around it
 */
export function readResult(text: string, decimalComma: boolean): ResultValue {
  const plain = numeralOf(text, decimalComma);
  if (plain !== undefined) return { kind: 'quantity', value: decimal(plain), comparator: undefined, arrow: undefined };
  if (text === '' || NO_RESULT.test(text)) return { kind: 'none' };
  const narrow = text.normalize('NFKC');
  const [, bare = narrow, arrow] = ARROWED.exec(narrow) ?? [];
  const [, sign = '', number = bare] = COMPARED.exec(bare) ?? [];
  const numeral = numeralOf(number, decimalComma);
  return numeral === undefined ? { kind: 'words', text } : { kind: 'quantity', value: decimal(numeral), comparator: COMPARATORS[sign], arrow };
}
