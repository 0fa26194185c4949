import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertDecimal } from '../../src/terminology/convert-decimal.ts';

describe('a value in another unit', () => {
  it.each([
    ['13.5', 10, '135'], ['6.0', 1, '6.0'], ['7', 10, '70'], ['0.70', 0.01, '0.0070'], ['0.05', 1000, '50'], ['1.20', 100, '120'],
    ['126', 0.05551, '6.99'], ['90', 0.05551, '5.00'], ['5.5', 17.104, '94.1'], ['1.05', 88.4, '92.8'], ['999', 1.0006, '1000'],
    ['-1.5', 0.1665, '-0.250'], ['0', 0.357, '0.000'.slice(0, 5)], ['1e2', 10, '1000'],
  ])('%s × %d is %s', (numeral, factor, converted) => {
    expect(convertDecimal(numeral, factor)).toBe(converted);
  });

  it.each(['1e400', '9'.repeat(60), 'NaN', '', '1e-99', '0x10'])('%s is not converted', (numeral) => {
    expect(convertDecimal(numeral, 2)).toBeUndefined();
  });

  it('is right to three figures at least, for any measured value and factor', () => {
    const numeral = fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 4 })).map(([digits, places]) => (digits / 10 ** places).toFixed(places));
    fc.assert(fc.property(numeral, fc.integer({ min: 1, max: 99_999 }).map((digits) => digits / 1000), (value, factor) => {
      const converted = Number(convertDecimal(value, factor));
      expect(Math.abs(converted / (Number(value) * factor) - 1)).toBeLessThanOrEqual(0.005 + 1e-9);
    }));
  });
});
