import type { JsonObject } from '../../../fhir/resource.ts';
import { isList, isObject } from '../../../fhir/resource.ts';
import { conceptOf, conceptsOf } from '../datatypes/concept.ts';
import { element, extension, present, tableCoding, UNKNOWN } from '../datatypes/element.ts';
import { extendedIdentifier, extendedIdentifiers } from '../datatypes/identifier.ts';
import { locationsOf } from '../datatypes/location.ts';
import { numberIn } from '../datatypes/number.ts';
import { ownOrganization } from '../datatypes/organization.ts';
import { practitionersOf } from '../datatypes/practitioner.ts';
import { firstTime, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Draft } from './draft.ts';
import type { VisitEvent } from './encounter-event.ts';
import { isAboutVisit, visitEventOf } from './encounter-event.ts';
import type { Noted } from './noted.ts';
import { participationsOf } from './participation.ts';
import type { Subject } from './patient.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, openNamed, report } from './reading.ts';
import { ADMISSION_TYPE, AMBULATORY_STATUS, READMISSION } from './tables.ts';

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

/** Table 0004. `N` and `U` say nothing. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70004-to-v3-actcode.html */
const CLASSES: ReadonlyMap<string, JsonObject> = new Map([
  ['E', { system: ACT_CODE, code: 'EMER', display: 'emergency' }],
  ['I', { system: ACT_CODE, code: 'IMP', display: 'inpatient encounter' }],
  ['O', { system: ACT_CODE, code: 'AMB', display: 'ambulatory' }],
  ['P', { system: ACT_CODE, code: 'PRENC', display: 'pre-admission' }],
  ['R', tableCoding('0004', 'R')], ['B', tableCoding('0004', 'B')], ['C', tableCoding('0004', 'C')],
]);
const NAMELESS = 'The visit has no number (PV1-19), no account (PID-18) and no beginning (PV1-44) by which later messages could name it';
const SAYS_NO_CLASS: ReadonlySet<string> = new Set(['', 'N', 'U']);

/** Fields of PV1 and PV2 that name who takes part, and as what. */
const PARTICIPANTS = [[7, 'ATND', 'attender'], [8, 'REF', 'referrer'], [9, 'CON', 'consultant'], [17, 'ADM', 'admitter'], [52, 'PART', 'Participation']] as const;

/** Fields of PV1 that tell of the stay in the house. */
const HOSPITALIZATION = [
  [5, 'preAdmissionIdentifier'], [14, 'admitSource'], [13, 'reAdmission'], [38, 'dietPreference'], [16, 'specialCourtesy'], [15, 'specialArrangement'], [37, 'destination'], [36, 'dischargeDisposition'],
] as const;
/** How the stay ended: nothing of it holds once the discharge is taken back. */
const OF_DISCHARGE: ReadonlySet<string> = new Set(['destination', 'dischargeDisposition']);

/** The segments of a message that speak of one visit. */
export interface VisitSegments { readonly pv1: Noted; readonly pv2: Segment | undefined; readonly evn: Segment | undefined; readonly pid: Segment }

/**
 * PV1 and PV2: the visit. An admission speaks of it, and takes back what it undoes; other messages mention it. What it does
 * not say (status and class of a visit that a result mentions) is left to other messages.
 *
 * @returns undefined where nothing tells one visit of the patient from another
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-pv1-to-encounter.html
 */
export function readEncounter(reading: Reading, segments: VisitSegments, subject: Subject): Draft | undefined {
  const { pv1: { segment: pv1, roles }, pv2, evn } = segments;
  const event = visitEventOf(reading.topic === 'administration' ? reading.message.event : '');
  const start = startOf(reading, segments, event);
  const identifier = visitIdentifier(reading, segments, { number: subject.number, start });
  if (identifier === undefined) {
    if (reading.topic === 'administration' && isAboutVisit(reading.message.event)) report(reading, 'required', { segment: pv1, field: 19 }, NAMELESS);
    return undefined;
  }
  const { draft } = openNamed(reading, 'Encounter', identifier, pv1);
  draft.contribute(reading.topic === 'administration' ? 1 : 0)
    .add('identifier', extendedIdentifiers(reading, pv1.values(50), { kind: 'alternate-visit' }, { segment: pv1, field: 50 }), 50)
    .set('class', classOf(reading, pv1), 2)
    .add('type', present([conceptOf(reading, pv1.value(4), { table: ADMISSION_TYPE }), conceptOf(reading, pv1.value(18))]), 4)
    .set('serviceType', conceptOf(reading, pv1.value(10)), 10)
    .set('subject', subject.patient.reference)
    .add('participant', participantsOf(reading, pv1, pv2))
    .add('participant', participationsOf(reading, roles).map(({ role, actor, period: time }) => participant(role, actor, time)))
    .add('location', locationsIn(reading, pv1, event), 3)
    .set('serviceProvider', ownOrganization(reading))
    .set('hospitalization', hospitalizationOf(reading, pv1, event));
  for (const [field, name] of HOSPITALIZATION) if (pv1.isNull(field) || (event.reopens && OF_DISCHARGE.has(name))) draft.clear(`hospitalization.${name}`);
  setPeriod(reading, draft, { pv1, evn, event, start });
  if (pv2 !== undefined) readAdditional(reading, draft, pv2);
  return draft;
}

export function participant(role: JsonObject | undefined, individual: JsonObject, time?: JsonObject): JsonObject | undefined {
  return element({ type: present([role]), period: time, individual });
}

