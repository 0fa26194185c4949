import { offsetOf } from '../../fhir/dates.ts';
import type { V2Message } from './parse.ts';
import { instantOf } from './time.ts';

/** A time to the hour at least: of a day alone, which of two messages is later cannot be told. */
const HAS_HOUR = /^\d{10}/;

/**
 * The offset of times that name none: that of MSH-7, which is the default for the whole message, else that of the sender.
 *
 * @param fallback `+08:00`
 * @see HL7 v2.9 chapter 2.A.21 "DTM"
 */
export function offsetOfTimes({ header }: Pick<V2Message, 'header'>, fallback: string): string {
  const [, hours, minutes] = /^\d{8,14}(?:\.\d{1,4})?([+-]\d{2})(\d{2})$/.exec(header.text(7)) ?? [];
  const offset = hours === undefined ? '' : `${hours}:${minutes}`;
  return offsetOf(offset) === undefined ? fallback : offset;
}

/**
 * When the sender says that an event of a patient was recorded (EVN-2), else when it sent the message (MSH-7).
 *
 * @returns an instant in UTC; undefined where neither is to the hour
 */
export function saidAtOf({ type, segments, header }: Pick<V2Message, 'type' | 'segments' | 'header'>, offset: string): string | undefined {
  const recorded = type === 'ADT' ? segments.find(({ name }) => name === 'EVN')?.text(2) ?? '' : '';
  for (const text of [recorded, header.text(7)]) {
    const instant = HAS_HOUR.test(text) ? instantOf(text, offset) : undefined;
    if (instant !== undefined) return new Date(instant).toISOString();
  }
  return undefined;
}
