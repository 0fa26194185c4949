import { HOUR_MS, hourOfWeek, HOURS_A_DAY, HOURS_A_WEEK } from './hours.ts';

/** Messages that a feed usually brings in an hour, for each hour of the week; undefined where too little is known. */
export type Rates = readonly (number | undefined)[];

/** Messages of one hour of the clock. `start`: epoch milliseconds. */
export interface HourCount { readonly start: number; readonly messages: number }

/** When a source says itself that messages are to be expected. */
export interface Expectation {
  /** `mon` to `sun`. */
  readonly days: readonly Day[];
  /** Hours of the local clock: from its beginning, to its end, 0 to 24. */
  readonly from: number;
  readonly to: number;
  /** One message at least in so many minutes. */
  readonly everyMinutes: number;
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** Seen less often, an hour of the week is not known. */
const LEAST_WEEKS = 2;

/**
 * What a feed usually brings, by the weeks before: of each hour of the week the lower median, so that neither one busy week
 * nor one in which the feed was down counts for the usual.
 *
 * @param counts of whole hours
 * @param offsetMinutes of the source's clock, since its hours are those of a working day
 */
export function learnedRates(counts: readonly HourCount[], offsetMinutes: number): Rates {
  const seen = Array.from({ length: HOURS_A_WEEK }, (): number[] => []);
  for (const { start, messages } of counts) seen[hourOfWeek(start, offsetMinutes)]?.push(messages);
  return seen.map((values) => (values.length < LEAST_WEEKS ? undefined : values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]));
}

/** What a source's description says of its feed. */
export function configuredRates(expectations: readonly Expectation[]): Rates {
  const rates = Array.from({ length: HOURS_A_WEEK }, () => 0);
  for (const { days, from, to, everyMinutes } of expectations) {
    for (const day of days) {
      for (let hour = from; hour < to; hour++) {
        const place = DAYS.indexOf(day) * HOURS_A_DAY + hour;
        rates[place] = Math.max(rates[place] ?? 0, 60 / everyMinutes);
      }
    }
  }
  return rates;
}

/**
 * How many messages should have come in a time without any. An hour at the edge of busy hours may bring all of its messages
 * in one burst, at any minute: it counts when it passed whole without one, while an hour within busy hours counts as far as
 * it passed.
 *
 * @param from, to epoch milliseconds
 */
export function messagesExpected(rates: Rates, { from, to, offsetMinutes, countsEdges }: { readonly from: number; readonly to: number; readonly offsetMinutes: number; readonly countsEdges: boolean }): number {
  // A week of silence says all that silence can say.
  const start = Math.max(from, to - HOURS_A_WEEK * HOUR_MS);
  let expected = 0;
  for (let hour = Math.floor(start / HOUR_MS) * HOUR_MS; hour < to; hour += HOUR_MS) {
    const place = hourOfWeek(hour, offsetMinutes);
    const share = (Math.min(to, hour + HOUR_MS) - Math.max(start, hour)) / HOUR_MS;
    const isEdge = isIdle(rates[(place + HOURS_A_WEEK - 1) % HOURS_A_WEEK]) || isIdle(rates[(place + 1) % HOURS_A_WEEK]);
    if (share === 1 || countsEdges || !isEdge) expected += (rates[place] ?? 0) * share;
  }
  return expected;
}

function isIdle(rate: number | undefined): boolean {
  return rate === undefined || rate === 0;
}
