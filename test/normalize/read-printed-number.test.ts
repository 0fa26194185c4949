import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberOf, numeralOf } from '../../src/fhir/json.ts';
import { readPrintedNumber } from '../../src/normalize/read-printed-number.ts';

const numeral = (text: string): string | undefined => {
  const number = readPrintedNumber(text);
  return number === undefined ? undefined : `${number.comparator ?? ''}${numeralOf(number.value)}`;
};

describe('a number as a laboratory prints it', () => {
  it.each([
    ['6.0', '6.0'], ['0', '0'], ['007.50', '7.50'], ['.5', '0.5'], ['5.', '5'], ['+2.1', '2.1'], ['+12', '12'], ['1,200', '1200'], ['1,234.5', '1234.5'], ['５.２', '5.2'], ['−0.5', '-0.5'], ['小于0.01', '<0.01'], ['=>5', '>=5'], ['﹤5', '<5'], ['-0.1', '-0.1'], ['1.2e3', '1.2e3'], ['<0.5', '<0.5'], ['< 0.5', '<0.5'], ['≤10', '<=10'],
    ['>=1000', '>=1000'], ['≥ 2', '>=2'], ['＜０．５', '<0.5'], ['１２', '12'],
  ])('%s is %s', (text, expected) => {
    expect(numeral(text)).toBe(expected);
  });

  it.each(['', '阴性', '1:80', '3+', '+3', '+ 3', '++', '5-10', '1,20', '0x1f', '1e', '1e400', '<', 'Infinity', 'NaN', '1 2', '12O', '10⁵', '>10⁵', '1½', '↑', '5↑↓', '%', '<%', '低于检出限', '9'.repeat(41)])('%s is none', (text) => {
    expect(readPrintedNumber(text)).toBeUndefined();
  });

  it.each([['7.8↑', '7.8', 'H'], ['7.8 ↑↑', '7.8', 'HH'], ['<0.5↓', '<0.5', 'L'], ['１.０↓↓', '1.0', 'LL']])('%s is judged by its arrow', (text, expected, flag) => {
    expect(numeral(text)).toBe(expected);
    expect(readPrintedNumber(text)?.flag).toBe(flag);
  });

  it.each([['42%', '42'], ['42.50 ％', '42.50'], ['<5%', '<5'], ['61%↑', '61']])('%s says its unit', (text, expected) => {
    expect(numeral(text)).toBe(expected);
    expect(readPrintedNumber(text)?.unit).toBe('%');
  });

  it('keeps its value and its digits behind the point', () => {
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 8 }), fc.constantFrom('', '<', '>=', '≤'), (whole, decimals, comparator) => {
      const text = (whole / 1000).toFixed(decimals);
      const number = readPrintedNumber(comparator + text)!;
      expect(numberOf(number.value)).toBe(Number(text));
      expect(numeralOf(number.value)).toBe(text.replace(/^-(?=[0.]+$)/, '-'));
    }));
  });

  it('never becomes what is no JSON number', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789.,eE+-<>=≤ ↑%')), maxLength: 12 }), (text) => {
      const number = readPrintedNumber(text);
      if (number !== undefined) expect(JSON.stringify({ value: number.value })).toMatch(/^\{"value":-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\}$/);
    }));
  });
});
