import { ServiceError } from '../../errors.ts';
import { clinicalDateParam } from '../../fhir/search/clinical-date.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { SearchQuery, Sort } from '../../fhir/search/query.ts';
import type { Assumption, Page } from '../store.ts';
import { ClauseSql } from './clause-sql.ts';
import type { Connection, Row } from './connection.ts';
import type { Names } from './names.ts';
import type { PageKeys } from './page-key.ts';
import { mergedRecord, recordRows } from './record-search.ts';
import { numberOf, storedOf, textOf } from './row.ts';
import { SearchStarts } from './search-start.ts';
import { sortOrder, sortedListing } from './sort-sql.ts';
import { and, name, sql } from './sql.ts';
import type { Sql, SqlValue } from './sql.ts';
import { TRACE_TYPE } from './traces.ts';

/** One page to be: where its resources come from in order, and the columns of `d` that say where the next one starts. */
interface Listing { readonly from: Sql; readonly where: readonly Sql[]; readonly order: Sql; readonly keys: readonly string[] }

/** Searches: chooses a plan, has it written as one SELECT, and reads the page. */
export class Searching {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #keys: PageKeys;
  readonly #clauses: ClauseSql;
  readonly #starts: SearchStarts;

  constructor(connection: Connection, names: Names, keys: PageKeys) {
    this.#connection = connection;
    this.#names = names;
    this.#keys = keys;
    this.#clauses = new ClauseSql(connection, names);
    this.#starts = new SearchStarts(connection, names, this.#clauses);
  }

  /** @throws ServiceError 'malformed' for a limit out of range or a foreign position */
  page(query: SearchQuery): Page {
    const scope = `search ${query.type} ${query.sort.map(({ param, of, descending }) => `${param}:${of}:${descending}`).join(',')}`;
    const after = query.after === undefined ? undefined : this.#keys.read(scope, query.after);
    const listing = this.#listing(query, after);
    const rows = this.#rows(query, listing);
    const items = rows.slice(0, query.limit).map((row) => storedOf(query.type, row));
    const last = rows[query.limit - 1];
    if (rows.length <= query.limit || last === undefined) return { items };
    return { items, next: this.#keys.write(scope, listing.keys.map((key) => keyValue(last[key]))) };
  }

  count({ type, where }: Pick<SearchQuery, 'type' | 'where'>): number {
    const start = this.#starts.choose(type, where);
    return numberOf(this.#connection.get(sql`SELECT count(*) AS n FROM ${start.from} WHERE ${and([...start.where, ...this.#probes(type, start.rest)])}`)?.n);
  }

  /** Whether the resources that match are those the caller saw. */
  matchesExactly({ type, where, ids }: Assumption): boolean {
    const expected = new Set(ids);
    const limit = Math.min(expected.size + 1, MAX_PAGE_SIZE);
    const found = this.#rows({ type, limit: limit - 1 }, this.#listing({ type, where, sort: [], limit }, undefined));
    return found.length === expected.size && found.every((row) => expected.has(textOf(row.id)));
  }

  #rows({ type, limit }: Pick<SearchQuery, 'type' | 'limit'>, { from, where, order, keys }: Listing): Row[] {
    const { columns, joins } = type === TRACE_TYPE ? TRACE_COLUMNS : RESOURCE_COLUMNS;
    return this.#connection.all(sql`SELECT ${columns}, ${name(keys.map((key) => `d.${key}`).join(', '))} FROM ${from} ${joins} WHERE ${and(where)} ORDER BY ${order} LIMIT ${limit + 1}`);
  }

  #listing(query: SearchQuery, after: readonly SqlValue[] | undefined): Listing {
    if (isNewestFirst(query)) {
      const listing = this.#recordListing(query, after);
      if (listing !== undefined) return listing;
    }
    const start = this.#starts.choose(query.type, query.where);
    const probes = this.#probes(query.type, start.rest);
    if (query.sort.length === 0) {
      const before = after === undefined ? [] : [sql`d.rid < ${after[0] ?? 0}`];
      return this.#inCreationOrder(start.isOrdered, start.from, [...start.where, ...before, ...probes], query.limit + 1);
    }
    return {
      from: sortedListing(this.#names, { ...query, limit: query.limit + 1 }, start, { where: probes, after }),
      where: [],
      order: sortOrder(query.sort, 'd.'),
      keys: [...query.sort.map((_, i) => `k${i}`), 'rid'],
    };
  }

  #inCreationOrder(isOrdered: boolean, from: Sql, where: readonly Sql[], limit: number): Listing {
    const order = name('d.rid DESC');
    if (isOrdered) return { from, where, order, keys: ['rid'] };
    // The page is cut before the bodies are read.
    return { from: sql`(SELECT d.rid AS rid FROM ${from} WHERE ${and(where)} ORDER BY ${order} LIMIT ${limit}) d`, where: [], order, keys: ['rid'] };
  }

  /** A patient's resources, newest first: straight from the index that leads with the patient. */
  #recordListing(query: SearchQuery, after: readonly SqlValue[] | undefined): Listing | undefined {
    const record = recordRows(this.#names, query.type, query.where);
    if (record === undefined) return undefined;
    const beyond = after === undefined ? [] : [sql`(d.date, d.rid) < (${after[0] ?? 0}, ${after[1] ?? 0})`];
    const further = [...beyond, ...this.#probes(query.type, record.rest)];
    const order = name('d.date DESC, d.rid DESC');
    const keys = ['date', 'rid'];
    const [only] = record.lists;
    if (only !== undefined && record.lists.length === 1) return { from: name('record d'), where: [only, ...further], order, keys };
    return { from: mergedRecord(record.lists, further, query.limit + 1), where: [], order, keys };
  }

  #probes(type: string, clauses: SearchQuery['where']): Sql[] {
    return clauses.map((clause) => this.#clauses.holds(type, clause, 'd'));
  }
}

const RESOURCE_COLUMNS = {
  columns: name('r.id, v.version, v.updated, 0 AS deleted, v.body'),
  joins: name('CROSS JOIN resource r ON r.rid = d.rid CROSS JOIN version v ON v.seq = r.seq'),
};
/** AuditEvents are mostly traces; one that was put like any resource is found too. */
const TRACE_COLUMNS = {
  columns: name('coalesce(t.id, r.id) AS id, coalesce(v.version, 1) AS version, coalesce(t.updated, v.updated) AS updated, 0 AS deleted, coalesce(t.body, v.body) AS body'),
  joins: name('LEFT JOIN trace t ON t.seq = d.rid LEFT JOIN resource r ON r.rid = d.rid LEFT JOIN version v ON v.seq = r.seq'),
};

function isNewestFirst({ type, sort: [first, ...more] }: SearchQuery): boolean {
  return first !== undefined && more.length === 0 && isByClinicalDate(type, first);
}

function isByClinicalDate(type: string, { param, of, descending }: Sort): boolean {
  return of === 'date' && descending && param === clinicalDateParam(type);
}

function keyValue(value: Row[string] | undefined): SqlValue {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** @throws ServiceError 'malformed' */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) throw new ServiceError('malformed', `A page holds 1 to ${MAX_PAGE_SIZE} entries`);
}
