import { hash } from 'node:crypto';
import { ServiceError } from '../../errors.ts';

export type PageKey = string | number | null;

/**
 * Where the next page starts, opaque. The check sum binds it to the question it belongs to: a link that was cut, changed or
 * moved to another search is refused instead of silently skipping results.
 * @param question whatever must be the same on the next page, such as type and sort
 */
export function pageToken(question: string, keys: readonly PageKey[]): string {
  const text = Buffer.from(JSON.stringify(keys)).toString('base64url');
  return `${text}.${checkSum(question, text)}`;
}

/** @throws ServiceError 'malformed' for what `pageToken` never gave to this question */
export function readPageToken(question: string, token: string): readonly PageKey[] {
  const [text = '', sum] = token.split('.', 2);
  const keys = token === `${text}.${sum ?? ''}` && sum === checkSum(question, text) ? parsed(text) : undefined;
  if (keys === undefined) throw new ServiceError('malformed', 'The page link is damaged or belongs to another search');
  return keys;
}

/** Plain values only: an object would reach the database as an operator. */
function parsed(text: string): readonly PageKey[] | undefined {
  const keys: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
  return Array.isArray(keys) && keys.every(isPageKey) ? keys : undefined;
}

function isPageKey(value: unknown): value is PageKey {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

function checkSum(question: string, text: string): string {
  return hash('sha256', `${question}\n${text}`).slice(0, 16);
}
