import { RESIDENT_ID_SYSTEMS } from '../../fhir/validation/identifiers.ts';

/**
 * Object identifiers of WS/T 500 and of HL7: roots of ids, code systems, templates.
 * @see WS/T 500-2016
 */

export const TEMPLATE = {
  medicalSummary: '2.16.156.10011.2.1.1.21',
  outpatientRecord: '2.16.156.10011.2.1.1.22',
  examinationReport: '2.16.156.10011.2.1.1.26',
  laboratoryReport: '2.16.156.10011.2.1.1.27',
  dischargeSummary: '2.16.156.10011.2.1.1.73',
} as const;

export const ROOT = {
  residentId: '2.16.156.10011.1.3',
  signer: '2.16.156.10011.1.4',
  organization: '2.16.156.10011.1.5',
  author: '2.16.156.10011.1.7',
  outpatientNumber: '2.16.156.10011.1.11',
  inpatientNumber: '2.16.156.10011.1.12',
  recordNumber: '2.16.156.10011.1.13',
  specimen: '2.16.156.10011.1.14',
  room: '2.16.156.10011.1.21',
  bed: '2.16.156.10011.1.22',
  order: '2.16.156.10011.1.24',
  department: '2.16.156.10011.1.26',
  ward: '2.16.156.10011.1.27',
  examinationReport: '2.16.156.10011.1.32',
  laboratoryReport: '2.16.156.10011.1.33',
} as const;

/** 卫生信息数据元目录: what an observation states is told by a code of it. */
export const DATA_ELEMENTS = '2.16.156.10011.2.2.1';
export const RESULT_CODES = '2.16.156.10011.2.3.2.38';
export const LOINC_OID = '2.16.840.1.113883.6.1';
export const LOINC = 'http://loinc.org';

const SYSTEMS: ReadonlyMap<string, string> = new Map([
  [LOINC_OID, LOINC],
  ['2.16.840.1.113883.6.96', 'http://snomed.info/sct'],
  ['2.16.840.1.113883.6.3', 'http://hl7.org/fhir/sid/icd-10'],
  ['2.16.840.1.113883.6.73', 'http://www.whocc.no/atc'],
  ['2.16.840.1.113883.5.1', 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender'],
  ['2.16.840.1.113883.5.2', 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus'],
  ['2.16.840.1.113883.5.4', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
  ['2.16.840.1.113883.5.25', 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'],
  ['2.16.840.1.113883.5.83', 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation'],
  ['1.2.840.10008.2.16.4', 'http://dicom.nema.org/resources/ontology/DCM'],
  [ROOT.residentId, RESIDENT_ID_SYSTEMS[0] ?? ''],
]);
const OID = /^[0-2](\.(0|[1-9]\d*))+$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The URI that FHIR uses for a root or code system; undefined for what is neither OID nor UUID. */
export function uriOf(oid: string): string | undefined {
  const known = SYSTEMS.get(oid);
  if (known !== undefined) return known;
  if (OID.test(oid)) return `urn:oid:${oid}`;
  return UUID.test(oid) ? `urn:uuid:${oid.toLowerCase()}` : undefined;
}
