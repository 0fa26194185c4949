import type { JsonObject } from '../../../fhir/resource.ts';
import { element } from '../datatypes/element.ts';
import { wholeNumber } from '../datatypes/number.ts';
import { quantityOf } from '../datatypes/quantity.ts';
import { period, readTime, timeOf } from '../datatypes/time.ts';
import type { Segment, Value } from '../segment.ts';
import type { Reading } from './reading.ts';

/** Table 0485. */
const PRIORITIES: ReadonlyMap<string, string> = new Map([['S', 'stat'], ['A', 'asap'], ['R', 'routine'], ['U', 'urgent'], ['P', 'urgent'], ['T', 'urgent']]);
const CLOCK = /^([01]\d|2[0-3]):?([0-5]\d)(?::?([0-5]\d))?$/;

/** When and how often an order is to be done. */
export interface OrderTiming {
  /** `occurrenceDateTime`, `occurrencePeriod` or `occurrenceTiming`, with its value. */
  readonly occurrence: readonly [string, string | JsonObject] | undefined;
  readonly priority: string | undefined;
  readonly quantity: JsonObject | undefined;
  readonly instructions: readonly string[];
}

/** @param code of table 0485, such as `S` or `TS30` */
export function priorityOf(code: string): string | undefined {
  return PRIORITIES.get(code.toUpperCase()) ?? PRIORITIES.get(code.charAt(0).toUpperCase());
}

/** TQ1. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-tq1-to-servicerequest.html */
export function timingOf(reading: Reading, tq1: Segment): OrderTiming {
  const pattern = tq1.value(3);
  return {
    occurrence: occurrenceOf({
      code: pattern.text(1, 2) || pattern.text(1),
      times: tq1.values(4).map((value) => value.text(1)),
      start: timeOf(reading, tq1, 7),
      end: timeOf(reading, tq1, 8),
      count: wholeNumber(tq1.text(14), 1),
    }),
    priority: priorityOf(tq1.text(9)),
    quantity: quantityOf(tq1.value(2)),
    instructions: [tq1.value(10), tq1.value(11)].map((value) => value.wholeText().trim()).filter(Boolean),
  };
}

/** TQ, in ORC-7 or OBR-27 of older versions. */
export function quantityTimingOf(reading: Reading, segment: Segment, field: number): OrderTiming | undefined {
  const value = segment.value(field);
  if (value.isEmpty) return undefined;
  const place = { segment, field };
  return {
    occurrence: occurrenceOf({
      code: value.text(2), times: value.text(2, 2) === '' ? [] : [value.text(2, 2)],
      start: readTime(reading, value.text(4), place), end: readTime(reading, value.text(5), place), count: wholeNumber(value.text(12), 1),
    }),
    priority: priorityOf(value.text(6)),
    quantity: componentQuantity(value),
    instructions: [value.text(7), value.text(8)].filter(Boolean),
  };
}

interface Repeat { readonly code: string; readonly times: readonly string[]; readonly start: string | undefined; readonly end: string | undefined; readonly count: number | undefined }

function occurrenceOf({ code, times, start, end, count }: Repeat): OrderTiming['occurrence'] {
  const timeOfDay = times.flatMap((text) => clockTime(text) ?? []);
  const isRepeated = code !== '' || timeOfDay.length > 0 || count !== undefined;
  const bounds = period(start, end);
  if (isRepeated) {
    const timing = element({ repeat: element({ boundsPeriod: bounds, count, timeOfDay }), code: element({ text: code }) });
    return timing === undefined ? undefined : ['occurrenceTiming', timing];
  }
  if (end === undefined) return start === undefined ? undefined : ['occurrenceDateTime', start];
  return bounds === undefined ? undefined : ['occurrencePeriod', bounds];
}

/** TM, also with the colons that some senders put in. */
function clockTime(text: string): string | undefined {
  const [, hour = '', minute = '', second = '00'] = CLOCK.exec(text) ?? [];
  return hour === '' ? undefined : `${hour}:${minute}:${second}`;
}

function componentQuantity(value: Value): JsonObject | undefined {
  const unit = value.text(1, 2);
  const amount = wholeNumber(value.text(1), 0);
  return amount === undefined ? undefined : element({ value: amount, unit });
}
