/**
 * Dates of FHIR as ranges of milliseconds: `2026-03` is all of March. What has no time zone is read in one zone for the
 * whole exchange, UTC unless told otherwise, so that a stored day and a searched day are the same day.
 * @see https://hl7.org/fhir/R4/datatypes.html#dateTime and https://hl7.org/fhir/R4/search.html#date
 */

/** Closed range, epoch ms. */
export interface DateRange { readonly start: number; readonly end: number }

export type DatePrecision = 'year' | 'month' | 'day' | 'minute' | 'second' | 'millisecond';

/** A point in time as far as it is known. */
export interface Moment extends DateRange { readonly precision: DatePrecision; readonly hasZone: boolean }

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MAX_OFFSET_MINUTES = 14 * 60;

/**
 * Reads a date, dateTime or instant, and the partial times that a search may name (`2026-03-01T08:00`).
 *
 * @param offsetMinutes east of UTC, for a text without time zone
 * @returns undefined for what is not a date of the real calendar
 */
export function parseMoment(text: string, offsetMinutes = 0): Moment | undefined {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, hour, minute = '0', second, fraction, zone] = parts;
  const dayStart = startOfDay(Number(year), Number(month ?? 1), Number(day ?? 1));
  const offset = zone === undefined ? offsetMinutes : offsetOf(zone);
  if (dayStart === undefined || offset === undefined) return undefined;
  const midnight = dayStart - offset * MINUTE_MS;
  if (hour === undefined) return calendarMoment(midnight, { year: Number(year), month, day });
  return clockMoment(midnight, { hour: Number(hour), minute: Number(minute), second, fraction }, zone !== undefined);
}

/** As `parseMoment`, without the precision. */
export function parseDateRange(text: string, offsetMinutes = 0): DateRange | undefined {
  return parseMoment(text, offsetMinutes);
}

/** Minutes east of UTC of `Z` or `+08:00`; undefined for what is no offset. */
export function offsetOf(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const parts = /^([+-])(\d{2}):([0-5]\d)$/.exec(zone);
  if (parts === null) return undefined;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  if (minutes > MAX_OFFSET_MINUTES) return undefined;
  return parts[1] === '-' ? -minutes : minutes;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function startOfDay(year: number, month: number, day: number): number | undefined {
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  const isReal = year > 0 && day > 0 && day <= (MONTH_DAYS[month - 1] ?? 0) + leapDay;
  return isReal ? utc(year, month - 1, day) : undefined;
}

/** `Date.UTC` takes the years 0 to 99 for those of the 20th century. */
function utc(year: number, monthIndex: number, day: number): number {
  return year >= 100 ? Date.UTC(year, monthIndex, day) : new Date(0).setUTCFullYear(year, monthIndex, day);
}

function calendarMoment(start: number, date: { year: number; month: string | undefined; day: string | undefined }): Moment {
  if (date.day !== undefined) return { start, end: start + DAY_MS - 1, precision: 'day', hasZone: false };
  if (date.month === undefined) return { start, end: start + utc(date.year + 1, 0, 1) - utc(date.year, 0, 1) - 1, precision: 'year', hasZone: false };
  const month = Number(date.month);
  return { start, end: start + utc(date.year, month, 1) - utc(date.year, month - 1, 1) - 1, precision: 'month', hasZone: false };
}

interface Clock { readonly hour: number; readonly minute: number; readonly second: string | undefined; readonly fraction: string | undefined }

/** A leap second, `23:59:60`, is the first one after it. */
function clockMoment(midnight: number, clock: Clock, hasZone: boolean): Moment | undefined {
  const second = Number(clock.second ?? 0);
  if (clock.hour > 23 || clock.minute > 59 || second > 60) return undefined;
  const start = midnight + (clock.hour * 60 + clock.minute) * MINUTE_MS + second * 1000;
  if (clock.second === undefined) return { start, end: start + MINUTE_MS - 1, precision: 'minute', hasZone };
  if (clock.fraction === undefined) return { start, end: start + 999, precision: 'second', hasZone };
  const known = clock.fraction.slice(0, 3);
  const exact = start + Number(known.padEnd(3, '0'));
  return { start: exact, end: exact + 10 ** (3 - known.length) - 1, precision: 'millisecond', hasZone };
}
