import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOf, parseDateRange, parseMoment } from '../../src/fhir/dates.ts';

/** `start..end` as UTC instants. */
function rangeOf(text: string, offsetMinutes?: number): string | undefined {
  const range = parseDateRange(text, offsetMinutes);
  return range === undefined ? undefined : `${new Date(range.start).toISOString()}..${new Date(range.end).toISOString()}`;
}

describe('parseDateRange', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000Z..2026-12-31T23:59:59.999Z'],
    ['2026-03', '2026-03-01T00:00:00.000Z..2026-03-31T23:59:59.999Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z..2024-02-29T23:59:59.999Z'],
    ['2026-12', '2026-12-01T00:00:00.000Z..2026-12-31T23:59:59.999Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z..2026-03-01T23:59:59.999Z'],
    ['2026-03-01T08:15', '2026-03-01T08:15:00.000Z..2026-03-01T08:15:59.999Z'],
    ['2026-03-01T08:15:30Z', '2026-03-01T08:15:30.000Z..2026-03-01T08:15:30.999Z'],
    ['2026-03-01T08:15:30+08:00', '2026-03-01T00:15:30.000Z..2026-03-01T00:15:30.999Z'],
    ['2026-03-01T08:15:30.25-03:30', '2026-03-01T11:45:30.250Z..2026-03-01T11:45:30.259Z'],
    ['2026-03-01T08:15:30.123456Z', '2026-03-01T08:15:30.123Z..2026-03-01T08:15:30.123Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z..2017-01-01T00:00:00.999Z'],
    ['0044-03-15', '0044-03-15T00:00:00.000Z..0044-03-15T23:59:59.999Z'],
  ])('reads %s as all that its precision covers', (text, expected) => {
    expect(rangeOf(text)).toBe(expected);
  });

  it.each(['', '26', '2026-13', '2026-02-29', '2026-04-31', '2026-3-1', '0000', '2026-03-01T24:00:00Z', '2026-03-01T08', '2026-03-01T08:60', '2026-03-01T08:15:61Z', '2026-03-01T08:15:30+15:00', '2026-03-01 08:15:30', '2026-03-01T08:15:30.Z', ' 2026', '2026-03-01Z'])('refuses %j, which is no date', (text) => {
    expect(parseDateRange(text)).toBeUndefined();
  });

  it('reads a text without time zone in the zone of the exchange', () => {
    expect(rangeOf('2026-03-01', 480)).toBe('2026-02-28T16:00:00.000Z..2026-03-01T15:59:59.999Z');
    expect(rangeOf('2026-03-01T08:15:30', 480)).toBe('2026-03-01T00:15:30.000Z..2026-03-01T00:15:30.999Z');
    expect(rangeOf('2026-03-01T08:15:30Z', 480)).toBe('2026-03-01T08:15:30.000Z..2026-03-01T08:15:30.999Z');
  });

  it('tells precision and whether a zone was given', () => {
    expect(parseMoment('2026-03-01')).toMatchObject({ precision: 'day', hasZone: false });
    expect(parseMoment('2026-03-01T08:15:30.1Z')).toMatchObject({ precision: 'millisecond', hasZone: true });
  });

  it('contains every instant that begins with it', () => {
    fc.assert(fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), fc.constantFrom(4, 7, 10, 16, 19, 21, 23), (date, length) => {
      const range = parseDateRange(date.toISOString().slice(0, length));
      expect(range?.start).toBeLessThanOrEqual(date.getTime());
      expect(range?.end).toBeGreaterThanOrEqual(date.getTime());
    }));
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      parseDateRange(text);
    }));
  });
});

describe('offsetOf', () => {
  it.each([['Z', 0], ['+08:00', 480], ['-03:30', -210], ['+14:00', 840], ['+14:01', undefined], ['8', undefined]])('reads %s as %s minutes', (zone, minutes) => {
    expect(offsetOf(zone)).toBe(minutes);
  });
});
