import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { districtDay } from '../catalogue/days.ts';

const MINUTE_MS = 60_000;

/** A month as requests name it, `2026-03`. */
export const MONTH = /^20\d{2}-(0[1-9]|1[0-2])$/;

/** First and last millisecond of a month of the district. @param month `2026-03` */
export function monthOf(month: string, offsetMinutes: number): { readonly start: number; readonly end: number } {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const start = (months: number): number => Date.UTC(year, months, 1) - offsetMinutes * MINUTE_MS;
  return { start: start(number - 1), end: start(number) - 1 };
}

/** @throws ServiceError 'malformed' */
export function requireBegun({ clock, config }: Services, month: string): void {
  if (month > districtDay(clock().toISOString(), config.offsetMinutes).slice(0, 7)) throw new ServiceError('malformed', `The month ${month} has not begun`);
}
