/**
 * A page of a large sorted set, without sorting the set: the index of the first sort key tells a range of keys that holds
 * at least so many resources, and only those are sorted.
 */
import type { Sort } from '../../fhir/search/query.ts';
import { EARLIEST_MS, LATEST_MS } from '../../fhir/search/terms.ts';
import type { Connection } from './connection.ts';
import { LAST_UPDATED, changedSet, firstAt } from './last-updated.ts';
import type { Names } from './names.ts';
import { and, isOneOf, limitTo, name, sql } from './sql.ts';
import type { Sql, SqlValue } from './sql.ts';
import { TRACE_TYPE } from './traces.ts';

export interface WindowQuery {
  readonly type: string;
  /** The first sort key. */
  readonly sort: Sort;
  /** Its value where the page before ended, undefined on the first page. */
  readonly from: SqlValue | undefined;
  /** How many index entries the window is to hold. */
  readonly size: number;
  /** Conditions on `d.rid`. */
  readonly probes: readonly Sql[];
}

/** A SELECT of `rid` that holds the next resources in order; undefined when no index has the key, or not so many entries are left. */
export function sortWindow(connection: Connection, names: Names, query: WindowQuery): Sql | undefined {
  const { type, sort, from } = query;
  if (from === null) return undefined;
  if (sort.of === 'lastUpdated') return changedWindow(connection, names, query);
  const source = sourceOf(names, type, sort);
  if (source === undefined) return undefined;
  const { table, column, ofParam } = source;
  const [reached, direction] = sort.descending ? [name('<='), name('DESC')] : [name('>='), name('ASC')];
  const within = from === undefined ? [ofParam] : [ofParam, sql`d.${column} ${reached} ${from}`];
  const end = connection.get(sql`SELECT d.${column} AS k FROM ${table} d WHERE ${and([...within, ...query.probes])} ORDER BY d.${column} ${direction} ${limitTo(1, query.size)}`)?.k;
  if (typeof end !== 'number' && typeof end !== 'string') return undefined;
  return sql`SELECT DISTINCT d.rid FROM ${table} d WHERE ${and([...within, sort.descending ? sql`d.${column} >= ${end}` : sql`d.${column} <= ${end}`])}`;
}

function sourceOf(names: Names, type: string, { param, of }: Sort): { readonly table: Sql; readonly column: Sql; readonly ofParam: Sql } | undefined {
  switch (of) {
    case 'date': case 'number': case 'quantity': return { table: name('extent'), column: name('low'), ofParam: isOneOf(name('d.p'), names.groupsOf(type, param, of)) };
    case 'string': return { table: name('phrase'), column: name('folded'), ofParam: isOneOf(name('d.p'), names.groupsOf(type, param, of)) };
    case 'token': case 'reference': case 'uri': case 'id': case 'lastUpdated': return undefined;
  }
}

/** By the time of the last change: the sequence itself is in that order. */
function changedWindow(connection: Connection, names: Names, { type, sort, from, size, probes }: WindowQuery): Sql | undefined {
  const [table, conditions] = type === TRACE_TYPE
    ? [name('(SELECT seq, seq AS rid, updated FROM trace)'), []] as const
    : [name('(SELECT v.seq, v.rid, v.updated, v.type FROM version v CROSS JOIN resource r ON r.rid = v.rid AND r.seq = v.seq WHERE v.deleted = 0)'), [sql`d.type = ${names.find(type)}`]] as const;
  const start = typeof from === 'number' ? from : undefined;
  const bound = start === undefined ? [] : [boundOf(connection, type, sort.descending, start)];
  const end = connection.get(sql`SELECT d.updated AS k FROM ${table} d WHERE ${and([...conditions, ...bound, ...probes])} ORDER BY d.seq ${name(sort.descending ? 'DESC' : 'ASC')} ${limitTo(1, size)}`)?.k;
  if (typeof end !== 'number') return undefined;
  const [low, high] = sort.descending ? [end, start ?? LATEST_MS] : [start ?? EARLIEST_MS, end];
  return changedSet(connection, names, type, { kind: 'date', param: LAST_UPDATED, anyOf: [{ prefix: 'eq', low, high }] })?.select;
}

function boundOf(connection: Connection, type: string, descending: boolean, start: number): Sql {
  const table = name(type === TRACE_TYPE ? 'trace' : 'version');
  return descending ? sql`d.seq < ${firstAt(connection, table, start + 1)}` : sql`d.seq >= ${firstAt(connection, table, start)}`;
}
