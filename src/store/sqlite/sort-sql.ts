import type { Sort } from '../../fhir/search/query.ts';
import { whenChanged } from './last-updated.ts';
import type { Names } from './names.ts';
import { NEVER, and, isOneOf, join, limitTo, name, or, sql } from './sql.ts';
import type { Sql, SqlValue } from './sql.ts';
import type { Start } from './search-start.ts';
import { isShared } from './shared-terms.ts';
import { TRACE_TYPE } from './traces.ts';

/** Sorts whatever a search starts from: the keys of all that match are collected, then one page is taken. */
export function sortedListing(names: Names, query: { readonly type: string; readonly sort: readonly Sort[]; readonly limit: number }, start: Start, further: { readonly where: readonly Sql[]; readonly after: readonly SqlValue[] | undefined }): Sql {
  const keys = query.sort.map((sort, i) => keyOf(names, query.type, sort, i));
  const columns = join([sql`d.rid AS rid`, ...keys.map((key, i) => sql`${key.value} AS ${name(`k${i}`)}`)], ', ');
  const joins = join(keys.map((key) => key.join), ' ');
  const after = further.after === undefined ? [] : [isAfter(query.sort, further.after)];
  return sql`(WITH m AS MATERIALIZED (SELECT ${columns} FROM ${start.from} ${joins} WHERE ${and([...start.where, ...further.where])})
    SELECT * FROM m WHERE ${and(after)} ORDER BY ${sortOrder(query.sort)} ${limitTo(query.limit)}) d`;
}

/** Missing keys last, equal keys by creation. */
export function sortOrder(sorts: readonly Sort[], prefix = ''): Sql {
  return name([...sorts.flatMap(({ descending }, i) => [`${prefix}k${i} IS NULL`, `${prefix}k${i} ${descending ? 'DESC' : 'ASC'}`]), `${prefix}rid DESC`].join(', '));
}

/** @param position the keys of the last resource shown, its `rid` at the end */
function isAfter(sorts: readonly Sort[], position: readonly SqlValue[]): Sql {
  const rid = position[sorts.length] ?? 0;
  const equalBefore = (count: number) => sorts.slice(0, count).map((_, i) => sql`${name(`k${i}`)} IS ${position[i] ?? null}`);
  const steps = sorts.map(({ descending }, i) => {
    const key = name(`k${i}`);
    const value = position[i] ?? null;
    // Nothing but another missing key comes after a missing one.
    const later = value === null ? sql`0` : sql`(${key} ${name(descending ? '<' : '>')} ${value} OR ${key} IS NULL)`;
    return sql`(${and([...equalBefore(i), later])})`;
  });
  return or([...steps, sql`(${and([...equalBefore(sorts.length), sql`rid < ${rid}`])})`]);
}

/** The key's expression over `d.rid`, and what must be joined for it. */
function keyOf(names: Names, type: string, { param, of, descending }: Sort, position: number): { readonly value: Sql; readonly join: Sql } {
  const ofParam = of === 'id' || of === 'lastUpdated' ? NEVER : isOneOf(name('p'), names.groupsOf(type, param, of));
  const pick = name(descending ? 'max' : 'min');
  switch (of) {
    case 'id': return { value: idExpression(type), join: sql`` };
    case 'lastUpdated': return { value: sql`(SELECT low FROM ${whenChanged(type)} WHERE rid = d.rid)`, join: sql`` };
    case 'date': case 'number': case 'quantity': return { value: sql`(SELECT ${pick}(low) FROM extent WHERE rid = d.rid AND ${ofParam})`, join: sql`` };
    case 'string': return { value: sql`(SELECT ${pick}(folded) FROM phrase WHERE rid = d.rid AND ${ofParam})`, join: sql`` };
    case 'token': case 'reference': case 'uri': {
      const alias = `t${position}`;
      const terms = isShared(param, of) ? name('kind_term CROSS JOIN live USING (kind)') : name('term');
      const inSpace = isOneOf(name('space'), [...new Set(names.groupsOf(type, param, of).flatMap((p) => names.spacesOf(p)))]);
      return { value: name(`${alias}.k`), join: sql`LEFT JOIN (SELECT rid, ${pick}(value) AS k FROM ${terms} WHERE ${inSpace} AND ${ofParam} GROUP BY rid) ${name(alias)} ON ${name(alias)}.rid = d.rid` };
    }
  }
}

function idExpression(type: string): Sql {
  const ofResource = sql`(SELECT id FROM resource WHERE rid = d.rid)`;
  return type === TRACE_TYPE ? sql`coalesce(${ofResource}, (SELECT id FROM trace WHERE seq = d.rid))` : ofResource;
}
