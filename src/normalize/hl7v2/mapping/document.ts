import type { JsonObject } from '../../../fhir/resource.ts';
import { conceptOf, labelOf } from '../datatypes/concept.ts';
import { element, present } from '../datatypes/element.ts';
import { fieldIdentifier } from '../datatypes/identifier.ts';
import { organizationOf, ownOrganization } from '../datatypes/organization.ts';
import { practitionerOf, practitionersOf } from '../datatypes/practitioner.ts';
import { ownSystem } from '../datatypes/system.ts';
import { asInstant, firstTime, period, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import { annotationExtensions } from './annotation.ts';
import { attachmentsOf, isAttached, textAttachment } from './attachment.ts';
import type { CareContext } from './care-context.ts';
import type { Draft } from './draft.ts';
import type { Noted } from './noted.ts';
import { participationsOf } from './participation.ts';
import type { Reading } from './reading.ts';
import { open, openDistinct, openNamed, report } from './reading.ts';

/** Table 0271. */
const COMPLETION: ReadonlyMap<string, string> = new Map([
  ['AU', 'final'], ['LA', 'final'], ['DI', 'preliminary'], ['DO', 'preliminary'], ['IN', 'preliminary'], ['IP', 'preliminary'], ['PA', 'preliminary'], ['UC', 'preliminary'],
]);
/** Table 0273. */
const AVAILABILITY: ReadonlyMap<string, string> = new Map([['AV', 'current'], ['UN', 'current'], ['OB', 'superseded'], ['CA', 'entered-in-error'], ['DE', 'entered-in-error']]);
/** Table 0272. */
const CONFIDENTIALITY: ReadonlyMap<string, string> = new Map([['U', 'N'], ['UC', 'N'], ['R', 'R'], ['RE', 'R'], ['V', 'V'], ['VR', 'V']]);
/** Events that tell of a document without bringing it. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(['T01', 'T03', 'T05', 'T07', 'T09', 'T11']);
/** Events of a document that is known: without TXA-19 they leave it as available as it was. */
const OF_KNOWN: ReadonlySet<string> = new Set(['T03', 'T04', 'T07', 'T08', 'T11']);
const ADDENDA: ReadonlySet<string> = new Set(['T05', 'T06']);

/**
 * TXA and its OBX: a document, of which each message tells a part: its announcement, its text, a change of its state. What one
 * does not tell is left to the others, whichever comes first.
 *
 * @param observations OBX with the document
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-txa-to-documentreference.html
 */
export function readDocument(reading: Reading, { segment: txa, notes, roles }: Noted, observations: readonly Noted[], { subject, encounter }: CareContext): void {
  const event = reading.message.event;
  const number = fieldIdentifier(reading, txa.value(12), { kind: 'document' });
  if (number === undefined) report(reading, 'required', { segment: txa, field: 12 }, 'A document must have a number (TXA-12) by which later messages can name it');
  const document = number === undefined ? open(reading, 'DocumentReference', txa) : openNamed(reading, 'DocumentReference', number, txa).draft;
  document.contribute(1);
  const time = (fields: readonly number[]): string | undefined => asInstant(firstTime(reading, txa, fields));
  document.set('masterIdentifier', number, 12)
    .add('identifier', [fileName(reading, txa)], 16)
    .add('extension', annotationExtensions(reading, [...notes, ...observations.flatMap((noted) => noted.notes)]))
    .set('status', statusOf(event, txa.text(19)), 19)
    .set('docStatus', event === 'T11' ? 'entered-in-error' : COMPLETION.get(txa.text(17)), 17)
    .set('type', conceptOf(reading, txa.value(2)), 2)
    .set('subject', subject.patient.reference)
    .set('date', time([6, 7, 4]), 6)
    .add('author', [9, 5, 11].flatMap((field) => practitionersOf(reading, txa.values(field), { segment: txa, field })), 9)
    .add('author', participationsOf(reading, [...roles, ...observations.flatMap((noted) => noted.roles)]).map(({ actor }) => actor))
    .set('authenticator', [10, 22].flatMap((field) => practitionersOf(reading, txa.values(field), { segment: txa, field }))[0], 10)
    .set('custodian', ownOrganization(reading))
    .add('relatesTo', [parentOf(reading, txa)], 13)
    .set('description', txa.values(25).map((value) => value.wholeText().trim()).join('; '), 25)
    .add('securityLabel', [confidentiality(txa.text(18))], 18)
    .set('context', element({
      encounter: encounter === undefined ? undefined : [encounter.reference],
      period: period(timeOf(reading, txa, 4), undefined),
      related: ordersOf(reading, txa),
    }), 14);
  addContent(reading, document, txa, observations);
}

function statusOf(event: string, availability: string): string | undefined {
  if (event === 'T11') return 'entered-in-error';
  return availability === '' && OF_KNOWN.has(event) ? undefined : AVAILABILITY.get(availability) ?? 'current';
}

function addContent(reading: Reading, document: Draft, txa: Segment, observations: readonly Noted[]): void {
  const faults = reading.faults.length;
  const attachments = [...observations.flatMap(({ segment }) => (isAttached(segment) ? attachmentsOf(reading, segment) : [])), ...writtenOf(observations)];
  const [first] = observations;
  document.add('content', attachments.map((attachment) => ({ attachment })), 5, first?.segment ?? txa);
  const isMissing = attachments.length === 0 && !WITHOUT_CONTENT.has(reading.message.event) && reading.faults.length === faults;
  if (isMissing) report(reading, 'required', first === undefined ? txa : { segment: first.segment, field: 5 }, 'A message that brings a document holds it in OBX-5');
}

/** What is written in the message itself is one text, in the order of its lines. */
function writtenOf(observations: readonly Noted[]): readonly JsonObject[] {
  const lines = observations.filter(({ segment }) => !isAttached(segment)).map(({ segment }) => {
    const text = segment.values(5).map((value) => value.wholeText()).join('\n');
    return ['TX', 'FT', 'ST', ''].includes(segment.text(2)) ? text : `${labelOf(segment.value(3))}: ${segment.values(5).map((value) => labelOf(value)).join(', ')}`;
  });
  return lines.every((line) => line.trim() === '') ? [] : [textAttachment(lines.join('\n'))];
}

function fileName({ sender }: Reading, txa: Segment): JsonObject | undefined {
  return txa.text(16) === '' ? undefined : { system: ownSystem(sender, 'document-file'), value: txa.text(16) };
}

/** TXA-13: what an addendum is added to, or a new version replaces. */
function parentOf(reading: Reading, txa: Segment): JsonObject | undefined {
  const { event } = reading.message;
  const identifier = fieldIdentifier(reading, txa.value(13), { kind: 'document' });
  // What became of a document does not tell how it is related to its parent: the message that began it does.
  if (identifier === undefined || OF_KNOWN.has(event)) return undefined;
  return { code: ADDENDA.has(event) ? 'appends' : 'replaces', target: { type: 'DocumentReference', identifier } };
}

function ordersOf(reading: Reading, txa: Segment): readonly JsonObject[] {
  return present([...txa.values(14).map((value) => fieldIdentifier(reading, value, { kind: 'placer-order', type: 'PLAC' })), ...txa.values(15).map((value) => fieldIdentifier(reading, value, { kind: 'filler-order', type: 'FILL' }))])
    .map((identifier) => ({ type: 'ServiceRequest', identifier }));
}

function confidentiality(code: string): JsonObject | undefined {
  if (code === '') return undefined;
  const known = CONFIDENTIALITY.get(code);
  return known === undefined ? { text: code } : { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: known }] };
}

