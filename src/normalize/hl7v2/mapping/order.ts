import type { JsonObject } from '../../../fhir/resource.ts';
import { textOf } from '../../../fhir/resource.ts';
import { localCodes } from '../datatypes/code-system.ts';
import { componentText, conceptOf, conceptsOf } from '../datatypes/concept.ts';
import { addressesOf } from '../datatypes/address.ts';
import { element, present, tableCoding, UNKNOWN } from '../datatypes/element.ts';
import { extendedIdentifiers, fieldIdentifier, pairedIdentifier } from '../datatypes/identifier.ts';
import { organizationOf } from '../datatypes/organization.ts';
import { practitionersOf } from '../datatypes/practitioner.ts';
import { telecomsOf } from '../datatypes/telecom.ts';
import { firstTime, timeOf } from '../datatypes/time.ts';
import type { Segment, Value } from '../segment.ts';
import { annotationsOf } from './annotation.ts';
import type { CareContext } from './care-context.ts';
import type { Draft } from './draft.ts';
import type { OrderGroup } from './group-orders.ts';
import { beginsOrder, orderStatus } from './order-status.ts';
import { participationsOf } from './participation.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, openNamed, report } from './reading.ts';
import type { Section } from './sections.ts';
import { serviceCategories } from './sections.ts';
import type { OrderTiming } from './timing.ts';
import { priorityOf, quantityTimingOf, timingOf } from './timing.ts';

/** The numbers of an order, of who placed it and of who fills it. */
export interface OrderNumbers {
  readonly placer: JsonObject | undefined;
  readonly filler: JsonObject | undefined;
  /** As the laboratory counts, else as the ward does; '' where neither gives one. */
  readonly number: string;
}

const PLACER = { kind: 'placer-order', type: 'PLAC' };
const FILLER = { kind: 'filler-order', type: 'FILL' };
/** Table 0482. */
const ORDER_TYPES: ReadonlySet<string> = new Set(['I', 'O']);

export function orderNumbers(reading: Reading, { orc, obr }: OrderGroup): OrderNumbers {
  const numberOf = (field: number, kind: typeof PLACER): JsonObject | undefined =>
    present([orc, obr].map((noted) => (noted === undefined ? undefined : fieldIdentifier(reading, noted.segment.value(field), kind))))[0];
  const placer = numberOf(2, PLACER);
  const filler = numberOf(3, FILLER);
  return { placer, filler, number: textOf((filler ?? placer)?.['value']) };
}

/** What an order asks for, as one word: it tells apart several that share a number. */
export function serviceOf(obr: Segment): string {
  const service = obr.value(4);
  return componentText(service, 1) || componentText(service, 2) || componentText(service, 4);
}

/**
 * ORC and OBR: the order. Messages about orders speak of it; results mention it, and must not be refused for what they do
 * not say of it.
 *
 * @returns undefined for an order without number: nothing could name it
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-orc-to-servicerequest.html
 */
