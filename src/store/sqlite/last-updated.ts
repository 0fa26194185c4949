/**
 * When a resource last changed is kept in its row and needs no index of its own: times never go back along the sequence,
 * so that a time bound is a bound of sequence numbers, and the versions of a type are indexed by those.
 */
import type { Clause, RangeMatch } from '../../fhir/search/query.ts';
import type { RidSet } from './clause-sql.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { rangeMatches } from './range-sql.ts';
import { numberOf } from './row.ts';
import { name, or, sql } from './sql.ts';
import type { Sql } from './sql.ts';
import { TRACE_TYPE } from './traces.ts';

/** Code of the parameter. */
export const LAST_UPDATED = '_lastUpdated';

/** A source of `rid` with the instant as `low` and `high`, for resources of the type. */
export function whenChanged(type: string): Sql {
  const resources = 'SELECT rid, updated AS low, updated AS high FROM resource';
  return name(type === TRACE_TYPE ? `(${resources} UNION ALL SELECT seq AS rid, updated AS low, updated AS high FROM trace)` : `(${resources})`);
}

/** Resources of the type that changed in one of the ranges; undefined where no range has a beginning. */
export function changedSet(connection: Connection, names: Names, type: string, clause: Extract<Clause, { kind: 'date' | 'number' | 'quantity' }>): RidSet | undefined {
  const beginnings = clause.anyOf.map(beginningOf);
  if (beginnings.length === 0 || beginnings.includes(undefined)) return undefined;
  const from = Math.min(...beginnings.map((beginning) => beginning ?? 0));
  const fits = or(clause.anyOf.map(rangeMatches));
  const resources = sql`SELECT rid FROM (SELECT v.rid, v.updated AS low, v.updated AS high FROM version v CROSS JOIN resource r ON r.rid = v.rid AND r.seq = v.seq
    WHERE v.type = ${names.find(type)} AND v.seq >= ${firstAt(connection, name('version'), from)} AND v.deleted = 0) WHERE ${fits}`;
  if (type !== TRACE_TYPE) return { select: resources };
  return { select: sql`${resources} UNION ALL SELECT rid FROM (SELECT seq AS rid, updated AS low, updated AS high FROM trace WHERE seq >= ${firstAt(connection, name('trace'), from)}) WHERE ${fits}` };
}

/** The first sequence number in a table whose time is at or after `ms`, found by halving. */
export function firstAt(connection: Connection, table: Sql, ms: number): number {
  let low = 0;
  let high = Number(connection.get(sql`SELECT max(seq) AS seq FROM ${table}`)?.seq ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = connection.get(sql`SELECT seq, updated FROM ${table} WHERE seq >= ${middle} ORDER BY seq LIMIT 1`);
    if (row === undefined || numberOf(row.updated) >= ms) high = middle;
    else low = numberOf(row.seq) + 1;
  }
  return low;
}

function beginningOf({ prefix, low, high }: RangeMatch): number | undefined {
  switch (prefix) {
    case 'eq': case 'ge': case 'ap': return low;
    case 'gt': case 'sa': return high;
    case 'ne': case 'lt': case 'le': case 'eb': return undefined;
  }
}
