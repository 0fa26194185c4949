import { parseMoment } from '../../fhir/dates.ts';

/** Year to second of a time stamp; the standard's own DT15 has a `T` between day and hour. */
const TIME = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:T?(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,9}))?)?)?)?)?)?([+-]\d{4})?$/;

/**
 * A time stamp of HL7 v3 as a dateTime of FHIR, as exact as it was sent; an hour alone gets its minutes, since R4 has none
 * without. A day needs no offset, and one that is sent is dropped.
 *
 * @param text `20250401081500+0800`; @param offset of the sender, for local times
 * @returns `2025-04-01T08:15:00+08:00`; undefined for what is no time of the real calendar
 */
export function readTime(text: string, offset: string): string | undefined {
  const parts = TIME.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, hour, minute = '00', second = '00', fraction, zone] = parts;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  const exact = fraction === undefined ? second : `${second}.${fraction}`;
  const clock = hour === undefined ? '' : `T${hour}:${minute}:${exact}${zone === undefined ? offset : `${zone.slice(0, 3)}:${zone.slice(3)}`}`;
  return parseMoment(date + clock) === undefined ? undefined : date + clock;
}

/** True for a dateTime with a time of day. */
export function isInstant(time: string): boolean {
  return time.length > 'yyyy-mm-dd'.length;
}

/** The first instant of a dateTime: `2025-04` begins with its first day. */
export function startOf(time: string, offset: string): string {
  return isInstant(time) ? time : `${time}${'-01-01'.slice(time.length - 'yyyy'.length)}T00:00:00${offset}`;
}
