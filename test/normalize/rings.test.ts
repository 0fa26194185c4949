import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ringsOf } from '../../src/normalize/rings.ts';

const graphs = fc.integer({ min: 0, max: 9 }).chain((size) => fc.array(fc.array(fc.nat(Math.max(0, size - 1)), { maxLength: 4 }), { minLength: size, maxLength: size }));

describe('the rings of a graph', () => {
  it('are the nodes that lead to each other, each behind what it leads to', () => {
    fc.assert(fc.property(graphs, (targets) => {
      const reached = targets.map((_, from) => reachableFrom(targets, from));
      const rings = ringsOf(targets.keys(), (node) => targets[node] ?? []);
      expect(rings.flat().sort()).toEqual([...targets.keys()]);
      const placeOf = new Map(rings.flatMap((ring, place) => ring.map((node) => [node, place] as const)));
      for (const from of targets.keys()) {
        for (const to of reached[from] ?? []) {
          expect(placeOf.get(to) === placeOf.get(from)).toBe(from === to || reached[to]?.has(from) === true);
          expect(placeOf.get(to)).toBeLessThanOrEqual(placeOf.get(from) ?? -1);
        }
      }
    }), { numRuns: 300 });
  });
});

function reachableFrom(targets: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const reached = new Set<number>();
  const next = [...targets[from] ?? []];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    next.push(...targets[node] ?? []);
  }
  return reached;
}