export function readOrder(reading: Reading, group: OrderGroup, numbers: OrderNumbers, { care, section }: { readonly care: CareContext; readonly section: Section }): Draft | undefined {
  const orc = group.orc?.segment;
  const obr = group.obr?.segment;
  const segment = orc ?? obr;
  const first = numbers.placer ?? numbers.filler;
  if (first === undefined || segment === undefined) return undefined;
  const order = openOrder(reading, segment, first, obr);
  const isMention = reading.topic !== 'order';
  const control = orc?.text(1) ?? (isMention ? '' : 'NW');
  const status = orderStatus(control, orc?.text(5) ?? '');
  order.contribute(isMention ? 0 : 1)
    .add('identifier', [numbers.placer, numbers.filler, ...alternateNumbers(reading, orc, obr)])
    .add('basedOn', parentsOf(reading, [orc?.value(8), obr?.value(29), obr?.value(54)], numbers))
    .set('requisition', orc === undefined ? undefined : fieldIdentifier(reading, orc.value(4), { kind: 'placer-group', type: 'PGN' }), 4, segment)
    .set('status', status ?? (isMention ? 'unknown' : undefined), 5, segment)
    .set('intent', obr?.text(11) === 'G' ? 'reflex-order' : 'order', 11, obr ?? segment)
    .add('category', serviceCategories(section), 24, obr ?? segment)
    .set('subject', care.subject.patient.reference)
    .set('encounter', care.encounter?.reference)
    .set('requester', requesterOf(reading, orc, obr), 12, segment)
    .add('performer', participationsOf(reading, [...group.orc?.roles ?? [], ...isMention ? [] : group.obr?.roles ?? []]).map(({ actor }) => actor));
  setTimes(reading, order, { orc, obr, control, isMention });
  if (orc !== undefined) readControl(reading, order, orc);
  if (obr !== undefined) readRequest(reading, order, obr);
  // What goes on with an order may leave it to the message that began it, also where that comes later.
  if (!isMention && beginsOrder(control) && !order.has('code')) report(reading, 'required', { segment: obr ?? segment, field: obr === undefined ? 1 : 4 }, 'An order must name what is ordered (OBR-4)');
  setTiming(reading, order, group);
  // A report has no place for comments of its own in R4, but what follows its OBR is about the report.
  return order.add('note', [...annotationsOf(reading, [...group.orc?.notes ?? [], ...isMention ? [] : group.obr?.notes ?? []])]);
}

/** Several services may be ordered under one number: the first has it, each other is told by what it is, too. */
function openOrder(reading: Reading, segment: Segment, first: JsonObject, obr: Segment | undefined): Draft {
  const { draft } = openNamed(reading, 'ServiceRequest', first, segment);
  const service = obr === undefined ? '' : serviceOf(obr);
  const kept = reading.services.get(draft) ?? service;
  if (kept !== service && service !== '') return openNamed(reading, 'ServiceRequest', derivedIdentifier(reading, 'orders', [textOf(first['value']), service]), segment).draft;
  if (service !== '') reading.services.set(draft, service);
  return draft;
}

function alternateNumbers(reading: Reading, orc: Segment | undefined, obr: Segment | undefined): readonly JsonObject[] {
  const from = (segment: Segment | undefined, field: number): readonly JsonObject[] => (segment === undefined ? [] : extendedIdentifiers(reading, segment.values(field), PLACER, { segment, field }));
  return [...from(orc, 33), ...from(obr, 53)];
}

/** EIP: the order that this one is a part or a consequence of, by either of its numbers. Some senders name the order itself. */
function parentsOf(reading: Reading, parents: readonly (Value | undefined)[], { placer, filler }: OrderNumbers): readonly JsonObject[] {
  const own = new Set([placer, filler].map(nameOf));
  return present(parents.flatMap((value) => (value === undefined ? [] : [pairedIdentifier(reading, value, 1, PLACER), pairedIdentifier(reading, value, 2, FILLER)])))
    .filter((identifier) => !own.has(nameOf(identifier)))
    .map((identifier) => ({ type: 'ServiceRequest', identifier }));
}

function nameOf(identifier: JsonObject | undefined): string {
  return `${textOf(identifier?.['system'])}|${textOf(identifier?.['value'])}`;
}

/** Who ordered: a person, the institution, or the person in its service. */
function requesterOf(reading: Reading, orc: Segment | undefined, obr: Segment | undefined): JsonObject | undefined {
  const people = [{ segment: orc, field: 12 }, { segment: obr, field: 16 }].flatMap(({ segment, field }) => (segment === undefined ? [] : practitionersOf(reading, segment.values(field), { segment, field })));
  const [person] = people;
  if (orc === undefined) return person;
  const organization = organizationOf(reading, orc.value(21), { segment: orc, field: 21 }, {
    address: addressesOf(reading, orc.values(22), { segment: orc, field: 22 }), telecom: telecomsOf(reading, orc.values(23), { segment: orc, field: 23 }, 'work'),
  });
  if (person?.['reference'] === undefined || organization === undefined) return person ?? organization;
  const { draft } = openNamed(reading, 'PractitionerRole', derivedIdentifier(reading, 'roles', [textOf(person['display']) || textOf(person['reference']), 'orders', textOf(organization['display'])]), orc);
  draft.set('practitioner', person, 12, orc).set('organization', organization, 21, orc);
  return element({ ...draft.reference, display: person['display'] });
}