function visitIdentifier(reading: Reading, { pv1: { segment: pv1 }, pid }: VisitSegments, { number, start }: { readonly number: string; readonly start: string | undefined }): JsonObject | undefined {
  const visit = extendedIdentifier(reading, pv1.value(19), { kind: 'visit', type: 'VN' }, { segment: pv1, field: 19 });
  if (visit !== undefined) return visit;
  const account = extendedIdentifier(reading, pid.value(18), { kind: 'account', type: 'AN' }, { segment: pid, field: 18 });
  if (account !== undefined) return account;
  return number === '' || start === undefined ? undefined : derivedIdentifier(reading, 'visits', [number, start]);
}

/** Of a visit that the event begins, the event's own time is better than none. */
function startOf(reading: Reading, { pv1: { segment: pv1 }, pv2, evn }: VisitSegments, event: VisitEvent): string | undefined {
  const admitted = timeOf(reading, pv1, 44);
  if (admitted !== undefined || !event.begins) return admitted;
  const expected = event.status === 'planned' && pv2 !== undefined ? timeOf(reading, pv2, 8) : undefined;
  return expected ?? (evn === undefined ? undefined : firstTime(reading, evn, [6, 2]));
}

function setPeriod(reading: Reading, draft: Draft, { pv1, evn, event, start }: { readonly pv1: Segment; readonly evn: Segment | undefined; readonly event: VisitEvent; readonly start: string | undefined }): void {
  const isMention = reading.topic !== 'administration';
  const ended = event.reopens ? undefined : timeOf(reading, pv1, 45) ?? (event.status === 'finished' && evn !== undefined ? timeOf(reading, evn, 6) : undefined);
  // A result must not be refused because it does not say when the visit began.
  draft.set('period', element({ start, _start: start === undefined && isMention ? UNKNOWN : undefined, end: ended }), 44)
    .set('status', ended !== undefined && event.status !== 'cancelled' ? 'finished' : event.status);
  if (event.reopens || pv1.isNull(45)) draft.clear('period.end');
  if (pv1.isNull(44)) draft.clear('period.start');
}

function classOf({ sender }: Reading, pv1: Segment): JsonObject | undefined {
  const code = pv1.text(2);
  if (SAYS_NO_CLASS.has(code)) return undefined;
  return CLASSES.get(code.toUpperCase()) ?? conceptCoding(conceptOf({ sender }, pv1.value(2)));
}

/** The first coding of a concept, for an element that is a Coding. */
function conceptCoding(concept: JsonObject | undefined): JsonObject | undefined {
  const codings = concept?.['coding'];
  const first = isList(codings) ? codings[0] : undefined;
  return isObject(first) ? first : undefined;
}

function participantsOf(reading: Reading, pv1: Segment, pv2: Segment | undefined): readonly (JsonObject | undefined)[] {
  const role = (code: string, display: string): JsonObject => ({ coding: [{ system: PARTICIPATION, code, display }] });
  const named = PARTICIPANTS.flatMap(([field, code, display]) =>
    practitionersOf(reading, pv1.values(field), { segment: pv1, field }).map((individual) => participant(role(code, display), individual)));
  const sources = pv2 === undefined ? [] : practitionersOf(reading, pv2.values(13), { segment: pv2, field: 13 });
  return [...named, ...sources.map((individual) => participant(role('REF', 'referrer'), individual))];
}

function locationsIn(reading: Reading, pv1: Segment, event: VisitEvent): readonly JsonObject[] {
  const at = (field: number, status: string): readonly JsonObject[] =>
    locationsOf(reading, pv1.values(field), { segment: pv1, field }).map((location) => ({ location, status }));
  const assigned = pv1.text(2) === 'P' && event.location === 'active' ? 'planned' : event.location;
  return [...at(3, assigned), ...(event.takesTransferBack ? [] : at(6, 'completed')), ...at(11, 'active'), ...at(42, 'reserved')];
}

function hospitalizationOf(reading: Reading, pv1: Segment, { reopens }: VisitEvent): JsonObject | undefined {
  return element({
    preAdmissionIdentifier: extendedIdentifier(reading, pv1.value(5), { kind: 'preadmission' }, { segment: pv1, field: 5 }),
    admitSource: conceptOf(reading, pv1.value(14)),
    reAdmission: conceptOf(reading, pv1.value(13), { table: READMISSION }),
    dietPreference: conceptsOf(reading, pv1.values(38)),
    specialCourtesy: conceptsOf(reading, pv1.values(16)),
    specialArrangement: conceptsOf(reading, pv1.values(15), { table: AMBULATORY_STATUS }),
    ...reopens ? {} : {
      destination: element({ display: [pv1.text(37, 1, 1), pv1.text(37, 1, 2)].filter(Boolean).join(' ') }),
      dischargeDisposition: conceptOf(reading, pv1.value(36)),
    },
  });
}

/** @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-pv2-to-encounter.html */
function readAdditional(reading: Reading, draft: Draft, pv2: Segment): void {
  const days = numberIn(pv2.text(11));
  const arrival = conceptCoding(conceptOf(reading, pv2.value(38)));
  draft.add('reasonCode', present([conceptOf(reading, pv2.value(3))]), 3, pv2)
    .set('priority', conceptOf(reading, pv2.value(25)), 25, pv2)
    .set('length', days === undefined ? undefined : { value: days, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' }, 11, pv2)
    .add('extension', [
      extension('http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedStartDate', { valueDateTime: timeOf(reading, pv2, 8) }),
      extension('http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate', { valueDateTime: timeOf(reading, pv2, 9) }),
      extension('http://hl7.org/fhir/StructureDefinition/encounter-modeOfArrival', { valueCoding: arrival }),
      extension('http://hl7.org/fhir/StructureDefinition/note', { valueAnnotation: element({ text: pv2.text(12) }) }),
    ], undefined, pv2);
}
