import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../../src/fhir/dates.ts';
import { instantOf, parseV2Time } from '../../../src/normalize/hl7v2/time.ts';

describe('a time of HL7 v2', () => {
  it.each([
    ['2026', '2026'], ['202603', '2026-03'], ['20260301', '2026-03-01'], ['2026030108', '2026-03-01T08:00:00+08:00'], ['202603010805', '2026-03-01T08:05:00+08:00'],
    ['20260301080507', '2026-03-01T08:05:07+08:00'], ['20260301080507.25', '2026-03-01T08:05:07.25+08:00'], ['20260301080507+0900', '2026-03-01T08:05:07+09:00'],
    ['202603010805-0330', '2026-03-01T08:05:00-03:30'], ['20260301+0900', '2026-03-01'], ['20240229', '2024-02-29'], ['20260301235960', '2026-03-01T23:59:60+08:00'],
  ])('%s is %s', (text, time) => {
    expect(parseV2Time(text, '+08:00')).toBe(time);
  });

  it.each(['', '20230230', '20230229', '00000000', '202613', '202600', '20260301246100', '2026030124', '202603010860', '20260301080561', '2026030', '20260301080507.', '2026-03-01', '20260301T080507', '20260301 0805', '20260301080507+08', '20260301080507+1560', '99', 'today', '20260301080507.1234567890'])('%j is none', (text) => {
    expect(parseV2Time(text, '+08:00')).toBeUndefined();
    expect(instantOf(text, '+08:00')).toBeUndefined();
  });

  it('is put in order by the instant it begins at', () => {
    expect(instantOf('20260301080000', '+08:00')).toBe(Date.UTC(2026, 2, 1));
    expect(instantOf('20260301', '+08:00')).toBe(Date.UTC(2026, 1, 28, 16));
    expect(instantOf('2026', '-01:00')).toBe(Date.UTC(2026, 0, 1, 1));
    expect(instantOf('20260301080000.5+0000', '+08:00')).toBe(Date.UTC(2026, 2, 1, 8, 0, 0, 500));
  });

  it('is a FHIR time, whatever the date', () => {
    fc.assert(fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), fc.constantFrom(4, 6, 8, 10, 12, 14), (date, length) => {
      const digits = date.toISOString().replace(/\D/g, '').slice(0, length);
      const time = parseV2Time(digits, '+00:00');
      expect(parseMoment(time ?? '')?.start).toBe(instantOf(digits, '+00:00'));
      expect(time?.replace(/\D/g, '')).toMatch(new RegExp(`^${digits}`));
    }));
    fc.assert(fc.property(fc.string(), (text) => {
      expect(['string', 'undefined']).toContain(typeof parseV2Time(text, '+08:00'));
    }));
  });
});
