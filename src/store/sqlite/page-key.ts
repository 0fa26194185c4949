import { hash, randomBytes } from 'node:crypto';
import { ServiceError } from '../../errors.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { Connection } from './connection.ts';
import { sql } from './sql.ts';
import type { SqlValue } from './sql.ts';

/** Characters of base64url: nine bytes, so that what follows them can be written by itself. */
const MAC_LENGTH = 12;

/**
 * Makes and reads the opaque positions of pages. Each is signed with a secret of the database, together with what it
 * belongs to, so that a position that was changed or is used elsewhere is refused instead of answered wrongly.
 */
export class PageKeys {
  readonly #secret: string;

  constructor(connection: Connection) {
    connection.get(sql`INSERT OR IGNORE INTO setting VALUES ('page secret', ${randomBytes(16).toString('hex')})`);
    this.#secret = String(connection.get(sql`SELECT value FROM setting WHERE name = 'page secret'`)?.value);
  }

  /** @param scope what the position belongs to: a type and an order, say */
  write(scope: string, values: readonly SqlValue[]): string {
    const text = JSON.stringify(values);
    return this.#mac(scope, text) + Buffer.from(text).toString('base64url');
  }

  /** @throws ServiceError 'malformed' for anything that `write` did not make for this scope */
  read(scope: string, position: string): readonly SqlValue[] {
    const text = Buffer.from(position.slice(MAC_LENGTH), 'base64url').toString();
    // Written anew it is the same text: base64url has several forms of some bytes.
    const isOurs = position === this.#mac(scope, text) + Buffer.from(text).toString('base64url');
    const values: unknown = isOurs ? JSON.parse(text) : undefined;
    if (!Array.isArray(values)) throw new ServiceError('malformed', 'The page link is not one that this server gave for this request');
    return values.map((value: unknown) => (typeof value === 'string' || typeof value === 'number' ? value : null));
  }

  /** A hash that begins with the secret cannot be continued by whoever sees a quarter of it, and costs a fifth of an HMAC. */
  #mac(scope: string, text: string): string {
    return hash('sha256', `${this.#secret}\n${scope}\n${text}`, 'base64url').slice(0, MAC_LENGTH);
  }
}

/** @throws ServiceError 'malformed' */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) throw new ServiceError('malformed', `A page holds 1 to ${MAX_PAGE_SIZE} entries`);
}
