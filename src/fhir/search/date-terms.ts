import { parseDateRange, type DateRange } from '../dates.ts';
import { isList, isObject, type JsonObject, type JsonValue } from '../resource.ts';
import { plain, type Item } from '../path/compile.ts';
import { EARLIEST_MS, LATEST_MS } from './terms.ts';
import type { TermLists } from './term-lists.ts';

/** Makes the function that adds the ranges of a date, dateTime, instant, Period or Timing. @see https://hl7.org/fhir/R4/search.html#date */
export function dateAdder(offsetMinutes: number): (item: Item, param: string, into: TermLists) => void {
  return (item, param, into) => {
    for (const range of rangesOf(plain(item), offsetMinutes)) into.date.push({ param, start: range.start, end: range.end });
  };
}

function rangesOf(value: JsonValue | undefined, offsetMinutes: number): readonly DateRange[] {
  if (typeof value === 'string') return listOf(parseDateRange(value, offsetMinutes));
  if (!isObject(value)) return [];
  if (value['start'] !== undefined || value['end'] !== undefined) return listOf(periodOf(value, offsetMinutes));
  return timingOf(value, offsetMinutes);
}

/** Undefined when an end that is given cannot be read: half a period would say more than is known. */
function periodOf({ start, end }: JsonObject, offsetMinutes: number): DateRange | undefined {
  const from = start === undefined ? EARLIEST_MS : rangesOf(start, offsetMinutes)[0]?.start;
  const to = end === undefined ? LATEST_MS : rangesOf(end, offsetMinutes)[0]?.end;
  return from === undefined || to === undefined ? undefined : { start: from, end: to };
}

/** A Timing covers its events, and the period that bounds its repetition. */
function timingOf({ event, repeat }: JsonObject, offsetMinutes: number): readonly DateRange[] {
  const events = isList(event) ? event.flatMap((one) => (typeof one === 'string' ? rangesOf(one, offsetMinutes) : [])) : [];
  const bounds = isObject(repeat) && isObject(repeat['boundsPeriod']) ? rangesOf(repeat['boundsPeriod'], offsetMinutes) : [];
  return [...events, ...bounds];
}

function listOf(range: DateRange | undefined): readonly DateRange[] {
  return range === undefined ? [] : [range];
}
