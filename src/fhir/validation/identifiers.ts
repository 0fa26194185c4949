import { parseMoment } from '../dates.ts';

/**
 * Chinese identifiers that carry a check digit: 公民身份号码 (GB 11643-1999) and 统一社会信用代码 (GB 32100-2015).
 * Pure arithmetic over the text; whether a number was ever issued is not known here.
 */

export type ResidentIdFault = 'format' | 'birth-date' | 'check-digit';
export type UsccFault = 'format' | 'check-digit';

/** The identifier systems of the resident ID: our own choice first, then its aliases. */
export const RESIDENT_ID_SYSTEMS: readonly string[] = ['urn:oid:2.16.840.1.113883.2.23.1.19.1', 'urn:oid:2.16.156.10011.1.3'];
export const USCC_SYSTEM = 'https://bund.example/identifier/uscc';

const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_CHECKS = '10X98765432';
/** First two digits, GB/T 2260: provinces, and the permits of residents from Hong Kong, Macao and Taiwan and of foreigners. */
const PROVINCES: ReadonlySet<string> = new Set((
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91 92 93 94 95 96 97 98'
).split(' '));

/** True for a number of 18 characters that can identify a person; the old one of 15 digits has no check digit and cannot. */
export function isResidentId(number: string): boolean {
  return number.length === 18 && residentIdFault(number) === undefined;
}

/**
 * What is wrong with a resident ID of 18 characters or, without check digit, the old one of 15 digits.
 * @see GB 11643-1999 and ISO 7064 MOD 11-2
 */
export function residentIdFault(number: string): ResidentIdFault | undefined {
  if (!/^(\d{17}[\dX]|\d{15})$/.test(number)) return 'format';
  const sequence = number.length === 18 ? number.slice(14, 17) : number.slice(12);
  if (sequence === '000') return 'format';
  if (residentBirthDate(number) === undefined) return 'birth-date';
  return number.length === 18 && number[17] !== residentCheckDigit(number.slice(0, 17)) ? 'check-digit' : undefined;
}

/** The eighteenth character for the first seventeen digits. */
export function residentCheckDigit(digits: string): string {
  const sum = RESIDENT_WEIGHTS.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  return RESIDENT_CHECKS.charAt(sum % 11);
}

/** `1990-03-07` from the number; undefined when it holds no real date. The old form is of the 20th century. */
export function residentBirthDate(number: string): string | undefined {
  const digits = number.length === 18 ? number.slice(6, 14) : `19${number.slice(6, 12)}`;
  const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return date >= '1800' && parseMoment(date) !== undefined ? date : undefined;
}

/** The sex in the number: its last sequence digit is odd for a man. */
export function residentGender(number: string): 'male' | 'female' {
  return Number(number.length === 18 ? number[16] : number[14]) % 2 === 1 ? 'male' : 'female';
}

/** False for an area that no province has; revoked districts stay valid inside numbers. */
export function isKnownArea(number: string): boolean {
  return PROVINCES.has(number.slice(0, 2));
}

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** What is wrong with a unified social credit code. @see GB 32100-2015, modulus 31 */
export function usccFault(code: string): UsccFault | undefined {
  if (!/^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(code)) return 'format';
  return code[17] === usccCheckCharacter(code.slice(0, 17)) ? undefined : 'check-digit';
}

/** The eighteenth character for the first seventeen. */
export function usccCheckCharacter(characters: string): string {
  let weight = 1;
  let sum = 0;
  for (const character of characters) {
    sum += USCC_ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return USCC_ALPHABET.charAt((31 - (sum % 31)) % 31);
}