/** What a document belongs to that stands alone; `identity` as for a result. */
interface LooseContext { readonly care: CareContext; readonly identity: readonly string[] | undefined; readonly related: readonly JsonObject[] }

/** An OBX with a document that no report holds: about the patient, an order or a specimen. */
export function readLooseDocument(reading: Reading, { segment: obx, notes, roles }: Noted, { care, identity, related }: LooseContext): void {
  const attachments = attachmentsOf(reading, obx);
  if (attachments.length === 0) return;
  const document = identity === undefined ? open(reading, 'DocumentReference', obx) : openDistinct(reading, 'DocumentReference', ['attachments', [...identity, obx.text(3), obx.text(4)]], obx);
  const isWithdrawn = obx.text(11) === 'D' || obx.text(11) === 'W';
  document.add('identifier', [fieldIdentifier(reading, obx.value(21), { kind: 'observation', type: 'FILL' })], 21)
    .add('extension', annotationExtensions(reading, notes))
    .set('status', isWithdrawn ? 'entered-in-error' : 'current', 11)
    .set('type', conceptOf(reading, obx.value(3)), 3)
    .set('subject', care.subject.patient.reference)
    .set('date', asInstant(firstTime(reading, obx, [14, 19])), 14)
    .add('author', [practitionerOf(reading, obx.value(16), { segment: obx, field: 16 }), organizationOf(reading, obx.value(23), { segment: obx, field: 23 })], 16)
    .add('author', participationsOf(reading, roles).map(({ actor }) => actor))
    .add('content', attachments.map((attachment) => ({ attachment })), 5)
    .set('context', element({ encounter: care.encounter === undefined ? undefined : [care.encounter.reference], related }));
}
