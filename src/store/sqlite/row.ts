import type { SQLOutputValue } from 'node:sqlite';
import type { Stored } from '../store.ts';
import type { Row } from './connection.ts';

export function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError('The store holds something else where a text belongs');
}

export function numberOf(value: SQLOutputValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new TypeError('The store holds something else where a number belongs');
}

let latest = { ms: 0, text: new Date(0).toISOString() };

/** Instants are kept as epoch milliseconds. The last one is remembered, since a whole commit has the same. */
export function instantOf(ms: number): string {
  if (ms !== latest.ms) latest = { ms, text: new Date(ms).toISOString() };
  return latest.text;
}

/** @param row with `id`, `version`, `updated`, `deleted`, `body` */
export function storedOf(type: string, row: Row, outcome: Stored['outcome'] = 'read'): Stored {
  return {
    type,
    id: textOf(row.id),
    version: numberOf(row.version),
    lastUpdated: instantOf(numberOf(row.updated)),
    deleted: row.deleted === 1,
    body: textOf(row.body),
    outcome,
  };
}
