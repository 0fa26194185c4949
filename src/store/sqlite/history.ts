import { ServiceError } from '../../errors.ts';
import type { HistoryQuery, Page } from '../store.ts';
import type { Connection } from './connection.ts';
import { firstAt } from './last-updated.ts';
import { ID_GROUP } from './names.ts';
import type { Names } from './names.ts';
import type { PageKeys } from './page-key.ts';
import { readPage } from './page-rows.ts';
import type { PageRow } from './page-rows.ts';
import { numberOf, storedOf } from './row.ts';
import { and, isOneOf, limitTo, name, sql } from './sql.ts';
import type { Sql } from './sql.ts';
import { TRACE_TYPE } from './traces.ts';

/** Versions, newest first, and the change feed: both walk the sequence. */
export class History {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #keys: PageKeys;

  constructor(connection: Connection, names: Names, keys: PageKeys) {
    this.#connection = connection;
    this.#names = names;
    this.#keys = keys;
  }

  page(query: HistoryQuery): Page {
    const { type, id, since, limit, after } = query;
    if (since !== undefined && Number.isNaN(Date.parse(since))) throw new ServiceError('malformed', 'The start of a history is an instant');
    const scope = `history ${type ?? ''} ${id ?? ''}`;
    const before = after === undefined ? undefined : Number(this.#keys.read(scope, after)[0]);
    const versions = this.#versions(query, { since, before }, limit + 1);
    const traces = type === TRACE_TYPE ? this.#traces(id, { since, before }, limit + 1) : [];
    const rows = traces.length === 0 ? versions : [...versions, ...traces].sort((a, b) => seqOf(b) - seqOf(a));
    const shown = rows.slice(0, limit);
    const items = shown.map((row) => storedOf(type ?? this.#names.textOf(numberOf(row.keys[1])), row));
    const last = shown.at(-1);
    return rows.length > limit && last !== undefined ? { items, next: this.#keys.write(scope, [seqOf(last)]) } : { items };
  }

  #versions({ type, types, id }: HistoryQuery, bounds: Bounds, limit: number): PageRow[] {
    const within = [...this.#bounds(name('version'), name('v'), bounds)];
    if (type === undefined && types !== undefined) within.push(isOneOf(name('v.type'), types.map((known) => this.#names.find(known))));
    if (type !== undefined && id === undefined) within.push(sql`v.type = ${this.#names.find(type)}`);
    if (type !== undefined && id !== undefined) within.push(this.#isVersionOf(type, id));
    return readPage(this.#connection, sql`SELECT v.seq, v.type, r.id, v.version, v.updated, v.deleted, v.body FROM version v JOIN resource r ON r.rid = v.rid
      WHERE ${and(within)} ORDER BY v.seq DESC ${limitTo(limit)}`, ['seq', 'type']);
  }

  #isVersionOf(type: string, id: string): Sql {
    const rid = sql`(SELECT rid FROM term WHERE space = ${this.#names.find(type)} AND value = ${id} AND p = ${ID_GROUP})`;
    return sql`v.seq IN (SELECT rid FROM ${rid} UNION ALL SELECT seq FROM version WHERE rid = ${rid} AND version > 1)`;
  }

  #traces(id: string | undefined, bounds: Bounds, limit: number): PageRow[] {
    const within = [...this.#bounds(name('trace'), name('t'), bounds)];
    if (id !== undefined) within.push(sql`t.id = ${id}`);
    return readPage(this.#connection, sql`SELECT t.seq, t.id, 1 AS version, t.updated, 0 AS deleted, t.body FROM trace t
      WHERE ${and(within)} ORDER BY t.seq DESC ${limitTo(limit)}`, ['seq']);
  }

  *#bounds(table: Sql, alias: Sql, { since, before }: Bounds): Generator<Sql> {
    if (before !== undefined) yield sql`${alias}.seq < ${before}`;
    if (since !== undefined) yield sql`${alias}.seq >= ${firstAt(this.#connection, table, Date.parse(since))}`;
  }
}

function seqOf({ keys: [seq] }: PageRow): number {
  return numberOf(seq);
}

interface Bounds { readonly since: string | undefined; readonly before: number | undefined }
