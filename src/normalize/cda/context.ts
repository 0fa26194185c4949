import type { JsonObject } from '../../fhir/resource.ts';
import { sourceUri } from '../derive-id.ts';
import type { Sender } from '../local-identity.ts';
import { isBlank } from './concepts.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, textIn } from './element.ts';
import type { Header } from './header.ts';
import type { Records } from './records.ts';
import { readTime } from './times.ts';

/** What every part of a document is read with. */
export interface DocumentContext { readonly sender: Sender; readonly root: XmlElement; readonly records: Records }

/** What its records share. */
export interface RecordContext extends DocumentContext {
  readonly header: Header;
  /** Reference to the Patient. */
  readonly subject: JsonObject;
  /** The number by which the document knows the patient: what the source numbers the records of a person below. */
  readonly patient: string;
  /** Reference to the Encounter, also to one that only other messages tell of. */
  readonly encounter: JsonObject | undefined;
  /** What the source numbers the records of one visit below: the visit, or where it has none the document. */
  readonly visit: string;
  /** Reference to the Binary that holds the document. */
  readonly binary: JsonObject;
}

/** A system of the source for records that have no number of their own in the document. */
export function ownSystem({ sender }: DocumentContext, kind: string): string {
  return `${sourceUri(sender.id)}/cda-${kind}`;
}

const BAD_TIME = 'A time is written as YYYYMMDDHHMMSS, from its left as far as it is known, with an offset such as +0800 or without one, and it exists';

/** The `value` of a time stamp as a dateTime; one that is impossible is a fault. */
export function timeAt(context: DocumentContext, element: XmlElement | undefined): string | undefined {
  return timeOf(context, element, attributeOf(element, 'value'));
}

/** `2025-04-01 08:15`, as some systems write times that they state as text. */
const SPACED = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$/;

/** The time that an observation states: as its value, which may be a text, else as the time of the observation itself. */
export function statedTime(context: DocumentContext, observation: XmlElement | undefined): string | undefined {
  const value = childAt(observation, 'value');
  const text = attributeOf(value, 'value') ?? textIn(value);
  const stated = timeOf(context, value, text !== undefined && SPACED.test(text) ? text.replace(/[-: ]/g, '') : text);
  return stated ?? periodAt(context, childAt(observation, 'effectiveTime')).start;
}

function timeOf({ sender, records }: DocumentContext, element: XmlElement | undefined, text: string | undefined): string | undefined {
  if (element === undefined || text === undefined || isBlank(text)) return undefined;
  const time = readTime(text, sender.offset);
  if (time === undefined) records.fault('value', element, BAD_TIME);
  return time;
}

/** A Period from `low` and `high`, or from one moment. */
export function periodAt(context: DocumentContext, element: XmlElement | undefined): { readonly start?: string; readonly end?: string } {
  const start = timeAt(context, childAt(element, 'low')) ?? timeAt(context, element);
  const end = timeAt(context, childAt(element, 'high'));
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

/** `<name>DateTime` for a moment, `<name>Period` for a time with an end. */
export function timeOrPeriod(context: DocumentContext, name: 'effective' | 'performed', element: XmlElement | undefined): JsonObject {
  const period = periodAt(context, element);
  if (period.start !== undefined && period.end === undefined) return { [`${name}DateTime`]: period.start };
  return period.end === undefined ? {} : { [`${name}Period`]: period };
}
