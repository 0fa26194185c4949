import type { SQLOutputValue } from 'node:sqlite';
import type { Stored } from '../store.ts';
import { StoredVersion } from '../stored-version.ts';
import type { Row } from './connection.ts';

export function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError('The store holds something else where a text belongs');
}

export function numberOf(value: SQLOutputValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new TypeError('The store holds something else where a number belongs');
}

let minute = { start: 0, text: '1970-01-01T00:00:' };

/** The instant of epoch milliseconds. The last minute is remembered: times written or read together are mostly near each other. */
export function instantOf(ms: number): string {
  if (ms < minute.start || ms >= minute.start + 60_000) {
    const start = Math.floor(ms / 60_000) * 60_000;
    minute = { start, text: new Date(start).toISOString().slice(0, 17) };
  }
  const rest = ms - minute.start;
  const seconds = Math.floor(rest / 1000);
  return `${minute.text}${seconds < 10 ? '0' : ''}${seconds}.${String(rest - seconds * 1000).padStart(3, '0')}Z`;
}

/**
 * @param row with `id`, `version`, `updated`, `deleted`, and `body`: as bytes on a page, whose bodies mostly go out as they are; as
 *   text where one is read by its key, whose patients are then looked for in it
 */
export function storedOf(type: string, row: Row): Stored {
  return new StoredVersion({
    type,
    id: textOf(row.id),
    version: numberOf(row.version),
    lastUpdated: instantOf(numberOf(row.updated)),
    deleted: row.deleted === 1,
    outcome: 'read',
  }, row.body instanceof Uint8Array ? row.body : textOf(row.body));
}
