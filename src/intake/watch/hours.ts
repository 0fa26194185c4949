/** Hours of the clock, as the feeds of sources are counted by: `2026-03-01T08`, in UTC. */
export type Hour = string;

export const HOUR_MS = 3_600_000;
export const HOURS_A_DAY = 24;
export const HOURS_A_WEEK = 168;
/** 1 January 1970 was a Thursday; weeks begin with Monday. */
const EPOCH_HOUR_OF_WEEK = 3 * HOURS_A_DAY;

/** The hour in which an instant lies. @param ms epoch milliseconds */
export function hourOf(ms: number): Hour {
  return new Date(ms).toISOString().slice(0, 13);
}

/** How the store names an hour of one source. */
export function hourName(source: string, hour: Hour): string {
  return `${source}/${hour}`;
}

/** When an hour begins, in epoch milliseconds. */
export function startOf(hour: Hour): number {
  return Date.parse(`${hour}:00:00.000Z`);
}

/** The day of an hour, `2026-03-01`, and its place in that day, 0 to 23. */
export function placeInDay(hour: Hour): { readonly day: string; readonly place: number } {
  return { day: hour.slice(0, 10), place: Number(hour.slice(11)) };
}

/** 0 is Monday, 00:00 to 01:00, by the clock at the source. @param offsetMinutes east of UTC */
export function hourOfWeek(ms: number, offsetMinutes: number): number {
  return (Math.floor((ms + offsetMinutes * 60_000) / HOUR_MS) + EPOCH_HOUR_OF_WEEK) % HOURS_A_WEEK;
}

/** @param offset as `+08:00` */
export function minutesOfOffset(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return offset.startsWith('-') ? -minutes : minutes;
}
