import type { Expectation, HourCount, Rates } from './expected-rates.ts';
import { configuredRates, learnedRates, messagesExpected } from './expected-rates.ts';
import { hourOfWeek, HOURS_A_WEEK } from './hours.ts';

/** Whether a feed is silent at a time at which it should not be. */
export interface Quietness {
  readonly alarm: boolean;
  /** What the alarm rests on: the weeks before, the source's description, or nothing yet. */
  readonly by: 'learned' | 'configured' | 'unknown';
  /** Minutes between two messages that are usual at this hour of the week; undefined where none are. */
  readonly expectedIntervalMinutes: number | undefined;
  readonly silentMinutes: number;
}

export interface Feed {
  /** Epoch milliseconds of its last message. */
  readonly lastAt: number;
  readonly now: number;
  readonly offsetMinutes: number;
  /** Of whole hours in the weeks before. */
  readonly counts: readonly HourCount[];
  readonly expectations: readonly Expectation[] | undefined;
}

const MINUTE_MS = 60_000;
/** Feeds come in bursts: less silence than this says nothing. */
const LEAST_SILENCE_MINUTES = 15;
/** With independent messages, one false alarm in 150 days. */
const LOG_DAYS = 5;

/**
 * Judges the silence since the last message by how many messages should have come in it. Each of the gaps of a day is a
 * chance for a false alarm, so that a feed of many messages must miss some more of them than one of few.
 */
export function quietnessOf({ lastAt, now, offsetMinutes, counts, expectations }: Feed): Quietness {
  const silentMinutes = Math.max(0, (now - lastAt) / MINUTE_MS);
  const rates = expectations === undefined ? learnedRates(counts, offsetMinutes) : configuredRates(expectations);
  const expected = messagesExpected(rates, { from: lastAt, to: now, offsetMinutes, countsEdges: expectations !== undefined });
  const rate = rates[hourOfWeek(now, offsetMinutes)];
  const isMissed = expectations === undefined ? expected >= mostMissed(rates) && silentMinutes >= LEAST_SILENCE_MINUTES : expected >= 1;
  return {
    alarm: isMissed,
    by: byWhat(rates, expectations),
    expectedIntervalMinutes: rate === undefined || rate === 0 ? undefined : round(60 / rate),
    silentMinutes: Math.floor(silentMinutes),
  };
}

function byWhat(rates: Rates, expectations: readonly Expectation[] | undefined): Quietness['by'] {
  if (expectations !== undefined) return 'configured';
  return rates.some((rate) => rate !== undefined) ? 'learned' : 'unknown';
}

function mostMissed(rates: Rates): number {
  const aDay = rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0) * 24 / HOURS_A_WEEK;
  return LOG_DAYS + Math.log(1 + aDay);
}

function round(minutes: number): number {
  return minutes < 10 ? Math.round(minutes * 100) / 100 : Math.round(minutes);
}
