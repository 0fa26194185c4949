import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNumeral, justBelow, precisionRange } from '../../../src/fhir/search/number-range.ts';

describe('precisionRange', () => {
  it.each([
    ['100', 99.5, 100.5], ['100.00', 99.995, 100.005], ['1e2', 95, 105], ['5.4', 5.35, 5.45], ['5.40e-3', 0.005395, 0.005405], ['-0.5', -0.55, -0.45], ['0', -0.5, 0.5], ['+7', 6.5, 7.5],
  ])('of %s is %s up to %s', (numeral, low, high) => {
    expect(precisionRange(numeral)).toEqual({ low, high });
  });

  it('contains its number and every number that rounds to it', () => {
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 6 }), fc.double({ min: -0.49, max: 0.49, noNaN: true }), (digits, decimals, off) => {
      const numeral = (digits / 10 ** decimals).toFixed(decimals);
      const { low, high } = precisionRange(numeral);
      const near = Number(numeral) + off * 10 ** -decimals;
      expect(low).toBeLessThanOrEqual(near);
      expect(high).toBeGreaterThan(near);
    }));
  });
});

describe('isNumeral', () => {
  it.each(['', '.5', '5.', 'NaN', 'Infinity', '0x1', '1e', '1e9999', '--1', '1,5'])('refuses %j', (text) => {
    expect(isNumeral(text)).toBe(false);
  });
});

describe('justBelow', () => {
  it('gives the neighbour of a number, with nothing between', () => {
    fc.assert(fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), (value) => {
      const below = justBelow(value);
      expect(below).toBeLessThan(value);
      expect([below, value]).toContain((below + value) / 2);
    }));
  });
});
