import type { Counts } from './columns.ts';

/** Counts as they may be told; `null` is hidden. */
export type Told = Readonly<Record<keyof Counts, number | null>>;

/** A share with what it is made of; `value` is undefined where there is nothing to divide by. `null`: something of it is hidden. */
export interface Rate { readonly numerator: number; readonly denominator: number; readonly value: number | undefined }

export const RATES = ['recognition', 'reminder', 'response', 'view', 'overlooked'] as const;
export type RateName = (typeof RATES)[number];

const DIGITS = 10_000;

/**
 * The rates of a row, out of what is told of it and nothing else.
 *
 * `recognition`: accepted of those decided or expired. `reminder`: occasions on which a physician was told, of all that are known.
 * `response`: answered of those that could be recognised. `view`: opened of all that were presented. `overlooked`: declined
 * for another reason than the five named ones.
 */
export function ratesOf(told: Told): Readonly<Record<RateName, Rate | null>> {
  return {
    recognition: rate(told.accepted, decidedOf(told)),
    reminder: rate(told.eligible, plus(told.eligible, told.repeats)),
    response: rate(told.answered, told.eligible),
    view: rate(told.viewed, told.presented),
    overlooked: rate(told.reason6, told.eligible),
  };
}

/** Accepted, declined and expired together, by whichever way is open. */
export function decidedOf({ accepted, declined, expired, eligible, waiting, reversed, reopened }: Told): number | null {
  return plus(accepted, declined, expired) ?? minus(eligible, plus(waiting, reversed, reopened));
}

export function plus(...counts: readonly (number | null)[]): number | null {
  return counts.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function rate(numerator: number | null, denominator: number | null): Rate | null {
  if (numerator === null || denominator === null) return null;
  return { numerator, denominator, value: denominator === 0 ? undefined : Math.round((numerator / denominator) * DIGITS) / DIGITS };
}
