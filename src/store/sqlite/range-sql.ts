import type { RangeMatch } from '../../fhir/search/query.ts';
import { sql } from './sql.ts';
import type { Sql } from './sql.ts';

/** Whether a row of table `extent` fits a searched range, after the rules of `RangeMatch`. */
export function extentMatches({ prefix, low, high }: RangeMatch): Sql {
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

/** A wider condition on one column, with the index that serves it, so that a search starts at the right place of the index. */
export function extentStart({ prefix, low, high }: RangeMatch): { readonly index: Sql; readonly condition: Sql } {
  switch (prefix) {
    case 'eq': return { index: BY_LOW, condition: sql`low BETWEEN ${low} AND ${high}` };
    case 'ne': return { index: BY_LOW, condition: sql`1` };
    case 'gt': return { index: BY_HIGH, condition: sql`high > ${high}` };
    // Not eq: a range that fits `ge` ends within the searched one, or after it.
    case 'ge': return { index: BY_HIGH, condition: sql`high >= ${low}` };
    case 'lt': return { index: BY_LOW, condition: sql`low < ${low}` };
    case 'le': return { index: BY_LOW, condition: sql`low <= ${high}` };
    case 'sa': return { index: BY_LOW, condition: sql`low > ${high}` };
    case 'eb': return { index: BY_HIGH, condition: sql`high < ${low}` };
    case 'ap': return { index: BY_HIGH, condition: sql`high >= ${low}` };
  }
}

const BY_LOW = sql`extent_by_low`;
const BY_HIGH = sql`extent_by_high`;
