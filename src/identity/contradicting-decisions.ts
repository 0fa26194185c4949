import type { Pair, PersonDecision } from './decision.ts';

/**
 * Decisions in force that a further one would contradict: that a is b and b is c says that a is c.
 *
 * @param active among them all that hang together with the two records
 * @returns all that together say the opposite; empty where nothing does
 */
export function contradictingDecisions(proposed: Pick<PersonDecision, 'patients' | 'verdict'>, active: readonly PersonDecision[]): readonly PersonDecision[] {
  const [a, b] = proposed.patients;
  const same = active.filter(({ verdict }) => verdict === 'same');
  if (proposed.verdict === 'different') return pathsFrom(a, same).get(b) ?? [];
  const [ofA, ofB] = [pathsFrom(a, same), pathsFrom(b, same)];
  for (const decision of active.filter(({ verdict }) => verdict === 'different').toSorted((x, y) => (x.id < y.id ? -1 : 1))) {
    for (const [one, other] of bothWays(decision.patients)) {
      const [fromA, fromB] = [ofA.get(one), ofB.get(other)];
      if (fromA !== undefined && fromB !== undefined) return [decision, ...fromA, ...fromB];
    }
  }
  return [];
}

/** Everybody who is the same as a record, each with the decisions that say so. */
function pathsFrom(start: string, same: readonly PersonDecision[]): ReadonlyMap<string, readonly PersonDecision[]> {
  const paths = new Map<string, readonly PersonDecision[]>([[start, []]]);
  for (const [patient, path] of paths) {
    for (const decision of same) {
      for (const [one, other] of bothWays(decision.patients)) if (one === patient && !paths.has(other)) paths.set(other, [...path, decision]);
    }
  }
  return paths;
}

function bothWays([a, b]: Pair): readonly Pair[] {
  return [[a, b], [b, a]];
}
