import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configuredRates, learnedRates, messagesExpected } from '../../../src/intake/watch/expected-rates.ts';
import type { HourCount } from '../../../src/intake/watch/expected-rates.ts';
import { HOUR_MS, hourOfWeek, HOURS_A_WEEK } from '../../../src/intake/watch/hours.ts';
import { quietnessOf } from '../../../src/intake/watch/quiet.ts';
import type { Feed } from '../../../src/intake/watch/quiet.ts';

const OFFSET = 480;
/** Monday, 2 March 2026, 00:00 in Shanghai. */
const MONDAY = Date.parse('2026-03-02T00:00:00+08:00');
const WEEKS = 5;
/** The five weeks before that Monday; `perHour` by day (0 is Monday) and hour of the local clock. */
const weeksOf = (perHour: (day: number, hour: number, week: number) => number): HourCount[] => Array.from({ length: WEEKS * HOURS_A_WEEK }, (_, at) => {
  const inWeek = at % HOURS_A_WEEK;
  return { start: MONDAY + (at - WEEKS * HOURS_A_WEEK) * HOUR_MS, messages: perHour(Math.floor(inWeek / 24), inWeek % 24, Math.floor(at / HOURS_A_WEEK)) };
});
const CLINIC = weeksOf((day, hour) => (day < 5 && hour >= 8 && hour < 18 ? 40 : 0));
const at = (day: number, time: string): number => MONDAY + day * 24 * HOUR_MS + Number(time.slice(0, 2)) * HOUR_MS + Number(time.slice(3)) * 60_000;
const feed = (last: number, now: number, counts = CLINIC): Feed => ({ lastAt: last, now, offsetMinutes: OFFSET, counts, expectations: undefined });

describe('the hour of the week', () => {
  it('begins with Monday by the clock of the source', () => {
    expect(hourOfWeek(MONDAY, OFFSET)).toBe(0);
    expect(hourOfWeek(MONDAY - 1, OFFSET)).toBe(167);
    expect(hourOfWeek(at(2, '13:30'), OFFSET)).toBe(61);
    fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(-720, 0, 330, 480, 840), (ms, offset) => {
      expect(hourOfWeek(ms + HOUR_MS, offset)).toBe((hourOfWeek(ms, offset) + 1) % HOURS_A_WEEK);
    }));
  });
});

describe('a feed of working days', () => {
  it('is not quiet over night, over the weekend, nor before its first message of a day could be late', () => {
    for (const [last, now] of [[at(0, '17:58'), at(1, '07:59')], [at(0, '17:30'), at(0, '17:55')], [at(-3, '17:58'), at(0, '08:40')], [at(4, '17:58'), at(6, '23:00')]] as const) {
      expect(quietnessOf(feed(last, now)).alarm, new Date(now).toISOString()).toBe(false);
    }
  });

  it('is quiet when nothing comes within its hours', () => {
    for (const [last, now] of [[at(1, '10:00'), at(1, '10:20')], [at(0, '17:58'), at(1, '09:00')], [at(4, '16:59'), at(4, '18:01')]] as const) {
      expect(quietnessOf(feed(last, now)), new Date(now).toISOString()).toMatchObject({ alarm: true, by: 'learned' });
    }
    expect(quietnessOf(feed(at(1, '10:00'), at(1, '10:09'))).alarm).toBe(false);
  });

  it('tells the interval that is usual at this hour', () => {
    expect(quietnessOf(feed(at(1, '10:00'), at(1, '10:05'))).expectedIntervalMinutes).toBe(1.5);
    expect(quietnessOf(feed(at(1, '10:00'), at(1, '22:05'))).expectedIntervalMinutes).toBeUndefined();
  });

  it('does not learn from one week in which it was down or one that was too busy', () => {
    const usual = learnedRates(CLINIC, OFFSET);
    for (const factor of [0, 30]) expect(learnedRates(CLINIC.map((count, hour) => (hour < HOURS_A_WEEK ? { ...count, messages: count.messages * factor } : count)), OFFSET)).toEqual(usual);
  });
});

