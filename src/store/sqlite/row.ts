import type { Beside, Stored } from '../store.ts';
import { StoredVersion } from '../stored-version.ts';

/** What is read of a version; the body as text where it is looked into, as bytes where it mostly goes out as it is. */
export interface VersionRow { readonly id: string; readonly version: number; readonly updated: number; readonly deleted: boolean; readonly body: string | Buffer }

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('The store holds something else where a text belongs');
}

export function numberOf(value: unknown): number {
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

export function storedOf(type: string, { id, version, updated, deleted, body }: VersionRow, beside?: Beside): Stored {
  return new StoredVersion({ type, id, version, lastUpdated: instantOf(updated), deleted, outcome: 'read', ...(beside === undefined ? {} : { beside }) }, body);
}
