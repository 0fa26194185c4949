import { hash } from 'node:crypto';

/** A stream of chance that is the same for the same key, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number, both ends included. */
  int(min: number, max: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** One of the pairs' values, as often as its weight says. */
  weighted<T>(pairs: readonly (readonly [T, number])[]): T;
  /** Standard normal. */
  normal(): number;
}

/**
 * Streams of different keys are independent, so that one resident stays the same however many others are generated.
 *
 * @param key for example the seed, `resident`, and the resident's number
 */
export function createRandom(...key: readonly (string | number)[]): Random {
  const next = smallFastCounter(hash('sha256', key.join('\n')));
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(0, list.length - 1)] ?? list[0],
    weighted: (pairs) => pickWeighted(pairs, next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

function pickWeighted<T>(pairs: readonly (readonly [T, number])[], at: number): T {
  let rest = at * pairs.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of pairs) {
    rest -= weight;
    if (rest < 0) return value;
  }
  throw new RangeError('Nothing to choose from');
}

/** The generator known as sfc32: 128 bits of state, seeded with the first half of a SHA-256. */
function smallFastCounter(seed: string): () => number {
  let [a = 0, b = 0, c = 0, counter = 0] = [0, 8, 16, 24].map((at) => Number.parseInt(seed.slice(at, at + 8), 16) | 0);
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}
