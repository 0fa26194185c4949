import { ServiceError } from '../../errors.ts';
import type { FeedPage, FeedQuery } from '../store.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { readPage } from './page-rows.ts';
import { numberOf, storedOf, textOf } from './row.ts';
import { join, limitTo, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** The change feed is the sequence of versions itself: SQLite's one writer commits them in order of their numbers. */
export class Feed {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  page({ after, limit, types }: FeedQuery): FeedPage {
    const start = after === undefined ? 0 : positionOf(after);
    // The end is read first: what another process commits in between belongs to the next page.
    const end = Number(this.#connection.get(sql`SELECT max(seq) AS seq FROM version`)?.seq ?? 0);
    const range = sql`seq > ${start} AND seq <= ${end}`;
    const chosen = types === undefined ? sql`SELECT seq FROM version WHERE ${range} ORDER BY seq ${limitTo(limit)}` : this.#firstOf(types, range, limit);
    const rows = readPage(this.#connection, sql`SELECT v.seq, v.type, r.id, v.version, v.updated, v.deleted, v.body FROM (${chosen}) c CROSS JOIN version v ON v.seq = c.seq CROSS JOIN resource r ON r.rid = v.rid
      ORDER BY v.seq ${limitTo(limit)}`, ['seq', 'type']);
    const last = rows.length === limit ? numberOf(rows.at(-1)?.keys[0]) : Math.max(start, end);
    return { items: rows.map((row) => storedOf(this.#names.textOf(numberOf(row.keys[1])), row)), position: String(last) };
  }

  /** Each type by itself, whose versions the index has in order: of several types at once it would sort them all for each page. */
  #firstOf(types: readonly string[], range: Sql, limit: number): Sql {
    const parts = types.map((type) => sql`SELECT * FROM (SELECT seq FROM version WHERE type = ${this.#names.find(type)} AND ${range} ORDER BY seq ${limitTo(limit)})`);
    return parts.length === 0 ? sql`SELECT seq FROM version WHERE FALSE` : sql`${join(parts, ' UNION ALL ')} ORDER BY seq ${limitTo(limit)}`;
  }

  savedPosition(consumer: string): string | undefined {
    const row = this.#connection.get(sql`SELECT position FROM consumer WHERE name = ${consumer}`);
    return row === undefined ? undefined : textOf(row.position);
  }

  savePosition(consumer: string, position: string): void {
    this.#connection.get(sql`INSERT INTO consumer VALUES (${consumer}, ${position}) ON CONFLICT DO UPDATE SET position = excluded.position`);
  }
}

function positionOf(after: string): number {
  if (!/^\d{1,15}$/.test(after)) throw new ServiceError('malformed', 'The feed position is not one that this store gave');
  return Number(after);
}
