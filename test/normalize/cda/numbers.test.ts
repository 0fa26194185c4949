import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberOf, numeralOf } from '../../../src/fhir/json.ts';
import { readNumber } from '../../../src/normalize/cda/numbers.ts';

const numeral = (text: string): string | undefined => {
  const number = readNumber(text);
  return number === undefined ? undefined : `${number.comparator ?? ''}${numeralOf(number.value)}`;
};

describe('a number as a laboratory writes it', () => {
  it.each([
    ['6.0', '6.0'], ['0', '0'], ['007.50', '7.50'], ['.5', '0.5'], ['5.', '5'], ['+3', '3'], ['-0.1', '-0.1'], ['1.2e3', '1.2e3'], ['<0.5', '<0.5'], ['< 0.5', '<0.5'], ['≤10', '<=10'],
    ['>=1000', '>=1000'], ['≥ 2', '>=2'], ['＜０．５', '<0.5'], ['１２', '12'],
  ])('%s is %s', (text, expected) => {
    expect(numeral(text)).toBe(expected);
  });

  it.each(['', '阴性', '1:80', '3+', '++', '5-10', '1,200', '0x1f', '1e', '<', 'Infinity', 'NaN', '1 2', '12O', '9'.repeat(41)])('%s is none', (text) => {
    expect(readNumber(text)).toBeUndefined();
  });

  it('keeps its value and its digits behind the point', () => {
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 8 }), fc.constantFrom('', '<', '>=', '≤'), (whole, decimals, comparator) => {
      const text = (whole / 1000).toFixed(decimals);
      const number = readNumber(comparator + text)!;
      expect(numberOf(number.value)).toBe(Number(text));
      expect(numeralOf(number.value)).toBe(text.replace(/^-(?=[0.]+$)/, '-'));
    }));
  });

  it('never becomes what is no JSON number', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789.eE+-<>=≤ ')), maxLength: 12 }), (text) => {
      const number = readNumber(text);
      if (number !== undefined) expect(JSON.stringify({ value: number.value })).toMatch(/^\{"value":-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?\}$/);
    }));
  });
});
