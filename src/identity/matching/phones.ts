import type { LevelOf } from './levels.ts';
import { isOneSlip } from './slips.ts';

/** Numbers that are typed in to get past a form: one digit repeated, or digits that count up. */
const NOT_A_NUMBER = /(\d)\1{6}|0?12345678|23456789/u;

/**
 * A telephone number as it is compared: mobile ones as their 11 digits, landlines without area code and extension,
 * foreign ones with their country.
 */
export function normalizePhone(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined;
  const plain = text.normalize('NFKC').trim();
  const isForeign = /^(\+|00)(?!\s*86)/u.test(plain);
  const digits = plain.replace(/(?:转|ext\.?|#).*$/iu, '').replace(/^(\d{3,4}-\d{7,8})-\d+$/u, '$1').replace(/\D/gu, '');
  if (NOT_A_NUMBER.test(digits)) return undefined;
  if (isForeign) return digits.length < 8 ? undefined : `+${digits.replace(/^00/u, '')}`;
  const national = digits.replace(/^(?:0086|86)(?=1\d{10}$|0?\d{10,11}$)/u, '');
  if (/^1\d{10}$/u.test(national)) return national;
  return /^0?\d{7,12}$/u.test(national) ? national.slice(/^(?:0?(?:10|2\d))?\d{8}$/u.test(national) ? -8 : -7) : undefined;
}

/** Numbers of one kind that differ say little: people have several and change them. */
export function comparePhones(a: readonly string[], b: readonly string[]): LevelOf<'phone'> {
  if (a.length === 0 || b.length === 0) return 'missing';
  const shared = a.filter((phone) => b.includes(phone));
  if (shared.some((phone) => phone.length > 8)) return 'same';
  if (shared.length > 0) return 'landline';
  return a.some((left) => b.some((right) => left.length === right.length && left.length > 8 && isOneSlip(left, right))) ? 'digit' : 'differs';
}
