import type { StatementSync } from 'node:sqlite';
import type { Connection } from './connection.ts';
import { INDEX_TABLES } from './index-rows.ts';
import type { IndexRow, IndexRows, IndexTable } from './index-rows.ts';

/** Writes and removes index rows, on an update only those that differ. */
export class IndexWriter {
  readonly #insert: Record<IndexTable, StatementSync>;
  readonly #remove: Record<IndexTable, StatementSync>;
  readonly #insertLive: StatementSync;
  readonly #removeLive: StatementSync;

  constructor(connection: Connection) {
    const each = (text: (table: IndexTable) => string): Record<IndexTable, StatementSync> => ({
      term: connection.prepare(text('term')),
      phrase: connection.prepare(text('phrase')),
      extent: connection.prepare(text('extent')),
      endless: connection.prepare(text('endless')),
      record: connection.prepare(text('record')),
    });
    this.#insert = each((table) => `INSERT OR IGNORE INTO ${table} (rid, ${INDEX_TABLES[table].join(', ')}) VALUES (?${', ?'.repeat(INDEX_TABLES[table].length)})`);
    this.#remove = each((table) => `DELETE FROM ${table} WHERE rid = ? AND ${INDEX_TABLES[table].map((column) => `${column} = ?`).join(' AND ')}`);
    this.#insertLive = connection.prepare('INSERT OR REPLACE INTO live (type, rid, kind) VALUES (?, ?, ?)');
    this.#removeLive = connection.prepare('DELETE FROM live WHERE type = ? AND rid = ?');
  }

  add(type: number, rid: number, { rows, kind }: IndexRows): void {
    this.#insertLive.run(type, rid, kind);
    this.#insertRows(rid, rows);
  }

  replace(type: number, rid: number, before: IndexRows, after: IndexRows): void {
    if (before.kind !== after.kind) this.#insertLive.run(type, rid, after.kind);
    this.#removeRows(rid, without(before.rows, after.rows));
    this.#insertRows(rid, without(after.rows, before.rows));
  }

  remove(type: number, rid: number, { rows }: IndexRows): void {
    this.#removeLive.run(type, rid);
    this.#removeRows(rid, rows);
  }

  #insertRows(rid: number, rows: readonly IndexRow[]): void {
    for (const { table, values } of rows) this.#insert[table].run(rid, ...values);
  }

  #removeRows(rid: number, rows: readonly IndexRow[]): void {
    for (const { table, values } of rows) this.#remove[table].run(rid, ...values);
  }
}

function without(rows: readonly IndexRow[], others: readonly IndexRow[]): IndexRow[] {
  const keys = new Set(others.map(keyOf));
  return rows.filter((row) => !keys.has(keyOf(row)));
}

function keyOf(row: IndexRow): string {
  return row.table + JSON.stringify(row.values);
}
