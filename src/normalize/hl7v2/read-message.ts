import type { JsonValue } from '../../fhir/resource.ts';
import { isList, isObject, textOf } from '../../fhir/resource.ts';
import { USCC_SYSTEM } from '../../fhir/validation/identifiers.ts';
import type { Sender } from '../local-identity.ts';
import type { SentMessage } from '../message.ts';
import { faultIn } from '../message.ts';
import { timeOf } from './datatypes/time.ts';
import { groupOrders, splitPatients } from './mapping/group-orders.ts';
import { readAppointment } from './mapping/appointment.ts';
import { readDocument } from './mapping/document.ts';
import { readHead } from './mapping/head.ts';
import { linkPatients, mergePatients, unlinkPatients } from './mapping/merge-patients.ts';
import type { Noted } from './mapping/noted.ts';
import { withNotes } from './mapping/noted.ts';
import { readOrders } from './mapping/orders.ts';
import { readEventProvenance } from './mapping/provenance.ts';
import type { Reading, Topic } from './mapping/reading.ts';
import { openReading, report } from './mapping/reading.ts';
import type { V2Message } from './parse.ts';
import { saidAtOf } from './said-at.ts';

/** How the messages of one kind are read. */
interface MessageRule { readonly topic: Topic; readonly read: (reading: Reading, noted: readonly Noted[]) => void }

const VISITS: MessageRule = { topic: 'administration', read: readAdmission };
const ORDERS: MessageRule = { topic: 'order', read: readPatients };
const RESULTS: MessageRule = { topic: 'result', read: readPatients };
const DOCUMENTS: MessageRule = { topic: 'document', read: readDocuments };
const APPOINTMENTS: MessageRule = { topic: 'schedule', read: readAppointments };
const patientsOf = (read: (reading: Reading, groups: readonly (readonly Noted[])[]) => void): MessageRule => ({
  topic: 'administration',
  read: (reading, noted) => {
    read(reading, requirePatients(reading, noted));
    const evn = noted.find(({ segment }) => segment.name === 'EVN')?.segment;
    if (evn !== undefined) readEventProvenance(reading, evn, reading.drafts.filter(({ type }) => type === 'Patient'));
  },
});

/** Message types that are taken in, by their trigger events. */
const RULES: Readonly<Record<string, ReadonlyMap<string, MessageRule>>> = {
  ADT: new Map([
    ...['A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A11', 'A12', 'A13', 'A28', 'A31'].map((event) => [event, VISITS] as const),
    ['A24', patientsOf(linkPatients)], ['A37', patientsOf(unlinkPatients)],
    ...['A34', 'A39', 'A40'].map((event) => [event, patientsOf(mergePatients)] as const),
  ]),
  ORM: new Map([['O01', ORDERS]]),
  OMG: new Map([['O19', ORDERS]]),
  OML: new Map(['O21', 'O33', 'O35'].map((event) => [event, ORDERS] as const)),
  ORU: new Map(['R01'].map((event) => [event, RESULTS] as const)),
  OUL: new Map(['R21', 'R22', 'R23', 'R24'].map((event) => [event, RESULTS] as const)),
  MDM: new Map(['T01', 'T02', 'T03', 'T04', 'T05', 'T06', 'T07', 'T08', 'T09', 'T10', 'T11'].map((event) => [event, DOCUMENTS] as const)),
  SIU: new Map(['S12', 'S13', 'S14', 'S15', 'S16', 'S17', 'S26'].map((event) => [event, APPOINTMENTS] as const)),
};
/** Before version 2.3 the type alone told what a message is. */
const ONLY_EVENTS: ReadonlyMap<string, string> = new Map([['ORM', 'O01'], ['ORU', 'R01']]);

/**
 * Reads the records of an HL7 v2 message, as HL7's guide maps them to FHIR R4. All faults are collected, each with its place
 * in the message; never throws for bad data.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/
 */
