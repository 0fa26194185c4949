import type { SearchQuery } from '../../fhir/search/query.ts';
import type { Assumption, Page } from '../store.ts';
import { ClauseSql } from './clause-sql.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import type { PageKeys } from './page-key.ts';
import { readPage } from './page-rows.ts';
import type { PageRow } from './page-rows.ts';
import type { RecentAnswers } from './recent-answers.ts';
import { isNewestFirst, mergedRecord, recordRows } from './record-search.ts';
import { numberOf, storedOf, textOf } from './row.ts';
import { SearchStarts } from './search-start.ts';
import type { Start } from './search-start.ts';
import { sortOrder, sortedListing } from './sort-sql.ts';
import { sortWindow } from './sort-window.ts';
import { and, join, limitTo, name, sql } from './sql.ts';
import type { Sql, SqlValue } from './sql.ts';
import { TRACE_TYPE } from './traces.ts';

/** One page to be: where its resources come from in order, and the columns of `d` that say where the next one starts. */
interface Listing { readonly from: Sql; readonly where: readonly Sql[]; readonly order: Sql; readonly keys: readonly string[] }
/** What was read for a page: one row more than it shows, if there are more. */
type Found = readonly PageRow[];
type Position = readonly SqlValue[] | undefined;

/** Searches: chooses a plan, has it written as one SELECT, and reads the page. */
export class Searching {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #keys: PageKeys;
  readonly #clauses: ClauseSql;
  readonly #starts: SearchStarts;
  readonly #recent: RecentAnswers;

  constructor(connection: Connection, { names, keys, recent }: { readonly names: Names; readonly keys: PageKeys; readonly recent: RecentAnswers }) {
    this.#connection = connection;
    this.#recent = recent;
    this.#names = names;
    this.#keys = keys;
    this.#clauses = new ClauseSql(connection, names);
    this.#starts = new SearchStarts(connection, names, this.#clauses);
  }

  /** @throws ServiceError 'malformed' for a position that was not given for this type and order */
  page(query: SearchQuery): Page {
    const generation = this.#names.lookups.refresh();
    if (query.sort.length > 0 || query.after !== undefined) return this.#readPage(query);
    const known = this.#recent.find(query, generation);
    if (known !== undefined && known.length <= query.limit) return { items: known };
    const page = this.#readPage(query);
    this.#recent.keep(query, page);
    return page;
  }

  #readPage(query: SearchQuery): Page {
    const scope = `search ${query.type} ${query.sort.map(({ param, of, descending }) => `${param}:${of}:${descending}`).join(',')}`;
    const after = query.after === undefined ? undefined : this.#keys.read(scope, query.after);
    const rows = this.#find(query, after);
    const items = rows.slice(0, query.limit).map((row) => storedOf(query.type, row));
    const last = rows[query.limit - 1];
    if (rows.length <= query.limit || last === undefined) return { items };
    return { items, next: this.#keys.write(scope, last.keys) };
  }

  count({ type, where }: Pick<SearchQuery, 'type' | 'where'>): number {
    this.#names.lookups.refresh();
    const start = this.#starts.choose({ type, where, sort: [] });
    return numberOf(this.#connection.get(sql`SELECT count(*) AS n FROM ${start.from} WHERE ${and([...start.where, ...this.#probes(type, start.rest)])}`)?.n);
  }

  /** Whether the resources that match are those the caller saw. Within a write transaction. */
  matchesExactly({ type, where, ids }: Assumption): boolean {
    const expected = new Set(ids);
    const known = this.#recent.find({ type, where }, this.#names.lookups.refreshNow());
    const found = known?.map((item) => item.id) ?? this.#idsOf({ type, where, sort: [], limit: expected.size });
    return found.length === expected.size && found.every((id) => expected.has(id));
  }

  /** One more than the limit, if there are more; nobody asks for what they say. */
  #idsOf(query: SearchQuery): readonly string[] {
    const { from, where, order } = this.#byCreation(query, this.#starts.choose(query), undefined);
    const { id, joins } = query.type === TRACE_TYPE ? TRACE_COLUMNS : RESOURCE_COLUMNS;
    return this.#connection.all(sql`SELECT ${id} AS id FROM ${from} ${joins} WHERE ${and(where)} ORDER BY ${order} ${limitTo(query.limit + 1)}`).map((row) => textOf(row.id));
  }

