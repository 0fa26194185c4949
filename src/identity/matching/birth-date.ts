import { type Day, lunarDateOf } from './lunar-date.ts';
import { type BirthLevel, LEVELS, surer } from './levels.ts';
import { isOneSlip } from './slips.ts';

/** A birth date as it is compared: month or day 0 where the record does not tell. */
export interface BirthDate extends Day {
  /** `19900307`, with zeros for what is not told. */
  readonly digits: string;
  readonly lunar: Day | undefined;
}

/** @param text a FHIR date or the start of a dateTime; anything else is no birth date */
export function parseBirthDate(text: unknown): BirthDate | undefined {
  const parts = typeof text === 'string' ? /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.{0,40})?)?)?$/u.exec(text) : null;
  if (parts === null) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2] ?? 0), Number(parts[3] ?? 0)];
  // 1900-01-01 and what lies before it is what systems write where they know nothing.
  if (year < 1900 || parts[0].startsWith('1900-01-01') || month > 12 || day > 31) return undefined;
  const date = { year, month, day };
  return { ...date, digits: `${parts[1] ?? ''}${parts[2] ?? '00'}${parts[3] ?? '00'}`, lunar: lunarDateOf(date) };
}

/** How two birth dates compare; a lunar date that was given as one of the common calendar is met from either side. */
export function compareBirthDates(a: BirthDate, b: BirthDate): BirthLevel {
  if (a.day === 0 || b.day === 0) return comparePartial(a, b);
  if (a.digits === b.digits) return 'exact';
  if (isLunarOf(a, b) || isLunarOf(b, a)) return 'lunar';
  if (a.year === b.year && a.month === b.day && a.day === b.month) return 'swapped';
  if (isOneSlip(a.digits, b.digits) || (a.month === b.month && a.day === b.day && Math.abs(a.year - b.year) === 1)) return 'digit';
  return a.year === b.year && (isFirstOfYear(a) || isFirstOfYear(b)) ? 'year' : 'differs';
}

/** The surest level that any two of the dates have. */
export function surestBirthLevel(a: readonly BirthDate[], b: readonly BirthDate[]): BirthLevel | 'missing' {
  let surest: BirthLevel | undefined;
  for (const left of a) for (const right of b) surest = surer(LEVELS.birthDate, surest, compareBirthDates(left, right));
  return surest ?? 'missing';
}

function comparePartial(a: BirthDate, b: BirthDate): BirthLevel {
  if (a.year !== b.year) return 'differs';
  if (a.month === 0 || b.month === 0) return 'year';
  return a.month === b.month ? 'year-month' : 'differs';
}

/** The year of a lunar date is often given as that of the common calendar. */
function isLunarOf({ lunar, year }: BirthDate, other: BirthDate): boolean {
  return lunar?.month === other.month && lunar.day === other.day && (other.year === lunar.year || other.year === year);
}

/** 1 January is what is written for somebody who knows the year only. */
function isFirstOfYear({ month, day }: Day): boolean {
  return month === 1 && day === 1;
}
