import { decimal } from '../../../fhir/json.ts';
import type { Numeric } from '../../../fhir/json.ts';

const NUMERAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A number as it was written, `6.0`; what JSON does not know (`+5`, `.5`, `007`) is put into its form without changing its
 * precision.
 *
 * @returns undefined for what is no number
 */
export function numberIn(text: string): Numeric | undefined {
  const parts = NUMERAL.exec(text);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent] = parts;
  if (whole === '' && fraction === '') return undefined;
  const numeral = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${fraction === '' ? '' : `.${fraction}`}${exponent === undefined ? '' : `e${exponent}`}`;
  return Number.isFinite(Number(numeral)) ? decimal(numeral) : undefined;
}

/** A whole number of 32 bits that is not less than `least`; undefined for anything else. */
export function wholeNumber(text: string, least: number): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= least && number < 2 ** 31 ? number : undefined;
}
