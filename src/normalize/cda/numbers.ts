import { decimal, type Numeric } from '../../fhir/json.ts';

/** A number as a laboratory writes it. `comparator` is one of R4's. */
export interface WrittenNumber { readonly comparator: '<' | '<=' | '>' | '>=' | undefined; readonly value: Numeric }

/** Nothing measured has more digits. */
const MAX_LENGTH = 40;
const WRITTEN = /^(<=?|>=?|[≤≥≦≧])?\s*([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,3}))?$/;
const COMPARATORS: ReadonlyMap<string, NonNullable<WrittenNumber['comparator']>> = new Map([
  ['<', '<'], ['<=', '<='], ['≤', '<='], ['≦', '<='], ['>', '>'], ['>=', '>='], ['≥', '>='], ['≧', '>='],
]);

/**
 * Reads a number with the digits that were written: `6.0` stays `6.0`, `<0.5` gets its comparator, full-width forms are read too.
 *
 * @returns undefined for what is no number: `阴性`, `1:80`, `3+`
 */
export function readNumber(text: string): WrittenNumber | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const parts = WRITTEN.exec(text) ?? WRITTEN.exec(text.normalize('NFKC'));
  if (parts === null) return undefined;
  const [, comparator, sign = '', digits = '', exponent] = parts;
  const [whole = '', fraction = ''] = digits.split('.');
  const numeral = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${fraction === '' ? '' : `.${fraction}`}${exponent === undefined ? '' : `e${exponent}`}`;
  return { comparator: comparator === undefined ? undefined : COMPARATORS.get(comparator), value: decimal(numeral) };
}
