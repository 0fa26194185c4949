import type { JsonObject } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import { conceptOf, conceptsOf, labelOf } from '../datatypes/concept.ts';
import { element, present } from '../datatypes/element.ts';
import { fieldIdentifier } from '../datatypes/identifier.ts';
import { locationsOf } from '../datatypes/location.ts';
import { wholeNumber } from '../datatypes/number.ts';
import { practitionersOf } from '../datatypes/practitioner.ts';
import { asInstant, minutesAfter, period, readTime, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import { annotationsOf } from './annotation.ts';
import type { Draft } from './draft.ts';
import type { Noted } from './noted.ts';
import type { Reading } from './reading.ts';
import { open, openNamed, report } from './reading.ts';

/** @see HL7 v2.9 chapter 10 */
const BY_EVENT: ReadonlyMap<string, string> = new Map([
  ['S12', 'booked'], ['S13', 'booked'], ['S14', 'booked'], ['S15', 'cancelled'], ['S16', 'cancelled'], ['S17', 'entered-in-error'], ['S26', 'noshow'],
]);
/** Table 0278. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70278-to-appointment-status.html */
const BY_FILLER: ReadonlyMap<string, string> = new Map([
  ['PENDING', 'pending'], ['WAITLIST', 'waitlist'], ['BOOKED', 'booked'], ['STARTED', 'checked-in'], ['COMPLETE', 'fulfilled'],
  ['CANCELLED', 'cancelled'], ['DISCONTINUED', 'cancelled'], ['DELETED', 'entered-in-error'], ['NOSHOW', 'noshow'],
]);
/** Units of time in minutes, by UCUM, ISO+ and what senders write. */
const MINUTES: ReadonlyMap<string, number> = new Map([
  ['', 1], ['MIN', 1], ['M', 1], ['MINUTE', 1], ['MINUTES', 1], ['分钟', 1], ['S', 1 / 60], ['SEC', 1 / 60], ['H', 60], ['HR', 60], ['HOUR', 60], ['HOURS', 60], ['小时', 60], ['D', 1440], ['DAY', 1440],
]);
const PARTICIPANT_TYPES = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

interface Span { readonly start: string | undefined; readonly end: string | undefined }

/**
 * SCH with the resources of AIS, AIP, AIL and AIG: an appointment.
 *
 * @param noted segments of the message behind its header
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-sch-to-appointment.html
 */
export function readAppointment(reading: Reading, { segment: sch, notes }: Noted, noted: readonly Noted[], patients: readonly Draft[]): Draft {
  const identifiers = present([fieldIdentifier(reading, sch.value(2), { kind: 'filler-appointment', type: 'FILL' }), fieldIdentifier(reading, sch.value(1), { kind: 'placer-appointment', type: 'PLAC' })]);
  const [first] = identifiers;
  if (first === undefined) report(reading, 'required', { segment: sch, field: 2 }, 'An appointment must have a number (SCH-2 or SCH-1) by which later messages can name it');
  const appointment = first === undefined ? open(reading, 'Appointment', sch) : openNamed(reading, 'Appointment', first, sch).draft;
  const services = noted.filter(({ segment }) => segment.name === 'AIS');
  const span = spanOf(reading, sch, noted);
  const status = statusOf(reading, sch);
  const reason = conceptOf(reading, sch.value(6));
  const isCalledOff = status === 'cancelled' || status === 'noshow';
  appointment.add('identifier', identifiers, 2)
    .set('status', status, 25)
    .set('cancelationReason', isCalledOff ? reason : undefined, 6)
    .add('serviceType', services.flatMap(({ segment }) => conceptsOf(reading, segment.values(3))), 3, services[0]?.segment)
    .set('appointmentType', conceptOf(reading, sch.value(8)), 8)
    .add('reasonCode', [conceptOf(reading, sch.value(7)), isCalledOff ? undefined : reason], 7)
    .set('start', span.end === undefined ? undefined : span.start, 11)
    .set('end', span.start === undefined ? undefined : span.end, 11)
    .set('minutesDuration', wholeNumber(String(Math.round(durationOf(sch, 9, 10) ?? minutesIn(sch.value(11).text(3)) ?? Number.NaN)), 1), 9)
    .set('comment', commentOf(reading, [...notes, ...noted.flatMap((other) => (other.segment.name.startsWith('AI') ? other.notes : []))]))
    .add('basedOn', ordersOf(reading, sch), 26)
    .add('participant', patients.map((patient) => ({ actor: patient.reference, status: 'accepted' })))
    .add('participant', resourcesOf(reading, noted))
    .add('participant', contactsOf(reading, sch));
  return appointment;
}

function statusOf(reading: Reading, sch: Segment): string {
  const status = BY_EVENT.get(reading.message.event) ?? 'booked';
  return status === 'booked' ? BY_FILLER.get(sch.text(25).toUpperCase()) ?? status : status;
}

/** TQ in SCH-11, TQ1, or when the first resource is taken. An end that is not told follows from the duration. */
function spanOf(reading: Reading, sch: Segment, noted: readonly Noted[]): Span {
  const [tq1] = noted.filter(({ segment }) => segment.name === 'TQ1');
  const asked = sch.value(11);
  const place = { segment: sch, field: 11 };
  const minutes = durationOf(sch, 9, 10) ?? minutesIn(asked.text(3));
  const spans: readonly Span[] = [
    { start: readTime(reading, asked.text(4), place), end: readTime(reading, asked.text(5), place) },
    tq1 === undefined ? NONE : { start: timeOf(reading, tq1.segment, 7), end: timeOf(reading, tq1.segment, 8) },
    ...noted.flatMap(({ segment }) => (RESOURCES.has(segment.name) ? [resourceSpan(reading, segment)] : [])),
  ];
  const { start, end } = spans.find((span) => asInstant(span.start) !== undefined) ?? NONE;
  return { start, end: asInstant(end) ?? (start === undefined || minutes === undefined ? spans.find((span) => asInstant(span.end) !== undefined && asInstant(span.start) === start)?.end : minutesAfter(start, minutes)) };
}

const NONE: Span = { start: undefined, end: undefined };

/** Numbers of the fields of a resource: who or what, when, for how long. */
interface Layout { readonly actor: number; readonly type?: number; readonly start: number; readonly duration: number }
const RESOURCES: ReadonlyMap<string, Layout> = new Map([
  ['AIS', { actor: 3, start: 4, duration: 7 }], ['AIG', { actor: 3, type: 4, start: 8, duration: 11 }], ['AIL', { actor: 3, type: 4, start: 6, duration: 9 }], ['AIP', { actor: 3, type: 4, start: 6, duration: 9 }],
]);

function resourceSpan(reading: Reading, segment: Segment): Span {
  const { start: field = 0, duration = 0 } = RESOURCES.get(segment.name) ?? {};
  const start = timeOf(reading, segment, field);
  const minutes = durationOf(segment, duration, duration + 1);
  return { start, end: start === undefined || minutes === undefined ? undefined : minutesAfter(start, minutes) };
}

function durationOf(segment: Segment, field: number, unit: number): number | undefined {
  const count = wholeNumber(segment.text(field), 1);
  const minutes = MINUTES.get(segment.text(unit).toUpperCase()) ?? MINUTES.get(segment.text(unit, 2).toUpperCase());
  return count === undefined || minutes === undefined ? undefined : count * minutes;
}

/** TQ-3: `M30`, `H1`. */
function minutesIn(duration: string): number | undefined {
  const [, unit = '', count = ''] = /^([SMHD])(\d{1,6})$/.exec(duration) ?? [];
  const minutes = MINUTES.get(unit);
  return count === '' || minutes === undefined ? undefined : Number(count) * minutes;
}

function resourcesOf(reading: Reading, noted: readonly Noted[]): readonly (JsonObject | undefined)[] {
  return noted.flatMap(({ segment }) => {
    const layout = RESOURCES.get(segment.name);
    if (layout === undefined || segment.name === 'AIS') return [];
    const { start, end } = resourceSpan(reading, segment);
    const type = layout.type === undefined ? undefined : conceptOf(reading, segment.value(layout.type));
    return actorsOf(reading, segment, layout.actor).map((actor) => element({ type: present([type]), actor, status: 'accepted', period: period(start, end) }));
  });
}

function actorsOf(reading: Reading, segment: Segment, field: number): readonly JsonObject[] {
  const place = { segment, field };
  if (segment.name === 'AIP') return practitionersOf(reading, segment.values(field), place);
  if (segment.name === 'AIL') return locationsOf(reading, segment.values(field), place);
  return present(segment.values(field).map((value) => element({ display: labelOf(value) })));
}

function contactsOf(reading: Reading, sch: Segment): readonly JsonObject[] {
  const contact = (field: number, type: JsonObject): readonly JsonObject[] =>
    practitionersOf(reading, sch.values(field), { segment: sch, field }).map((actor) => ({ type: [type], actor, status: 'accepted' }));
  return [...contact(12, { text: 'placer contact' }), ...contact(16, { text: 'filler contact' }), ...contact(20, { coding: [{ system: PARTICIPANT_TYPES, code: 'ENT', display: 'data entry person' }] })];
}

function ordersOf(reading: Reading, sch: Segment): readonly JsonObject[] {
  return present([fieldIdentifier(reading, sch.value(26), { kind: 'placer-order', type: 'PLAC' }), fieldIdentifier(reading, sch.value(27), { kind: 'filler-order', type: 'FILL' })])
    .map((identifier) => ({ type: 'ServiceRequest', identifier }));
}

function commentOf(reading: Reading, notes: readonly Segment[]): string {
  return annotationsOf(reading, notes).map(({ text }) => textOf(text)).join('\n');
}
