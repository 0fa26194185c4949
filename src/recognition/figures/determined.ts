import type { Equation } from './suppress.ts';

/** Coefficients are counted modulo a prime: what is fixed by whole-number equations is fixed here, but for a chance of 1 in millions. */
const PRIME = 67_108_859;

/** Coefficients other than 0, by unknown. */
type Row = Map<number, number>;

/** The unknowns to which the equations leave one value only, whatever the known values are. */
export function determinedUnknowns(equations: readonly Equation[], unknown: ReadonlySet<number>): readonly number[] {
  const rows = new Map<number, Row>();
  for (const equation of equations) {
    const row = reduced(rowOf(equation, unknown), rows);
    const [pivot] = row.keys();
    if (pivot === undefined) continue;
    scale(row, inverse(row.get(pivot) ?? 1));
    for (const other of rows.values()) subtract(other, row, other.get(pivot) ?? 0);
    rows.set(pivot, row);
  }
  return [...rows].filter(([, row]) => row.size === 1).map(([pivot]) => pivot);
}

function rowOf({ sum, parts }: Equation, unknown: ReadonlySet<number>): Row {
  const row: Row = new Map(parts.filter((place) => unknown.has(place)).map((place) => [place, 1]));
  if (unknown.has(sum)) row.set(sum, PRIME - 1);
  return row;
}

/** Without the unknowns that have an equation of their own. */
function reduced(row: Row, rows: ReadonlyMap<number, Row>): Row {
  for (const place of [...row.keys()]) {
    const own = rows.get(place);
    if (own !== undefined) subtract(row, own, row.get(place) ?? 0);
  }
  return row;
}

function subtract(row: Row, other: Row, times: number): void {
  if (times === 0) return;
  for (const [place, coefficient] of other) {
    const left = ((row.get(place) ?? 0) + PRIME - (coefficient * times) % PRIME) % PRIME;
    if (left === 0) row.delete(place);
    else row.set(place, left);
  }
}

function scale(row: Row, factor: number): void {
  for (const [place, coefficient] of row) row.set(place, (coefficient * factor) % PRIME);
}

/** By Fermat's little theorem. */
function inverse(value: number): number {
  let result = 1;
  let base = value % PRIME;
  for (let exponent = PRIME - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}
