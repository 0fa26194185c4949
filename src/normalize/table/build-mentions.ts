import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { RESIDENT_ID_SYSTEMS, USCC_SYSTEM } from '../../fhir/validation/identifiers.ts';
import { sourceUri } from '../derive-id.ts';
import type { Sender } from '../local-identity.ts';
import type { Mention } from './mentions.ts';

/** Builds the records that rows mention on the way, and the references to them. */
export interface MentionBuilder {
  /** Each is undefined where the rows say too little of the record: they then refer to what was sent of it otherwise. */
  patient(mention: Mention): Resource | undefined;
  visit(mention: Mention): Resource | undefined;
  order(mention: Mention): Resource | undefined;
  specimen(mention: Mention): Resource | undefined;
  referenceTo(kind: 'patient' | 'visit' | 'order' | 'specimen', mention: Mention): JsonObject;
  readonly organization: JsonObject;
  /** System of the identifiers, or codes, of this kind that the source gives out. */
  systemOf(kind: string): string;
}

const [RESIDENT_ID_SYSTEM = ''] = RESIDENT_ID_SYSTEMS;
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

export function mentionBuilder(sender: Sender): MentionBuilder {
  const systemOf = (kind: string): string => `${sourceUri(sender.id)}/${kind}`;
  const organization = { type: 'Organization', identifier: { system: USCC_SYSTEM, value: sender.organization.uscc } };
  const builder: MentionBuilder = {
    systemOf,
    organization,
    patient: (mention) => (mention.said.name === '' ? undefined : patientOf(mention, sender, organization)),
    visit: ({ said, patient }) => (said.visitStart === '' ? undefined : {
      resourceType: 'Encounter',
      identifier: [{ system: systemOf('encounter'), value: said.visitNumber }],
      // A table of results does not tell how far the visit is.
      status: 'unknown',
      class: { system: ACT_CODE, code: said.visitClass === '' ? 'AMB' : said.visitClass },
      subject: subjectOf(patient, builder),
      period: { start: said.visitStart },
      serviceProvider: organization,
    }),
    order: ({ said, patient }) => (said.ordered === '' || said.reportName === '' ? undefined : {
      resourceType: 'ServiceRequest',
      identifier: [{ system: systemOf('order'), value: said.orderNumber }],
      status: 'unknown',
      intent: 'order',
      code: panelCode(said, systemOf('panels')),
      subject: subjectOf(patient, builder),
      authoredOn: said.ordered,
      ...(said.doctor === '' ? {} : { requester: { type: 'Practitioner', display: said.doctor } }),
    }),
    specimen: ({ said, patient }) => (said.specimenType === '' ? undefined : {
      resourceType: 'Specimen',
      identifier: [{ system: systemOf('specimen'), value: said.specimenNumber }],
      type: { text: said.specimenType },
      subject: subjectOf(patient, builder),
      ...(said.received === '' ? {} : { receivedTime: said.received }),
      collection: { collectedDateTime: said.collected },
    }),
    referenceTo: (kind, mention) => {
      if (builder[kind](mention) !== undefined) return { reference: mention.fullUrl };
      return kind === 'patient' ? knownPatient(mention, sender) : { type: TYPES[kind], identifier: { system: systemOf(SYSTEMS[kind]), value: mention.key } };
    },
  };
  return builder;
}

const TYPES = { visit: 'Encounter', order: 'ServiceRequest', specimen: 'Specimen' } as const;
const SYSTEMS = { visit: 'encounter', order: 'order', specimen: 'specimen' } as const;

/** What a report or an order is about. */
export function panelCode({ reportCode, reportName }: Mention['said'], system: string): JsonObject {
  if (reportCode === '') return { text: reportName };
  return { coding: [{ system, code: reportCode, ...(reportName === '' ? {} : { display: reportName }) }], ...(reportName === '' ? {} : { text: reportName }) };
}

function patientOf({ said }: Mention, sender: Sender, organization: JsonObject): Resource {
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

function subjectOf(patient: Mention | undefined, builder: MentionBuilder): JsonObject {
  if (patient === undefined) throw new TypeError('Only a patient is mentioned without a patient');
  return builder.referenceTo('patient', patient);
}
