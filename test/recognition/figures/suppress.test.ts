import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { determinedUnknowns } from '../../../src/recognition/figures/determined.ts';
import type { Equation } from '../../../src/recognition/figures/suppress.ts';
import { suppress } from '../../../src/recognition/figures/suppress.ts';

/** Rows with the sums `a = b + c`, `b = d + e`, and a row of totals; then a second table with the same totals. */
interface Table { readonly values: readonly number[]; readonly equations: readonly Equation[] }
type Leaves = readonly [c: number, d: number, e: number];
const WIDTH = 5;

function tableOf(first: readonly Leaves[], split: readonly (readonly number[])[]): Table {
  const wide = ([c, d, e]: Leaves): number[] => [c + d + e, d + e, c, d, e];
  const rows = first.map(wide);
  const total = Array.from({ length: WIDTH }, (_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0));
  // The second table deals the totals of the leaves out to other rows.
  const [one, two] = [[0, 0, 0], [0, 0, 0]];
  [total[2] ?? 0, total[3] ?? 0, total[4] ?? 0].forEach((leaf, at) => {
    const part = Math.round(leaf * ((split[at]?.[0] ?? 0) / 10));
    one[at] = part;
    two[at] = leaf - part;
  });
  const second = split.length === 0 ? [] : [one, two].map(([c = 0, d = 0, e = 0]) => wide([c, d, e]));
  const values = [...rows, total, ...second].flat();
  const equations: Equation[] = Array.from({ length: values.length / WIDTH }, (_, row) => row * WIDTH).flatMap((at) => [{ sum: at, parts: [at + 1, at + 2] }, { sum: at + 1, parts: [at + 3, at + 4] }]);
  for (let at = 0; at < WIDTH; at++) {
    equations.push({ sum: first.length * WIDTH + at, parts: first.map((_, row) => row * WIDTH + at) });
    if (second.length > 0) equations.push({ sum: first.length * WIDTH + at, parts: second.map((_, row) => (first.length + 1 + row) * WIDTH + at) });
  }
  return { values, equations };
}

/** Tables that fit what is shown: all that can be reached by adding whole solutions of the equations, found by search over small steps. */
function alternatives({ values, equations }: Table, hidden: ReadonlySet<number>, place: number): boolean {
  const unknown = [...hidden];
  // Looks for x >= 0, other than the truth at `place`, by depth-first search with bounds.
  const assigned = new Map<number, number>();
  let steps = 0;
  const holds = (): boolean => equations.every(({ sum, parts }) => {
    const open = [sum, ...parts].filter((one) => hidden.has(one) && !assigned.has(one));
    const of = (one: number): number => (hidden.has(one) ? assigned.get(one) ?? 0 : values[one] ?? 0);
    const left = of(sum) - parts.reduce((total, one) => total + of(one), 0);
    if (open.length === 0) return left === 0;
    return open.includes(sum) || left >= 0;
  });
  const search = (at: number): boolean => {
    if (++steps > 50_000) return true;
    const next = unknown[at];
    if (next === undefined) return assigned.get(place) !== values[place];
    const truth = values[next] ?? 0;
    for (const offset of next === place ? [1, -1, 2, -2, 3, -3] : [0, 1, -1, 2, -2, 3, -3]) {
      if (truth + offset < 0) continue;
      assigned.set(next, truth + offset);
      if (holds() && search(at + 1)) return true;
      assigned.delete(next);
    }
    return false;
  };
  return search(0);
}

const leaves: fc.Arbitrary<Leaves> = fc.tuple(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 60 })), fc.integer({ min: 0, max: 9 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 })));
const split = fc.oneof(fc.constant([]), fc.array(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 1 }), { minLength: 3, maxLength: 3 }));

describe('suppress', () => {
  it('hides every small count, and leaves each hidden one open, whatever the tables are', () => {
    fc.assert(fc.property(fc.array(leaves, { minLength: 1, maxLength: 4 }), split, fc.integer({ min: 2, max: 6 }), (rows, second, least) => {
      const table = tableOf(rows, second);
      const hidden = suppress(table.values, table.equations, least);
      table.values.forEach((value, place) => {
        if (value >= 1 && value < least) expect(hidden.has(place)).toBe(true);
        if (value === 0) expect(hidden.has(place)).toBe(false);
      });
      for (const place of hidden) expect(alternatives(table, hidden, place), `place ${place} of ${JSON.stringify(table.values)} with ${[...hidden].join()}`).toBe(true);
    }), { numRuns: 150 });
  });

  it('shows everything where nothing is small', () => {
    const table = tableOf([[50, 20, 30], [9, 8, 7]], []);
    expect(suppress(table.values, table.equations, 5)).toEqual(new Set());
  });

  it('hides a total that would give a single small row away, and a second row where there is one', () => {
    const alone = tableOf([[0, 3, 0]], []);
    expect([...suppress(alone.values, alone.equations, 5)].sort((a, b) => a - b)).toEqual([0, 1, 3, 5, 6, 8]);
    const beside = tableOf([[0, 3, 0], [0, 40, 0], [0, 90, 0]], []);
    const hidden = suppress(beside.values, beside.equations, 5);
    expect([3, 8].every((place) => hidden.has(place))).toBe(true);
    expect([13, 18].some((place) => hidden.has(place))).toBe(false);
  });

  it('sees what several sums give away together, and hides one more', () => {
    // 3 + 7 = 10, and 3 + 7 + 2 + 40 = 52: the two of the first sum are open, and what is left of the second is not.
    const values = [10, 3, 7, 52, 2, 40];
    const equations = [{ sum: 0, parts: [1, 2] }, { sum: 3, parts: [1, 2, 4, 5] }];
    expect(determinedUnknowns(equations, new Set([1, 2, 4]))).toEqual([4]);
    expect(suppress(values, equations, 5)).toEqual(new Set([1, 4, 2, 5]));
    expect(determinedUnknowns(equations, suppress(values, equations, 5))).toEqual([]);
  });

  it('is done with hundreds of rows in a moment', () => {
    const table = tableOf(Array.from({ length: 300 }, (_, at): Leaves => [(at * 7) % 23, (at * 5) % 11, (at * 3) % 40]), []);
    const started = performance.now();
    suppress(table.values, table.equations, 5);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
