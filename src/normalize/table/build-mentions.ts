import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { RESIDENT_ID_SYSTEMS, USCC_SYSTEM } from '../../fhir/validation/identifiers.ts';
import { sourceUri } from '../derive-id.ts';
import type { Sender } from '../local-identity.ts';
import type { Mention } from './mentions.ts';

/** Kinds of records that rows mention on the way. */
export type MentionedKind = 'patient' | 'visit' | 'order' | 'specimen';

/** Builds the records that rows mention on the way, and the references to them. */
export interface MentionBuilder {
  /** @returns undefined where the rows say too little of the record: they then refer to what was sent of it otherwise */
  build(kind: MentionedKind, mention: Mention): Resource | undefined;
  /** The same object for the same record. */
  referenceTo(kind: MentionedKind, mention: Mention): JsonObject;
  readonly organization: JsonObject;
  /** System of the identifiers, or codes, of this kind that the source gives out. */
  systemOf(kind: string): string;
}

const [RESIDENT_ID_SYSTEM = ''] = RESIDENT_ID_SYSTEMS;
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const TYPES = { visit: 'Encounter', order: 'ServiceRequest', specimen: 'Specimen' } as const;
const SYSTEMS = { visit: 'encounter', order: 'order', specimen: 'specimen' } as const;

export function mentionBuilder(sender: Sender): MentionBuilder {
  const systemOf = (kind: string): string => `${sourceUri(sender.id)}/${kind}`;
  const organization = { type: 'Organization', identifier: { system: USCC_SYSTEM, value: sender.organization.uscc } };
  const references = new Map<Mention, JsonObject>();
  const referTo = (kind: MentionedKind, mention: Mention): JsonObject => {
    if (isWhole(kind, mention)) return { reference: mention.fullUrl };
    return kind === 'patient' ? knownPatient(mention, sender) : { type: TYPES[kind], identifier: { system: systemOf(SYSTEMS[kind]), value: mention.key } };
  };
  const referenceTo = (kind: MentionedKind, mention: Mention): JsonObject => {
    const reference = references.get(mention) ?? referTo(kind, mention);
    references.set(mention, reference);
    return reference;
  };
  const builders: Readonly<Record<MentionedKind, (said: Mention['said'], subject: JsonObject) => Resource>> = {
    patient: (said) => patientOf(said, sender, organization),
    visit: (said, subject) => visitOf(said, subject, { system: systemOf('encounter'), organization }),
    order: (said, subject) => orderOf(said, subject, { order: systemOf('order'), panel: systemOf('panels') }),
    specimen: (said, subject) => specimenOf(said, subject, systemOf('specimen')),
  };
  return {
    systemOf,
    organization,
    referenceTo,
    build: (kind, mention) => (isWhole(kind, mention) ? builders[kind](mention.said, referenceTo('patient', mention.patient ?? mention)) : undefined),
  };
}

/** True where rows say all that the record must have to be of use by itself. */
function isWhole(kind: MentionedKind, { said }: Mention): boolean {
  switch (kind) {
    case 'patient': return said.name !== '';
    case 'visit': return said.visitStart !== '';
    case 'order': return said.ordered !== '' && said.reportName !== '';
    case 'specimen': return said.specimenType !== '';
  }
}

function visitOf(said: Mention['said'], subject: JsonObject, { system, organization }: { readonly system: string; readonly organization: JsonObject }): Resource {
  return {
    resourceType: 'Encounter',
    identifier: [{ system, value: said.visitNumber }],
    // A table of results does not tell how far the visit is.
    status: 'unknown',
    class: { system: ACT_CODE, code: said.visitClass === '' ? 'AMB' : said.visitClass },
    subject,
    period: { start: said.visitStart },
    serviceProvider: organization,
  };
}

function orderOf(said: Mention['said'], subject: JsonObject, systems: { readonly order: string; readonly panel: string }): Resource {
  return {
    resourceType: 'ServiceRequest',
    identifier: [{ system: systems.order, value: said.orderNumber }],
    status: 'unknown',
    intent: 'order',
    code: panelCode(said, systems.panel),
    subject,
    authoredOn: said.ordered,
    ...(said.doctor === '' ? {} : { requester: { type: 'Practitioner', display: said.doctor } }),
  };
}

function specimenOf(said: Mention['said'], subject: JsonObject, system: string): Resource {
  return {
    resourceType: 'Specimen',
    identifier: [{ system, value: said.specimenNumber }],
    type: { text: said.specimenType },
    subject,
    ...(said.received === '' ? {} : { receivedTime: said.received }),
    collection: { collectedDateTime: said.collected },
  };
}

/** What a report or an order is about. */
export function panelCode({ reportCode, reportName }: Mention['said'], system: string): JsonObject {
  if (reportCode === '') return { text: reportName };
  return { coding: [{ system, code: reportCode, ...(reportName === '' ? {} : { display: reportName }) }], ...(reportName === '' ? {} : { text: reportName }) };
}

function patientOf(said: Mention['said'], sender: Sender, organization: JsonObject): Resource {
  const identifier: JsonValue[] = [];
  if (said.patientNumber !== '') identifier.push({ use: 'usual', system: sender.patientNumberSystem, value: said.patientNumber });
  if (said.residentId !== '') identifier.push({ use: 'official', system: RESIDENT_ID_SYSTEM, value: said.residentId });
  return {
    resourceType: 'Patient',
    identifier,
    name: [{ text: said.name }],
    ...(said.phone === '' ? {} : { telecom: [{ system: 'phone', value: said.phone }] }),
    ...(said.sex === '' ? {} : { gender: said.sex }),
    ...(said.birthDate === '' ? {} : { birthDate: said.birthDate }),
    managingOrganization: organization,
  };
}

/** A patient of whom the rows give no name must have been sent before: a result of nobody would be found by nobody. */
function knownPatient({ said }: Mention, sender: Sender): JsonObject {
  const [system, value] = said.patientNumber === '' ? [RESIDENT_ID_SYSTEM, said.residentId] : [sender.patientNumberSystem, said.patientNumber];
  return { reference: `Patient?identifier=${encodeURIComponent(`${system}|${value}`)}` };
}
