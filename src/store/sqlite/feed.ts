import { ServiceError } from '../../errors.ts';
import type { FeedPage, FeedQuery } from '../store.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { readPage } from './page-rows.ts';
import { numberOf, storedOf, textOf } from './row.ts';
import { join, limitTo, name, sql } from './sql.ts';
import type { Sql } from './sql.ts';

const ANY = name('TRUE');
const LATER = name('version > 1');

/** So many numbers are looked through at once for what changed, which may be few among very many: a millisecond or two. */
const SPAN = 4_000;

/** The change feed is the sequence of versions itself: SQLite's one writer commits them in order of their numbers. */
export class Feed {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  /** @returns also whether the end was reached: where it was not, and the page is not full, it goes on at its position */
  page({ after, limit, types, changed }: FeedQuery): FeedPage & { readonly isAtEnd: boolean } {
    const start = after === undefined ? 0 : positionOf(after);
    // The end is read first: what another process commits in between belongs to the next page.
    const end = Number(this.#connection.get(sql`SELECT max(seq) AS seq FROM version`)?.seq ?? 0);
    const until = changed === undefined ? end : Math.min(end, start + SPAN);
    const range = sql`seq > ${start} AND seq <= ${until}`;
    const chosen = types === undefined ? sql`SELECT seq FROM version WHERE ${range} ORDER BY seq ${limitTo(limit)}` : this.#firstOf({ types, changed }, range, limit);
    const rows = readPage(this.#connection, sql`SELECT v.seq, v.type, r.id, v.version, v.updated, v.deleted, v.body FROM (${chosen}) c CROSS JOIN version v ON v.seq = c.seq CROSS JOIN resource r ON r.rid = v.rid
      ORDER BY v.seq ${limitTo(limit)}`, ['seq', 'type']);
    const last = rows.length === limit ? numberOf(rows.at(-1)?.keys[0]) : Math.max(start, until);
    return { items: rows.map((row) => storedOf(this.#names.textOf(numberOf(row.keys[1])), row)), position: String(last), isAtEnd: last >= end };
  }

  /** Each type by itself, whose versions the index has in order: of several types at once it would sort them all for each page. */
  #firstOf({ types, changed = [] }: { readonly types: readonly string[]; readonly changed: readonly string[] | undefined }, range: Sql, limit: number): Sql {
    const firstOf = (type: string, condition: Sql): Sql => sql`SELECT * FROM (SELECT seq FROM version WHERE type = ${this.#names.find(type)} AND ${range} AND ${condition} ORDER BY seq ${limitTo(limit)})`;
    const parts = [...types.map((type) => firstOf(type, ANY)), ...changed.map((type) => firstOf(type, LATER))];
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
