import { sourceUri } from '../../derive-id.ts';
import type { Sender } from '../../local-identity.ts';

/** Names of table 0396, and what senders write instead. @see https://terminology.hl7.org/CodeSystem-v2-0396.html */
const SYSTEMS: ReadonlyMap<string, string> = new Map([
  ...['LN', 'LOINC'].map((name) => [name, 'http://loinc.org'] as const),
  ...['SCT', 'SCT2', 'SNOMED', 'SNOMEDCT', 'SNOMED-CT'].map((name) => [name, 'http://snomed.info/sct'] as const),
  ['UCUM', 'http://unitsofmeasure.org'],
  ...['I9', 'I9C', 'I9CDX', 'ICD9', 'ICD9CM'].map((name) => [name, 'http://hl7.org/fhir/sid/icd-9-cm'] as const),
  ...['I10', 'ICD10', 'ICD-10'].map((name) => [name, 'http://hl7.org/fhir/sid/icd-10'] as const),
  ...['I10C', 'ICD10CM', 'ICD-10-CM'].map((name) => [name, 'http://hl7.org/fhir/sid/icd-10-cm'] as const),
  ...['I10P', 'ICD10PCS'].map((name) => [name, 'http://www.cms.gov/Medicare/Coding/ICD10'] as const),
  ...['C4', 'CPT', 'CPT4'].map((name) => [name, 'http://www.ama-assn.org/go/cpt'] as const),
  ['NDC', 'http://hl7.org/fhir/sid/ndc'], ['CVX', 'http://hl7.org/fhir/sid/cvx'], ['RXNORM', 'http://www.nlm.nih.gov/research/umls/rxnorm'],
  ...['ATC', 'WC'].map((name) => [name, 'http://www.whocc.no/atc'] as const),
  ['DCM', 'http://dicom.nema.org/resources/ontology/DCM'], ['CDCREC', 'urn:oid:2.16.840.1.113883.6.238'],
  ...['ISO3166_1', 'ISO3166'].map((name) => [name, 'urn:iso:std:iso:3166'] as const),
]);
const TABLE = /^HL7\s?(\d{4})$/i;
const OID = /^[0-2](\.(0|[1-9]\d*)){3,}$/;

/** A source's own codes, which its tables of `profiles/codes/` explain. */
export function localCodes(sender: Sender): string {
  return `${sourceUri(sender.id)}/codes`;
}

/**
 * The uri of a code system by the name that a coded field gives.
 *
 * @returns undefined for a name that says nothing beyond the sender: none, `L`, `99…`, unknown ones
 */
export function knownCodeSystem(name: string, sender: Sender): string | undefined {
  if (name === '') return undefined;
  const configured = sender.hl7v2 !== undefined && Object.hasOwn(sender.hl7v2.codeSystems, name) ? sender.hl7v2.codeSystems[name] : undefined;
  const known = configured ?? SYSTEMS.get(name) ?? SYSTEMS.get(name.toUpperCase());
  if (known !== undefined || isLocalName(name)) return known;
  const table = TABLE.exec(name)?.[1];
  if (table !== undefined) return `http://terminology.hl7.org/CodeSystem/v2-${table}`;
  if (OID.test(name)) return `urn:oid:${name}`;
  return /^(urn:|https?:\/\/)\S+$/.test(name) ? name : undefined;
}

/** `L` and `99…` say that the codes are local. */
function isLocalName(name: string): boolean {
  return name === 'L' || name.startsWith('99');
}

/** A system of the sender, by the name that it gives it; undefined for a coding that names none. */
export function senderCodeSystem(name: string, sender: Sender): string | undefined {
  return name === '' ? undefined : `${sourceUri(sender.id)}/code-systems/${encodeURIComponent(name.toWellFormed())}`;
}
