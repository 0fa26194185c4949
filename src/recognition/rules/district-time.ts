import { parseMoment } from '../../fhir/dates.ts';

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** @returns epoch ms of an instant; undefined where there is none, or none of the real calendar */
export function instantOf(text: string | undefined): number | undefined {
  const moment = text === undefined ? undefined : parseMoment(text);
  // A day without an hour is no instant: whoever reads a result makes one of it, knowingly.
  return moment?.hasZone === true ? moment.start : undefined;
}

/** The day of the district, `2026-03-01`. */
export function dayOf(at: number, offsetMinutes: number): string {
  return new Date(at + offsetMinutes * MINUTE_MS).toISOString().slice(0, 10);
}

/** To the minute, as the district reads its clocks: `2026-03-01 08:15`. */
export function clockOf(at: number, offsetMinutes: number): string {
  return new Date(at + offsetMinutes * MINUTE_MS).toISOString().slice(0, 16).replace('T', ' ');
}
