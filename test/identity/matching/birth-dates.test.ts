import { describe, expect, it } from 'vitest';
import { compareBirthDates, parseBirthDate } from '../../../src/identity/matching/birth-date.ts';
import { lunarDateOf } from '../../../src/identity/matching/lunar-date.ts';

function level(a: string, b: string): string {
  const [left, right] = [parseBirthDate(a)!, parseBirthDate(b)!];
  expect(compareBirthDates(right, left)).toBe(compareBirthDates(left, right));
  return compareBirthDates(left, right);
}

describe('birth dates', () => {
  it.each([
    ['1960-03-05', '1960-03-05', 'exact'],
    ['1960-03-05', '1960-02-08', 'lunar'], // 庚子年二月初八
    ['1961-01-10', '1960-11-24', 'lunar'], // the lunar year is the one before
    ['1961-01-10', '1961-11-24', 'lunar'], // …and is given as that of the common calendar
    ['1960-08-05', '1960-06-13', 'lunar'], // the second sixth month of the year
    ['1990-03-07', '1990-07-03', 'swapped'],
    ['1990-03-07', '1990-03-01', 'digit'],
    ['1990-03-07', '1909-03-07', 'digit'], // two neighbours
    ['1999-03-07', '2000-03-07', 'digit'], // the year, counted back from an age
    ['1990-03-07', '1990-03', 'year-month'],
    ['1990-03-07', '1990', 'year'],
    ['1990-03-07', '1990-04', 'differs'],
    ['1990-03-07', '1990-01-01', 'year'],
    ['1990-03-07', '1991-01-01', 'differs'],
    ['1990-03-07', '1985-11-20', 'differs'],
  ])('%s and %s: %s', (a, b, expected) => expect(level(a, b)).toBe(expected));

  it.each(['', '0000-00-00', '1900-01-01', '1899-05-05', '1990-13-01', '1990-3-7', '19900307', 42, null, undefined])('leaves out %j', (text) => expect(parseBirthDate(text)).toBeUndefined());

  it('takes the day of a dateTime', () => expect(parseBirthDate('1990-03-07T10:00:00+08:00')?.digits).toBe('19900307'));
});

describe('lunar dates', () => {
  it.each([
    [{ year: 1968, month: 1, day: 30 }, { year: 1968, month: 1, day: 1 }],
    [{ year: 2024, month: 2, day: 9 }, { year: 2023, month: 12, day: 30 }],
    [{ year: 2024, month: 2, day: 10 }, { year: 2024, month: 1, day: 1 }],
    [{ year: 2023, month: 3, day: 22 }, { year: 2023, month: 2, day: 1 }], // the leap month repeats the number
    [{ year: 2025, month: 10, day: 6 }, { year: 2025, month: 8, day: 15 }],
  ])('of %j is %j', (day, lunar) => expect(lunarDateOf(day)).toEqual(lunar));

  it('are those of ICU but for the few months that ICU begins a day off', () => {
    const icu = new Intl.DateTimeFormat('en-u-ca-chinese', { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: 'UTC' });
    const differing = Array.from({ length: 5200 }, (_, at) => new Date(Date.UTC(1900, 1, 1) + at * 14 * 86_400_000)).filter((date) => {
      const [month = '', day = '', year = ''] = icu.format(date).split('/');
      const lunar = lunarDateOf({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });
      return lunar?.year !== Number(year) || lunar.month !== Number.parseInt(month, 10) || lunar.day !== Number(day);
    });
    expect(differing.length).toBeLessThan(40);
  });

  it('are unknown outside the table, and without a day', () => {
    expect(lunarDateOf({ year: 1850, month: 1, day: 1 })).toBeUndefined();
    expect(lunarDateOf({ year: 2150, month: 1, day: 1 })).toBeUndefined();
    expect(lunarDateOf({ year: 1990, month: 1, day: 0 })).toBeUndefined();
  });
});
