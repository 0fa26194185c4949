import type { Connection } from './connection.ts';
import { numberOf } from './row.ts';
import { limitTo, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** More kinds than this are not looked through one after another. */
export const MAX_KINDS = 64;

/** The numbers of the kinds that a SELECT of `kind` finds; undefined when they are more than `MAX_KINDS`. */
export function fewKinds(connection: Connection, kinds: Sql): readonly number[] | undefined {
  const rows = connection.all(sql`SELECT DISTINCT kind FROM (${kinds}) ${limitTo(MAX_KINDS + 1)}`);
  return rows.length > MAX_KINDS ? undefined : rows.map((row) => numberOf(row.kind));
}

/** The condition that the resource `rid` is of one of the kinds. @param kinds a SELECT of `kind` */
export function isOfKind(type: number, rid: Sql, kinds: Sql): Sql {
  return sql`(SELECT kind FROM live WHERE type = ${type} AND rid = ${rid}) IN (${kinds})`;
}

/** Every resource of the kinds, each once. @param kinds a SELECT of `kind` */
export function allOfKinds(type: number, kinds: Sql): Sql {
  return sql`SELECT rid FROM live WHERE kind IN (${kinds}) AND type = ${type}`;
}

/** The resources of each kind, in order of `rid`: conditions on table `live` as `d`. */
export function eachOfKinds(type: number, kinds: readonly number[]): readonly Sql[] {
  return kinds.map((kind) => sql`d.kind = ${kind} AND d.type = ${type}`);
}
