import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { Keys } from '../services.ts';

/** Name of the query parameter that holds a link to a further page. */
export const PAGE_PARAMETER = '_page';

/** Where a further page goes on: the query of the first page, and the position that the store gave. */
export interface PagePosition {
  /** `search` or `history` with what is listed: `history Patient/p1`. */
  readonly of: string;
  readonly query: string;
  readonly after: string;
}

const keys = new WeakMap<Keys, KeyObject>();

/**
 * The opaque value of a link to the next page. It is signed by this installation and bound to the caller, so that nobody
 * can change it, or walk on where another has begun.
 */
export function signPage(installation: Keys, subject: string, position: PagePosition): string {
  const payload = Buffer.from(JSON.stringify([position.of, position.query, position.after])).toString('base64url');
  return `${payload}.${signatureOf(installation, subject, payload)}`;
}

/** @throws ServiceError 'malformed' for a value that was changed, made elsewhere, for another caller or another list */
export function openPage(installation: Keys, subject: string, of: string, value: string): PagePosition {
  const [payload = '', signature = ''] = value.split('.', 2);
  const expected = Buffer.from(signatureOf(installation, subject, payload));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw foreign();
  const parts: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!Array.isArray(parts)) throw foreign();
  const [listed, query, after] = parts as unknown[];
  if (listed !== of || typeof query !== 'string' || typeof after !== 'string') throw foreign();
  return { of, query, after };
}

function foreign(): ServiceError {
  return new ServiceError('malformed', `The value of ${PAGE_PARAMETER} is not a page link that this server gave to you for this search; start again from its first page`);
}

function signatureOf(installation: Keys, subject: string, payload: string): string {
  return createHmac('sha256', keyOf(installation)).update(subject).update('\n').update(payload).digest('base64url');
}

/** Derived from a key that every gateway of the installation has, so that any of them can open a link of any other. */
function keyOf(installation: Keys): KeyObject {
  const known = keys.get(installation);
  if (known !== undefined) return known;
  const secret = installation.audit.privateKey.export({ type: 'pkcs8', format: 'der' });
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'bund page links', 32)));
  keys.set(installation, key);
  return key;
}
