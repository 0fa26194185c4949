import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../../src/fhir/dates.ts';
import { isInstant, readTime, startOf } from '../../../src/normalize/cda/times.ts';

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

describe('a time stamp', () => {
  it.each([
    ['2025', '2025'], ['202504', '2025-04'], ['20250401', '2025-04-01'], ['2025040108', '2025-04-01T08:00:00+08:00'], ['202504010815', '2025-04-01T08:15:00+08:00'],
    ['20250401081530', '2025-04-01T08:15:30+08:00'], ['20250401T081530', '2025-04-01T08:15:30+08:00'], ['20250401081530.25', '2025-04-01T08:15:30.25+08:00'],
    ['20250401081530+0000', '2025-04-01T08:15:30+00:00'], ['20250401081530.5-0530', '2025-04-01T08:15:30.5-05:30'], ['20250401+0800', '2025-04-01'], ['20240229', '2024-02-29'],
  ])('%s is %s', (text, expected) => {
    expect(readTime(text, '+08:00')).toBe(expected);
  });

  it.each(['', '20250230', '20251301', '20230229', '2025040124', '202504010860', '2025-04-01', '2025040108153', '20250401081530+0860', '20250401081530+1500', '20250401 0815', 'x', '00000000'])('%s is none', (text) => {
    expect(readTime(text, '+08:00')).toBeUndefined();
  });

  it('means the instant that it was written for, whatever its offset', () => {
    const seconds = fc.integer({ min: Date.UTC(1900, 0) / 1000, max: Date.UTC(2100, 0) / 1000 });
    fc.assert(fc.property(seconds, fc.integer({ min: -12, max: 14 }), (second, hours) => {
      const expected = second * 1000;
      const local = new Date(expected + hours * 3_600_000).toISOString();
      const zone = `${hours < 0 ? '-' : '+'}${pad(Math.abs(hours), 2)}`;
      const digits = local.slice(0, 19).replace(/[-T:]/g, '');
      expect(Date.parse(readTime(`${digits}${zone}00`, '+08:00') ?? '')).toBe(expected);
      expect(Date.parse(readTime(digits, `${zone}:00`) ?? '')).toBe(expected);
    }));
  });

  it('is never read into a time that does not exist', () => {
    fc.assert(fc.property(fc.stringMatching(/^\d{4,14}([+-]\d{4})?$/), (text) => {
      const time = readTime(text, '+08:00');
      if (time !== undefined) expect(parseMoment(time)).toBeDefined();
    }));
  });
});

describe('the start of a time', () => {
  it.each([['2025', '2025-01-01T00:00:00+08:00'], ['2025-04', '2025-04-01T00:00:00+08:00'], ['2025-04-03', '2025-04-03T00:00:00+08:00'], ['2025-04-03T10:00:00+09:00', '2025-04-03T10:00:00+09:00']])('%s is %s', (time, expected) => {
    expect(startOf(time, '+08:00')).toBe(expected);
    expect(isInstant(time)).toBe(time.includes('T'));
  });
});
