import { dateOfSerial } from '../date-format.ts';
import type { PaddedForm } from './number-formats.ts';
import { DIGIT } from './number-formats.ts';

/** Digits that Excel keeps of a number. */
const EXCEL_DIGITS = 15;
const WITHIN_15_DIGITS = /^-?(?=[\d.]{1,16}$)(?:0|[1-9]\d{0,14})(?:\.\d+)?$/;

/**
 * A number as Excel would show it with all its digits: 6.0999999999999996, which is how a computer keeps 6.1, is `6.1`.
 * Numbers of more than 15 digits come with an exponent, since their last digits are lost.
 *
 * @param stored text of the cell
 * @returns undefined for what is no number
 */
export function numberText(stored: string): string | undefined {
  if (WITHIN_15_DIGITS.test(stored)) return stored;
  const value = stored.trim() === '' ? Number.NaN : Number(stored);
  if (!Number.isFinite(value)) return undefined;
  if (Math.abs(value) >= 10 ** EXCEL_DIGITS) return value.toExponential(EXCEL_DIGITS - 1).replace('e', 'E');
  return withoutExponent(Number(value.toPrecision(EXCEL_DIGITS)));
}

function withoutExponent(value: number): string {
  const text = String(value);
  return text.includes('e') && Math.abs(value) > 1e-20 ? value.toFixed(Math.min(100, Number(text.slice(text.indexOf('e-') + 2)) + mantissaDigits(text))) : text;
}

function mantissaDigits(text: string): number {
  return text.slice(0, text.indexOf('e')).replace(/^-?\d\.?/, '').length;
}

/**
 * A number in a cell that shows a percentage, with all its digits: 0.42 is `42%`.
 *
 * @returns undefined for what is no number
 */
export function percentText(stored: string): string | undefined {
  const number = numberText(stored);
  const hundredfold = number === undefined ? undefined : numberText(String(Number(number) * 100));
  return hundredfold === undefined ? undefined : `${hundredfold}%`;
}

/**
 * A number in a cell that shows it with a fixed number of digits: 1234 is `00001234`. Further digits stand before the first.
 *
 * @returns the number itself where it is not whole, or has a sign
 */
export function paddedText(stored: string, { pattern }: PaddedForm): string | undefined {
  const number = numberText(stored);
  if (number === undefined || !/^\d+$/.test(number)) return number;
  const [before = '', ...behind] = pattern.split(DIGIT);
  const digits = number.padStart(behind.length, '0');
  const further = digits.length - behind.length;
  return before + digits.slice(0, further) + behind.map((text, at) => digits.charAt(further + at) + text).join('');
}

/**
 * A number in a cell that shows a date or a time of day, in ISO 8601.
 *
 * @returns the number itself where it is none
 */
export function dateText(stored: string, meaning: 'date' | 'time', is1904: boolean): string | undefined {
  const value = Number(stored);
  const parts = meaning === 'time' && value < 1 && value >= 0 ? dateOfSerial(value + 1, is1904) : dateOfSerial(value, is1904);
  if (parts === undefined || stored.trim() === '') return numberText(stored);
  const { year, month, day, hour, minute, second } = parts;
  const [date, time] = [[String(year).padStart(4, '0'), two(month), two(day)].join('-'), [two(hour), two(minute), two(second)].join(':')];
  if (meaning === 'time' && value < 1) return time;
  return parts.hasTime || meaning === 'time' ? `${date} ${time}` : date;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
