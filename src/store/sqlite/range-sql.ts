import type { Prefix, RangeMatch } from '../../fhir/search/query.ts';
import { EARLIEST_MS } from '../../fhir/search/terms.ts';
import { sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Whether the columns `low` and `high` fit a searched range, after the rules of `RangeMatch`. */
export function rangeMatches({ prefix, low, high }: RangeMatch): Sql {
  switch (prefix) {
    case 'eq': return sql`(low BETWEEN ${low} AND ${high} AND high <= ${high})`;
    case 'ne': return sql`NOT (low >= ${low} AND high <= ${high})`;
    case 'gt': return sql`high > ${high}`;
    case 'lt': return sql`low < ${low}`;
    case 'ge': return sql`(high > ${high} OR (low >= ${low} AND high <= ${high}))`;
    case 'le': return sql`(low < ${low} OR (low >= ${low} AND high <= ${high}))`;
    case 'sa': return sql`low > ${high}`;
    case 'eb': return sql`high < ${low}`;
    case 'ap': return sql`(low <= ${high} AND high >= ${low})`;
  }
}

/**
 * Resources with an extent that fits, through the part of the index where it can be.
 * @param ofParam the condition on column `p`
 * @param further conditions on the row besides
 */
export function extentSelect(ofParam: Sql, match: RangeMatch, widest: number, further: Sql): Sql {
  const { low, high } = match;
  const byLow = (condition: Sql) => sql`SELECT rid FROM extent WHERE ${ofParam} AND ${condition} AND ${rangeMatches(match)} AND ${further}`;
  switch (match.prefix) {
    case 'eq': return byLow(sql`low BETWEEN ${low} AND ${high}`);
    case 'lt': case 'eb': return byLow(sql`low < ${low}`);
    case 'le': return byLow(sql`low <= ${high}`);
    case 'sa': return byLow(sql`low > ${high}`);
    case 'ne': return byLow(sql`low >= ${EARLIEST_MS}`);
    // What ends late begins at most a width earlier.
    case 'gt': return sql`${byLow(sql`low >= ${beginning(high, widest)}`)} UNION ALL ${endless(ofParam, match, further)}`;
    case 'ge': return sql`${byLow(sql`low >= ${beginning(low, widest)}`)} UNION ALL ${endless(ofParam, match, further)}`;
    case 'ap': return sql`${byLow(sql`low BETWEEN ${beginning(low, widest)} AND ${high}`)} UNION ALL ${endless(ofParam, match, further)}`;
  }
}

/** Prefixes whose extents may be anywhere in the index. */
export function isWide(prefix: Prefix): boolean {
  return prefix === 'ne';
}

function endless(ofParam: Sql, match: RangeMatch, further: Sql): Sql {
  return sql`SELECT rid FROM endless CROSS JOIN extent USING (p, rid) WHERE ${ofParam} AND ${rangeMatches(match)} AND ${further}`;
}

/** Where extents that end at `end` or later can begin, a little earlier for the rounding of numbers. */
function beginning(end: number, widest: number): number {
  return end - widest - (Math.abs(end) + widest) * 1e-12;
}