function setTimes(reading: Reading, order: Draft, { orc, obr, control, isMention }: { readonly orc: Segment | undefined; readonly obr: Segment | undefined; readonly control: string; readonly isMention: boolean }): void {
  const ofEvent = orc !== undefined && beginsOrder(control) ? timeOf(reading, orc, 9) : undefined;
  const requested = ofEvent ?? (obr === undefined ? undefined : timeOf(reading, obr, 6));
  const authored = requested ?? (control === 'NW' ? timeOf(reading, reading.message.header, 7) : undefined);
  order.set('authoredOn', authored, 9, orc ?? obr);
  if (authored === undefined && isMention) order.set('_authoredOn', UNKNOWN, 9, orc ?? obr);
}

function readControl(reading: Reading, order: Draft, orc: Segment): void {
  const type = orc.text(29);
  order.add('extension', conceptsOf(reading, orc.values(16)).map((valueCodeableConcept) => ({ url: 'http://hl7.org/fhir/StructureDefinition/request-statusReason', valueCodeableConcept })), 16, orc)
    .add('extension', callbacks(reading, orc, 14), 14, orc)
    .add('locationCode', [ORDER_TYPES.has(type) ? { coding: [tableCoding('0482', type)] } : conceptOf(reading, orc.value(29))], 29, orc);
}

/** @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-obr-to-servicerequest.html */
function readRequest(reading: Reading, order: Draft, obr: Segment): void {
  const clinical = obr.values(13).map((value) => value.wholeText().trim()).filter(Boolean);
  order.set('code', conceptOf(reading, obr.value(4), { local: localCodes(reading.sender) }), 4, obr)
    .add('orderDetail', conceptsOf(reading, [44, 46, 47].flatMap((field) => obr.values(field))), 46, obr)
    .set('priority', priorityOf(obr.text(5)), 5, obr)
    .add('reasonCode', conceptsOf(reading, obr.values(31)), 31, obr)
    .add('note', [...clinical, ...freeFields(obr)].map((text) => ({ text })), 13, obr)
    .add('extension', callbacks(reading, obr, 17), 17, obr);
}

/** OBR-18 to OBR-21 mean what the two sides agreed on. */
function freeFields(obr: Segment): readonly string[] {
  return [18, 19, 20, 21].filter((field) => obr.text(field) !== '').map((field) => `OBR-${field}: ${obr.value(field).wholeText().trim()}`);
}

function callbacks(reading: Reading, segment: Segment, field: number): readonly JsonObject[] {
  return telecomsOf(reading, segment.values(field), { segment, field }, 'work')
    .map((valueContactPoint) => ({ url: 'http://hl7.org/fhir/StructureDefinition/servicerequest-order-callback-phone-number', valueContactPoint }));
}

function setTiming(reading: Reading, order: Draft, { orc, obr, timings }: OrderGroup): void {
  const [tq1] = timings;
  const older = tq1 !== undefined ? undefined : (orc === undefined ? undefined : quantityTimingOf(reading, orc.segment, 7)) ?? (obr === undefined ? undefined : quantityTimingOf(reading, obr.segment, 27));
  const timing: OrderTiming | undefined = tq1 === undefined ? older : timingOf(reading, tq1);
  const scheduled = obr === undefined ? undefined : firstTime(reading, obr.segment, [36, 6]);
  const place = tq1 ?? orc?.segment ?? obr?.segment;
  const occurrence = timing?.occurrence ?? (scheduled === undefined ? undefined : ['occurrenceDateTime', scheduled] as const);
  if (occurrence !== undefined) order.set(occurrence[0], occurrence[1], undefined, place);
  if (timing === undefined) return;
  order.set('priority', timing.priority, undefined, place).set('quantityQuantity', timing.quantity, undefined, place)
    .add('note', present(timing.instructions).map((text) => ({ text })), undefined, place);
}