describe('a feed that comes in one burst a night', () => {
  const nightly = weeksOf((_day, hour) => (hour === 2 ? 500 : 0));

  it('is not quiet before the hour of the burst is over, nor after it came', () => {
    expect(quietnessOf(feed(at(0, '02:10'), at(1, '02:55'), nightly)).alarm).toBe(false);
    expect(quietnessOf(feed(at(0, '02:10'), at(0, '23:00'), nightly)).alarm).toBe(false);
  });

  it('is quiet when the hour passed without it', () => {
    expect(quietnessOf(feed(at(0, '02:10'), at(1, '03:00'), nightly)).alarm).toBe(true);
  });
});

describe('a feed of which little is known', () => {
  it('raises no alarm', () => {
    const oneWeek = CLINIC.slice(-HOURS_A_WEEK);
    expect(quietnessOf(feed(at(-3, '10:00'), at(1, '16:00'), oneWeek))).toMatchObject({ alarm: false, by: 'unknown', expectedIntervalMinutes: undefined });
    expect(quietnessOf(feed(at(-3, '10:00'), at(1, '16:00'), []))).toMatchObject({ alarm: false, by: 'unknown' });
  });

  it('needs days to be quiet when it usually brings a message or two a day', () => {
    const rare = weeksOf((_day, hour) => (hour === 9 ? 1 : 0));
    expect(quietnessOf(feed(at(0, '09:30'), at(3, '09:30'), rare)).alarm).toBe(false);
    expect(quietnessOf(feed(at(0, '09:30'), at(9, '09:30'), rare)).alarm).toBe(true);
  });
});

describe('a feed whose description says when to expect messages', () => {
  const expectations = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: 8, to: 18, everyMinutes: 30 }] as const;

  it('is quiet after that time within its hours, and only there', () => {
    const quiet = (last: number, now: number): boolean => quietnessOf({ ...feed(last, now, []), expectations }).alarm;
    expect(quiet(at(0, '10:00'), at(0, '10:29'))).toBe(false);
    expect(quiet(at(0, '10:00'), at(0, '10:30'))).toBe(true);
    expect(quiet(at(0, '17:45'), at(1, '08:14'))).toBe(false);
    expect(quiet(at(0, '17:45'), at(1, '08:15'))).toBe(true);
    expect(quiet(at(4, '17:45'), at(6, '23:00'))).toBe(false);
    expect(quietnessOf({ ...feed(at(0, '10:00'), at(0, '10:10'), []), expectations })).toMatchObject({ by: 'configured', expectedIntervalMinutes: 30 });
  });
});

describe('the messages expected in a silence', () => {
  it('never become fewer while it lasts, and are never more than a week brings', () => {
    const rates = learnedRates(CLINIC, OFFSET);
    const all = [rates, configuredRates([{ days: ['sun'], from: 0, to: 24, everyMinutes: 7 }])];
    fc.assert(fc.property(fc.constantFrom(...all), fc.nat(2_000), fc.tuple(fc.nat(20_000), fc.nat(20_000)), fc.boolean(), (used, start, silences, countsEdges) => {
      const from = MONDAY + start * 60_000;
      const expected = (minutes: number): number => messagesExpected(used, { from, to: from + minutes * 60_000, offsetMinutes: OFFSET, countsEdges });
      const [shorter, longer] = [Math.min(...silences), Math.max(...silences)];
      const week = used.reduce<number>((sum, rate) => sum + (rate ?? 0), 0);
      if (longer <= HOURS_A_WEEK * 60) expect(expected(shorter)).toBeLessThanOrEqual(expected(longer) + 1e-6);
      expect(expected(longer)).toBeLessThanOrEqual(week + 1e-6);
    }));
  });
});
