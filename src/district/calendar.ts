/** Days as text, `2025-06-30`: the district lives in one time zone without daylight saving. */

const DAY_MS = 86_400_000;
const OFFSET = '+08:00';

/** The day so many days later; negative goes back. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Days from one to a later one. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** Full years between two days. */
export function yearsBetween(birth: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4));
  return day.slice(5) < birth.slice(5) ? years - 1 : years;
}

/**
 * A local instant with its offset, `2025-03-02T08:15:00+08:00`.
 *
 * @param minutes after midnight of `day`; may run into the next days
 */
export function atMinute(day: string, minutes: number): string {
  const local = new Date(Date.parse(day) + minutes * 60_000).toISOString();
  return local.slice(0, 19) + OFFSET;
}
