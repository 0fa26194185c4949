import { offsetOf, parseMoment } from '../../../fhir/dates.ts';
import type { JsonObject } from '../../../fhir/resource.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import { report } from '../mapping/reading.ts';
import type { Segment, Value } from '../segment.ts';
import { parseV2Time } from '../time.ts';
import { element } from './element.ts';

/** A time as FHIR writes it; one that does not exist is a fault at its place. @returns undefined for an empty text */
export function readTime(reading: Reading, text: string, place: Place): string | undefined {
  if (text === '') return undefined;
  const known = reading.times.get(text);
  if (known !== undefined) return known;
  const time = parseV2Time(text, reading.offset);
  reading.times.set(text, time);
  if (time === undefined) report(reading, 'value', place, 'The time is none of the real calendar, or not in the form YYYYMMDDHHMMSS');
  return time;
}

/** The time that a field holds. */
export function timeOf(reading: Reading, segment: Segment, field: number): string | undefined {
  const text = segment.text(field);
  return text === '' ? undefined : readTime(reading, text, { segment, field });
}

/** The first of the fields that holds a time. */
export function firstTime(reading: Reading, segment: Segment, fields: readonly number[]): string | undefined {
  const field = fields.find((candidate) => segment.text(candidate) !== '');
  return field === undefined ? undefined : timeOf(reading, segment, field);
}

/** An instant is to the second: of a date alone nothing is known of it. */
export function asInstant(time: string | undefined): string | undefined {
  return time?.includes('T') === true ? time : undefined;
}

export function asDate(time: string | undefined): string | undefined {
  return time?.slice(0, 'yyyy-mm-dd'.length);
}

export function period(start: string | undefined, end: string | undefined): JsonObject | undefined {
  return element({ start, end });
}

/** DR: a period in one component, or in the two of a field. */
export function periodOf(reading: Reading, parts: readonly [string, string], place: Place): JsonObject | undefined {
  return period(readTime(reading, parts[0], place), readTime(reading, parts[1], place));
}

/** The period of validity that many datatypes have: two components, or an older DR in one. */
export function validity(reading: Reading, value: Value, components: { readonly range?: number; readonly start: number; readonly end: number }, place: Place): JsonObject | undefined {
  const { range, start, end } = components;
  const from = value.text(start) || (range === undefined ? '' : value.text(range, 1));
  const to = value.text(end) || (range === undefined ? '' : value.text(range, 2));
  return from === '' && to === '' ? undefined : periodOf(reading, [from, to], place);
}

/** A dateTime so many minutes later, under the same offset; undefined for a date alone. */
export function minutesAfter(time: string, minutes: number): string | undefined {
  const moment = asInstant(time) === undefined ? undefined : parseMoment(time);
  const zone = /(?:Z|[+-]\d{2}:\d{2})$/.exec(time)?.[0];
  const offset = zone === undefined ? undefined : offsetOf(zone);
  if (moment === undefined || offset === undefined || !Number.isFinite(minutes)) return undefined;
  const local = new Date(moment.start + (minutes + offset) * 60_000);
  return Number.isNaN(local.getTime()) || local.getUTCFullYear() > 9999 ? undefined : local.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length) + (zone ?? '');
}