export function readV2(sent: V2Message, sender: Sender): SentMessage {
  const message = { ...sent, event: eventOf(sent) };
  const rule = Object.hasOwn(RULES, message.type) ? RULES[message.type]?.get(message.event) : undefined;
  if (rule === undefined) return { kind: 'hl7v2', entries: [], faults: [faultIn(undefined, 'not-supported', sent.header.place(9), `This message type is not taken in; those that are: ${typesTakenIn()}`)] };
  const reading = openReading(message, sender, rule.topic);
  // When it was sent is no part of a record, and decides which of two messages holds.
  timeOf(reading, message.header, 7);
  rule.read(reading, withNotes(message.segments.slice(1)));
  nameLaboratory(reading);
  return { kind: 'hl7v2', entries: reading.drafts.map((draft) => draft.toEntry()), faults: reading.faults, saidAt: saidAtOf(message, reading.offset) };
}

/** Results of a laboratory that the message does not name are those of the institution that sends them. */
function nameLaboratory({ drafts, sender }: Reading): void {
  const own: JsonValue = { type: 'Organization', identifier: { system: USCC_SYSTEM, value: sender.organization.uscc } };
  for (const draft of drafts) {
    if (draft.type !== 'Observation' && draft.type !== 'DiagnosticReport') continue;
    const performers = draft.get('performer');
    const named: readonly JsonValue[] = isList(performers) ? performers : [];
    if (!named.some((performer) => isObject(performer) && /Organization/.test(`${textOf(performer['reference'])} ${textOf(performer['type'])}`))) draft.set('performer', [own, ...named]);
  }
}

function typesTakenIn(): string {
  return Object.entries(RULES).map(([type, events]) => `${type}^${[...events.keys()].join(', ')}`).join('; ');
}

function eventOf({ type, event, segments }: V2Message): string {
  if (event !== '') return event;
  const evn = segments.find(({ name }) => name === 'EVN')?.text(1) ?? '';
  return (type === 'ADT' ? evn : ONLY_EVENTS.get(type)) ?? '';
}

/** ADT about a visit, or about a person. */
function readAdmission(reading: Reading, noted: readonly Noted[]): void {
  const evn = noted.find(({ segment }) => segment.name === 'EVN')?.segment;
  const [head] = requirePatients(reading, noted);
  const care = head === undefined ? undefined : readHead(reading, head, evn);
  if (care === undefined || evn === undefined) return;
  readEventProvenance(reading, evn, care.encounter === undefined ? [care.subject.patient] : [care.subject.patient, care.encounter]);
}

/** Messages of orders and of results: one patient or several. */
function readPatients(reading: Reading, noted: readonly Noted[]): void {
  for (const segments of requirePatients(reading, noted)) {
    const group = groupOrders(segments, reading.message);
    const care = readHead(reading, group.head, undefined);
    if (care !== undefined) readOrders(reading, group, care);
  }
}

function readDocuments(reading: Reading, noted: readonly Noted[]): void {
  const [head] = requirePatients(reading, noted);
  if (head === undefined) return;
  const start = head.findIndex(({ segment }) => segment.name === 'TXA');
  const care = readHead(reading, head.filter(({ segment }) => segment.name !== 'OBX'), undefined);
  const txa = head[start];
  if (txa === undefined) report(reading, 'required', reading.message.header, 'A message about a document holds a TXA segment');
  else if (care !== undefined) readDocument(reading, txa, head.slice(start).filter(({ segment }) => segment.name === 'OBX'), care);
}

/** An appointment may be of no patient at all, such as a time that is kept free. */
function readAppointments(reading: Reading, noted: readonly Noted[]): void {
  const sch = noted.find(({ segment }) => segment.name === 'SCH');
  const cares = splitPatients(noted).flatMap((head) => readHead(reading, head, undefined) ?? []);
  if (sch === undefined) return report(reading, 'required', reading.message.header, 'A message about an appointment holds a SCH segment');
  const appointment = readAppointment(reading, sch, noted, cares.map(({ subject }) => subject.patient));
  for (const { encounter } of cares) encounter?.add('appointment', [appointment.reference]);
}

function requirePatients(reading: Reading, noted: readonly Noted[]): readonly (readonly Noted[])[] {
  const groups = splitPatients(noted);
  if (groups.length === 0) report(reading, 'required', reading.message.header, 'The message names no patient: it has no PID segment');
  return groups;
}
