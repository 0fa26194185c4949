import { offsetOf, parseMoment } from '../../fhir/dates.ts';

const TIME = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(\.\d{1,9})?)?)?)?)?)?(?:([+-]\d{2})(\d{2}))?$/;

/**
 * Reads a DTM (`YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+ZZZZ]`) or the older TS, DT.
 *
 * @param offset `+08:00`, of a time that names none
 * @returns a FHIR date of the same precision, or a dateTime, whose minute and second are 0 where they are not said, as R4
 *   knows no time without them; undefined for what is no date of the real calendar
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-datatype-dtm-to-datetime.html
 */
export function parseV2Time(text: string, offset: string): string | undefined {
  const parts = TIME.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, hour, minute = '00', second = '00', fraction = '', zoneHours, zoneMinutes = ''] = parts;
  let time = year;
  if (month !== undefined) time += `-${month}`;
  if (day !== undefined) time += `-${day}`;
  if (hour !== undefined) time += `T${hour}:${minute}:${second}${fraction}${zoneHours === undefined ? offset : `${zoneHours}:${zoneMinutes}`}`;
  return parseMoment(time) === undefined ? undefined : time;
}

/** Epoch ms of the beginning of a DTM, to put times in order; undefined as for `parseV2Time`. */
export function instantOf(text: string, offset: string): number | undefined {
  const time = parseV2Time(text, offset);
  return time === undefined ? undefined : parseMoment(time, offsetOf(offset))?.start;
}