  #find(query: SearchQuery, after: Position): Found {
    const record = isNewestFirst(query) ? this.#recordListing(query, after) : undefined;
    if (record !== undefined) return this.#read(query, record);
    const start = this.#starts.choose(query);
    if (query.sort.length === 0) return this.#read(query, this.#byCreation(query, start, after));
    const inWindow = start.isLarge ? this.#findInWindow(query, after) : undefined;
    return inWindow ?? this.#read(query, this.#sorted(query, start, after));
  }

  /** Looks through ever larger windows of the first sort key, until one holds a whole page. */
  #findInWindow(query: SearchQuery, after: Position): Found | undefined {
    const [sort] = query.sort;
    if (sort === undefined) return undefined;
    const probes = this.#probes(query.type, query.where);
    for (let size = 2 * (query.limit + 1); ; size *= 4) {
      const window = sortWindow(this.#connection, this.#names, { type: query.type, sort, from: after === undefined ? undefined : after[0] ?? null, size, probes });
      if (window === undefined) return undefined;
      const start: Start = { from: sql`(SELECT DISTINCT rid FROM (${window})) d`, where: [], rest: query.where, isLarge: false };
      const found = this.#read(query, this.#sorted(query, start, after));
      if (found.length > query.limit) return found;
    }
  }

  #read({ type, limit }: SearchQuery, { from, where, order, keys }: Listing): Found {
    const { id, columns, joins, bodies } = type === TRACE_TYPE ? TRACE_COLUMNS : RESOURCE_COLUMNS;
    const select = sql`SELECT ${id} AS id, ${columns}, ${name(keys.map((key) => `d.${key}`).join(', '))} FROM ${from} ${joins} ${bodies} WHERE ${and(where)} ORDER BY ${order} ${limitTo(limit + 1)}`;
    return readPage(this.#connection, select, keys);
  }

  #byCreation(query: SearchQuery, start: Start, after: Position): Listing {
    const further = [...(after === undefined ? [] : [sql`d.rid < ${after[0] ?? 0}`]), ...this.#probes(query.type, start.rest)];
    const order = name('d.rid DESC');
    const { from, parts } = start.ordered ?? { from: start.from, parts: [and(start.where)] };
    const [only] = parts;
    if (start.ordered !== undefined && only !== undefined && parts.length === 1) return { from, where: [only, ...further], order, keys: ['rid'] };
    // The page is cut before the bodies are read.
    const first = (part: Sql) => sql`SELECT * FROM (SELECT d.rid AS rid FROM ${from} WHERE ${and([part, ...further])} ORDER BY ${order} ${limitTo(query.limit + 1)})`;
    return { from: sql`(SELECT rid FROM (${join(parts.map(first), ' UNION ALL ')}) ORDER BY rid DESC ${limitTo(query.limit + 1)}) d`, where: [], order, keys: ['rid'] };
  }

  #sorted(query: SearchQuery, start: Start, after: Position): Listing {
    return {
      from: sortedListing(this.#names, { ...query, limit: query.limit + 1 }, start, { where: this.#probes(query.type, start.rest), after }),
      where: [],
      order: sortOrder(query.sort, 'd.'),
      keys: [...query.sort.map((_, i) => `k${i}`), 'rid'],
    };
  }

  /** A patient's resources, newest first: straight from the index that leads with the patient. */
  #recordListing(query: SearchQuery, after: Position): Listing | undefined {
    const record = recordRows(this.#names, this.#clauses, query.type, query.where);
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
  id: name('r.id'),
  joins: name('CROSS JOIN resource r ON r.rid = d.rid'),
  columns: name('v.version, v.updated, 0 AS deleted, v.body'),
  bodies: name('CROSS JOIN version v ON v.seq = r.seq'),
};
/** AuditEvents are mostly traces; one that was put like any resource is found too. */
const TRACE_COLUMNS = {
  id: name('coalesce(t.id, r.id)'),
  joins: name('LEFT JOIN trace t ON t.seq = d.rid LEFT JOIN resource r ON r.rid = d.rid'),
  columns: name('coalesce(v.version, 1) AS version, coalesce(t.updated, v.updated) AS updated, 0 AS deleted, coalesce(t.body, v.body) AS body'),
  bodies: name('LEFT JOIN version v ON v.seq = r.seq'),
};

