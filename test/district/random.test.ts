import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/district/random.ts';

const first = (count: number, ...key: string[]): number[] => {
  const random = createRandom(...key);
  return Array.from({ length: count }, () => random.next());
};

describe('createRandom', () => {
  it('repeats itself for the same key and differs for another', () => {
    expect(first(20, 'seed', 'a')).toEqual(first(20, 'seed', 'a'));
    expect(first(20, 'seed', 'a')).not.toEqual(first(20, 'seed', 'b'));
  });

  it('spreads evenly over its range', () => {
    const numbers = first(20_000, 'even');
    const tenths = Array.from({ length: 10 }, (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length);
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('draws a standard normal', () => {
    const random = createRandom('normal');
    const numbers = Array.from({ length: 20_000 }, () => random.normal());
    const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    const variance = numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / numbers.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it('chooses as often as the weights say', () => {
    const random = createRandom('weights');
    const chosen = Array.from({ length: 9_000 }, () => random.weighted([['rare', 1], ['common', 2]]));
    expect(Math.abs(chosen.filter((name) => name === 'rare').length - 3_000)).toBeLessThan(200);
  });
});
