import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField } from '../../src/http/csv.ts';

describe('a cell of a CSV export', () => {
  it.each([
    ['=1+1', "'=1+1"], ['+cmd|x', `"'+cmd|x"`], ['-2+3', "'-2+3"], ['@SUM(A1)', "'@SUM(A1)"], ['\t=1', `"'\t=1"`], ['\r1', `"'\r1"`], ['\n=1', `"'\n=1"`], ['＝1+1', "'＝1+1"], [' =1', "' =1"],
    ['=HYPERLINK("https://x")', `"'=HYPERLINK(""https://x"")"`], ['-', "'-"], ['+', "'+"],
  ])('is no formula: %j', (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  it.each(['-5.2', '-0.01', '+3', '-1e-3', '5.2', '-.5', '', '阴性', 'a-b', '<0.01', 'a b'])('stays as it is: %j', (text) => {
    expect(csvField(text)).toBe(text);
  });

  it.each([['a,b', '"a,b"'], ['a"b', '"a""b"'], ['a\r\nb', '"a\r\nb"'], ['a;b', '"a;b"'], [' a', '" a"']])('is quoted where it must be: %j', (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  it('is read back as what it was, but for the apostrophe', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '=', '-', '"', ',', '\n', '\t', '1', "'") }), (text) => {
      const field = csvField(text);
      const content = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
      expect([text, `'${text}`]).toContain(content);
      expect(field.startsWith('"') || !/["\r\n,]/.test(field)).toBe(true);
      expect(/^\s*[=@]/.test(content)).toBe(false);
    }));
  });
});
