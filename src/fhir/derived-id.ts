import { hash } from 'node:crypto';

/** 128 bits of SHA-256, as hex: a legal logical id in which two things never meet by chance. */
const ID_LENGTH = 32;

/** The logical id of what the parts name together: whoever derives it, wherever and whenever, gets the same. */
export function derivedId(...parts: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, ID_LENGTH);
}
