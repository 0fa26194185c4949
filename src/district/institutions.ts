/** Habits of the six sending systems that are in no table: what their bundles look like, and what they can do. */

import { RESIDENT_ID_SYSTEMS } from '../fhir/validation/identifiers.ts';

/** How a source wraps what it sends. */
export type BundleForm = 'transaction' | 'message' | 'collection' | 'document' | 'batch' | 'transaction-put';

/** What its system speaks: FHIR, HL7 v2 over MLLP, shared documents (WS/T 500) or a table. */
export type Channel = 'fhir' | 'hl7v2' | 'cda' | 'table';

export interface Institution {
  readonly source: string;
  readonly channel: Channel;
  /** Of the bundle that the same visit would be as FHIR. */
  readonly form: BundleForm;
  /** How often a resident goes there, relative to the others. */
  readonly weight: number;
  /** Number of the patient as it prints it, from a whole number below ten million. */
  readonly patientNumber: (serial: number) => string;
  /** System under which it sends the resident's number. */
  readonly residentIdSystem: string;
  /** Where its server lives: the base of `fullUrl` for the forms that name real addresses. */
  readonly base: string;
  /** Units it prefers over the catalogue's where its table knows both, item -> UCUM. */
  readonly units: Readonly<Record<string, string>>;
  /** Words for a negative and a positive result, and the element that carries them. */
  readonly words: { readonly negative: string; readonly positive: string; readonly as: 'valueString' | 'valueCodeableConcept' };
  /** Share of its visits that include imaging. */
  readonly imagingShare: number;
  /** Share of visits on which the resident shows no identity document. */
  readonly anonymousShare: number;
}

/** hospital-d, whose messages were shared documents (WS/T 500) before, uses the object identifier of those. */
const [RESIDENT_ID = '', RESIDENT_ID_IN_DOCUMENTS = ''] = RESIDENT_ID_SYSTEMS;

const digits = (serial: number, length: number): string => String(serial).padStart(length, '0');

export const INSTITUTIONS: readonly [Institution, ...Institution[]] = [
  {
    source: 'hospital-a', channel: 'fhir', form: 'transaction', weight: 5, imagingShare: 0.2, anonymousShare: 0.02,
    patientNumber: (n) => `CX${digits(n, 8)}`, residentIdSystem: RESIDENT_ID,
    base: 'https://emr.chengxin.example/fhir',
    units: {},
    words: { negative: '阴性', positive: '阳性', as: 'valueCodeableConcept' },
  },
  {
    source: 'hospital-b', channel: 'hl7v2', form: 'message', weight: 4, imagingShare: 0.15, anonymousShare: 0.02,
    patientNumber: (n) => `20${digits(n, 8)}`, residentIdSystem: RESIDENT_ID,
    base: 'https://lis.pubin.example/fhir',
    units: { K: 'meq/L', NA: 'meq/L', CL: 'meq/L' },
    words: { negative: 'neg', positive: 'pos', as: 'valueCodeableConcept' },
  },
  {
    source: 'hospital-c', channel: 'fhir', form: 'collection', weight: 3, imagingShare: 0.15, anonymousShare: 0.05,
    patientNumber: (n) => `YQ-${digits(n, 7)}`, residentIdSystem: RESIDENT_ID,
    base: 'https://emr.yunqiao.example/fhir',
    units: {},
    words: { negative: '(-)', positive: '(+)', as: 'valueString' },
  },
  {
    source: 'hospital-d', channel: 'cda', form: 'document', weight: 3, imagingShare: 0.1, anonymousShare: 0.05,
    patientNumber: (n) => `M${digits(n, 9)}`, residentIdSystem: RESIDENT_ID_IN_DOCUMENTS,
    base: 'https://cda.jiming.example/fhir',
    units: { HCT: 'L/L', LPA: 'mg/dL', K: 'meq/L', NA: 'meq/L', CL: 'meq/L' },
    words: { negative: '阴性(-)', positive: '阳性(+)', as: 'valueString' },
  },
  {
    source: 'community-e', channel: 'table', form: 'batch', weight: 5, imagingShare: 0, anonymousShare: 0.01,
    patientNumber: (n) => `WTL${digits(n, 7)}`, residentIdSystem: RESIDENT_ID,
    base: 'https://chis.wutongli.example/fhir',
    units: {},
    words: { negative: '阴性', positive: '弱阳性', as: 'valueString' },
  },
  {
    source: 'community-f', channel: 'fhir', form: 'transaction-put', weight: 4, imagingShare: 0, anonymousShare: 0.01,
    patientNumber: (n) => `G.${digits(n, 8)}`, residentIdSystem: RESIDENT_ID,
    base: 'https://chis.guixiangli.example/fhir',
    units: {},
    words: { negative: '阴性', positive: '阳性', as: 'valueString' },
  },
];

/** @throws RangeError for a source that the district does not have */
export function institutionOf(source: string): Institution {
  const found = INSTITUTIONS.find((institution) => institution.source === source);
  if (found === undefined) throw new RangeError(`The synthetic district has no source ${source}`);
  return found;
}
