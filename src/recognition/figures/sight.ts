import type { Caller } from '../../access/index.ts';
import type { Column, Counts } from './columns.ts';
import { COLUMNS, countsOf, NO_COUNTS, SUMS, sumOf } from './columns.ts';
import type { Dimension, FigureRow, FigureSet } from './figure-set.ts';
import { suppress, type Equation } from './suppress.ts';

/** Whose figures somebody sees in full: of all institutions, of their own, or of none. */
export type Sight = { readonly kind: 'all' } | { readonly kind: 'own'; readonly organization: string } | { readonly kind: 'outside' };

export function sightOf({ role, facility }: Pick<Caller, 'role' | 'facility'>): Sight {
  if (role === 'operator' || role === 'system') return { kind: 'all' };
  return facility === undefined ? { kind: 'outside' } : { kind: 'own', organization: facility };
}

/** A row as it is shown; `hidden` columns must not be. */
export interface SeenRow extends FigureRow { readonly hidden: ReadonlySet<Column> }
export interface SeenTable { readonly dimension: Dimension; readonly rows: readonly SeenRow[]; readonly total: SeenRow }

const NONE: ReadonlySet<Column> = new Set();

/**
 * A table of a month as somebody may see it: small counts of others are left out, and so are those by which they could be computed.
 * Who has an institution sees departments and items of that one alone, so that nothing of the others is left when it is taken away.
 *
 * @param least smallest count of others that is shown
 * @returns undefined for a table that nobody from outside sees
 */
export function tableFor(sight: Sight, figures: FigureSet, dimension: Dimension, least: number): SeenTable | undefined {
  if (sight.kind === 'all') return { dimension, rows: figures.rows[dimension].map(shown), total: shown({ counts: figures.total }) };
  if (sight.kind === 'outside') return dimension === 'department' ? undefined : outsideTable(figures, dimension, least);
  return dimension === 'organization' ? besideOwn(figures, sight.organization, least) : ownTable(figures, dimension, sight.organization);
}

function shown(row: FigureRow): SeenRow {
  return { ...row, hidden: NONE };
}

function ownTable({ rows }: FigureSet, dimension: Dimension, organization: string): SeenTable {
  const own = rows[dimension === 'item' ? 'ownItem' : dimension].filter((row) => row.organization === organization);
  return { dimension, rows: own.map(shown), total: shown({ organization, counts: own.map(({ counts }) => counts).reduce(sumOf, NO_COUNTS) }) };
}

/** One's own row is known, so that what must not be computed are the others', and what they are together. */
function besideOwn({ rows, total }: FigureSet, organization: string, least: number): SeenTable {
  const others = rows.organization.filter((row) => row.organization !== organization);
  const own = rows.organization.filter((row) => row.organization === organization);
  const layout = layOut([others]);
  const hidden = suppress(layout.values, layout.equations, least);
  return {
    dimension: 'organization',
    rows: rows.organization.map((row) => (own.includes(row) ? shown(row) : { ...row, hidden: hiddenIn(hidden, layout.startOf(0, others.indexOf(row))) })),
    total: { counts: total, hidden: hiddenIn(hidden, layout.totalStart) },
  };
}

/** The tables by institution and by item have their totals in common: they are judged together, whichever is asked for. */
function outsideTable({ rows, total }: FigureSet, dimension: 'organization' | 'item', least: number): SeenTable {
  const layout = layOut([rows.organization, rows.item]);
  const hidden = suppress(layout.values, layout.equations, least);
  const table = dimension === 'organization' ? 0 : 1;
  return {
    dimension,
    rows: rows[dimension].map((row, at) => ({ ...row, hidden: hiddenIn(hidden, layout.startOf(table, at)) })),
    total: { counts: total, hidden: hiddenIn(hidden, layout.totalStart) },
  };
}

interface Layout { readonly values: readonly number[]; readonly equations: readonly Equation[]; readonly totalStart: number; readonly startOf: (table: number, row: number) => number }

/** The cells of tables with the same totals in one list, and what holds between them. */
function layOut(tables: readonly (readonly FigureRow[])[]): Layout {
  const width = COLUMNS.length;
  const starts = tables.map((_, table) => tables.slice(0, table).reduce((sum, { length }) => sum + length, 0) * width);
  const startOf = (table: number, row: number): number => (starts[table] ?? 0) + row * width;
  const totalStart = tables.reduce((sum, { length }) => sum + length, 0) * width;
  const total = (tables[0] ?? []).map(({ counts }) => counts).reduce(sumOf, NO_COUNTS);
  const allRows: readonly Counts[] = [...tables.flat().map(({ counts }) => counts), total];
  const inRow = allRows.flatMap((_, row) => SUMS.map(([sum, parts]): Equation => ({ sum: row * width + place(sum), parts: parts.map((column) => row * width + place(column)) })));
  const ofTotals = tables.flatMap((rows, table) => COLUMNS.map((_, column): Equation => ({ sum: totalStart + column, parts: rows.map((_row, row) => startOf(table, row) + column) })));
  return { values: allRows.flatMap((counts) => COLUMNS.map((column) => counts[column])), equations: [...inRow, ...ofTotals], totalStart, startOf };
}

function place(column: Column): number {
  return COLUMNS.indexOf(column);
}

function hiddenIn(hidden: ReadonlySet<number>, start: number): ReadonlySet<Column> {
  return new Set(COLUMNS.filter((_, column) => hidden.has(start + column)));
}

/** What may be told of a row: `null` for what is hidden. Money is told where the number of decisions that saved it is. */
export function toldCounts({ counts, hidden }: SeenRow): Readonly<Record<keyof Counts, number | null>> {
  const told: Partial<Record<keyof Counts, number | null>> = {};
  for (const column of COLUMNS) told[column] = hidden.has(column) ? null : counts[column];
  const isMoneyHidden = hidden.has('accepted');
  return { ...countsOf(() => 0), ...told, savedGrossFen: isMoneyHidden ? null : counts.savedGrossFen, savedPatientShareFen: isMoneyHidden ? null : counts.savedPatientShareFen };
}
