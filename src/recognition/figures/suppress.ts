import { determinedUnknowns } from './determined.ts';

/** Says that a value is the sum of others; each by its place in the list of values. */
export interface Equation { readonly sum: number; readonly parts: readonly number[] }

/**
 * Decides which counts are not shown, so that none of those below a minimum can be computed from those that are.
 *
 * Small counts go first; none, 0, is shown. Then others go with them, the smallest that will do, until in each sum two are missing or
 * none, together worth at least the minimum, and until the equations taken together leave each missing one open. All missing
 * ones are 1 or more, so that each can be more and less than it is without any contradiction.
 *
 * @param values whole numbers, 0 or more, for which all equations hold
 * @param least smallest count that is shown
 * @returns places of the values that must not be shown
 */
export function suppress(values: readonly number[], equations: readonly Equation[], least: number): ReadonlySet<number> {
  const hidden = new Set<number>();
  values.forEach((value, place) => {
    if (value >= 1 && value < least) hidden.add(place);
  });
  for (;;) {
    while (equations.some((equation) => protect(values, equation, hidden, least))) { /* until no sum gives anything away */ }
    const [determined] = determinedUnknowns(equations, hidden);
    if (determined === undefined) return hidden;
    // The sums of which it is part, taken together, give it away: one more of these goes.
    const around = equations.filter(({ sum, parts }) => sum === determined || parts.includes(determined));
    const next = smallestShown(values, around.flatMap(({ sum, parts }) => [...parts, sum]), hidden) ?? smallestShown(values, values.map((_, place) => place), hidden);
    if (next === undefined) return hidden;
    hidden.add(next);
  }
}

/** @returns whether one more value of the equation had to go */
function protect(values: readonly number[], { sum, parts }: Equation, hidden: Set<number>, least: number): boolean {
  const missing = parts.filter((place) => hidden.has(place));
  const isSumMissing = hidden.has(sum);
  const count = missing.length + Number(isSumMissing);
  if (count === 0) return false;
  const worth = missing.reduce((total, place) => total + (values[place] ?? 0), 0);
  if (count >= 2 && (isSumMissing || worth >= Math.max(least, missing.length + 1))) return false;
  const next = smallestShown(values, parts, hidden) ?? smallestShown(values, [sum], hidden);
  if (next === undefined) return false;
  hidden.add(next);
  return true;
}

/** A value of 0 is shown in any case: were it missing, that it is nothing could be told from what is left. */
function smallestShown(values: readonly number[], places: readonly number[], hidden: ReadonlySet<number>): number | undefined {
  let smallest: number | undefined;
  for (const place of places) {
    const value = values[place] ?? 0;
    if (value >= 1 && !hidden.has(place) && (smallest === undefined || value < (values[smallest] ?? 0))) smallest = place;
  }
  return smallest;
}
