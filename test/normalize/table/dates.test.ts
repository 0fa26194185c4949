import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateReader, isDateFormat } from '../../../src/normalize/table/date-format.ts';

const read = (text: string, formats: string[] = [], is1904 = false): string | undefined => dateReader(formats, '+08:00', is1904)(text);

describe('a date', () => {
  it.each([
    ['yyyy/M/d', '2025/5/6', '2025-05-06'], ['yyyy/M/d H:mm', '2025/5/6 8:05', '2025-05-06T08:05:00+08:00'], ['yyyyMMdd', '20250506', '2025-05-06'],
    ['yyyyMMddHHmmss', '20250506080500', '2025-05-06T08:05:00+08:00'], ['yyyy年M月d日 H时mm分', '2025年5月6日 8时05分', '2025-05-06T08:05:00+08:00'], ['d.M.yyyy', '6.5.2025', '2025-05-06'],
    ['yyyy-MM-dd HH:mm:ss.SSS', '2025-05-06 08:05:00.120', '2025-05-06T08:05:00.120+08:00'], ['yyyy/MM/ddTHH:mm', '2025/05/06T08:05', '2025-05-06T08:05:00+08:00'],
  ])('in the form %s is read', (format, text, expected) => {
    expect(read(text, [format])).toBe(expected);
  });

  it.each([
    ['2025-05-06', '2025-05-06'], ['2025-05-06 08:05:00', '2025-05-06T08:05:00+08:00'], ['2025-05-06 08:05', '2025-05-06T08:05:00+08:00'], ['2025-05-06T08:05:00', '2025-05-06T08:05:00+08:00'],
    ['2025-05-06T00:05:00Z', '2025-05-06T00:05:00Z'], ['2025-05-06T08:05+09:00', '2025-05-06T08:05:00+09:00'],
  ])('in ISO 8601 is read whatever the mapping says: %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each(['2025/2/29', '2025/13/1', '2025/0/1', '2025/4/31', '0000/1/1', '2025/1/1 24:00', '2025/1/1 8:60', ' 2025/1/1', '2025/1/1x', '25/1/1', ''])('that is not real is none: %s', (text) => {
    expect(read(text, ['yyyy/M/d', 'yyyy/M/d H:mm'])).toBeUndefined();
  });

  it('is not read the other way round when the first form makes no real date of it', () => {
    expect(read('13/5/2025', ['M/d/yyyy', 'd/M/yyyy'])).toBeUndefined();
  });

  it('is the leap day only in leap years', () => {
    const leapDays = Array.from({ length: 400 }, (_, year) => read(`${1800 + year}-02-29`)).filter((date) => date !== undefined);
    expect(leapDays).toHaveLength(97);
  });

  it('is the same day as that of the calendar', () => {
    fc.assert(fc.property(fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (date) => {
      const iso = date.toISOString();
      expect(read(iso.slice(0, 19).replace('T', ' '))).toBe(`${iso.slice(0, 19)}+08:00`);
    }));
  });
});

describe('the number that Excel keeps of a day', () => {
  it.each([['1', '1900-01-01'], ['59', '1900-02-28'], ['60', undefined], ['61', '1900-03-01'], ['45783', '2025-05-06'], ['45783.336805555555', '2025-05-06T08:05:00+08:00'], ['45783.999999', '2025-05-07T00:00:00+08:00'], ['2958465', '9999-12-31'], ['2958466', undefined], ['0', undefined]])('%s is %s', (text, expected) => {
    expect(read(text, ['excel'])).toBe(expected);
  });

  it('counts from 1904 in old workbooks of Macs', () => {
    expect(read('44321', ['excel'], true)).toBe('2025-05-06');
  });

  it('is no date where the mapping does not say so', () => {
    expect(read('45783', ['yyyy/M/d'])).toBeUndefined();
  });
});

describe('the form of a date', () => {
  it.each(['yyyy-MM-dd', 'd/M/yyyy', 'yyyyMMddHHmm', 'excel', 'yyyy年M月d日'])('may be %s', (format) => expect(isDateFormat(format)).toBe(true));
  it.each(['', 'yyyy', 'yyyy-MM', 'HH:mm', 'yy-MM-dd', 'yyyy-MM-dd MM', 'yyyy-MMM-dd', 'yyyy-MM-dd hh:mm a', 'DD.MM.YYYY'])('is not "%s"', (format) => expect(isDateFormat(format)).toBe(false));
});
