import type { Days } from '../rules/catalogue-item.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** Whether a text is a day of the calendar: `2026-02-30` is none. */
export function isDay(text: string): boolean {
  const at = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

export function holdsOn({ from, to }: Days, day: string): boolean {
  return (from === undefined || from <= day) && (to === undefined || day <= to);
}

/** First day on which both hold; undefined where there is none. */
export function sharedDay(a: Days, b: Days): string | undefined {
  const first = [a.from ?? '0000-01-01', b.from ?? '0000-01-01'].sort().at(-1) ?? '';
  return holdsOn(a, first) && holdsOn(b, first) ? first : undefined;
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}

/** `2024-01-01 to …`, for people. */
export function shownDays({ from, to }: Days): string {
  return `${from ?? '…'} to ${to ?? '…'}`;
}

/**
 * The day of the district on which an instant lies.
 *
 * @param offsetMinutes east of UTC; China has one time zone without daylight saving
 */
export function districtDay(instant: string, offsetMinutes = 480): string {
  return new Date(Date.parse(instant) + offsetMinutes * 60_000).toISOString().slice(0, 10);
}
