import type { JsonObject } from '../../../fhir/resource.ts';
import { tableCoding } from '../datatypes/element.ts';

/** Codes of HL7 tables that may stand in a field without naming their table. */
const codes = (text: string): ReadonlySet<string> => new Set(text.split(' '));
export const MARITAL_STATUS = { number: '0002', codes: codes('A B C D E G I M N O P R S T U W') };
export const ADMISSION_TYPE = { number: '0007', codes: codes('A C E L N R U') };
export const AMBULATORY_STATUS = { number: '0009', codes: codes('A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 B1 B2 B3 B4 B5 B6') };
export const READMISSION = { number: '0092', codes: codes('R') };
export const RELATIONSHIP = {
  number: '0063',
  codes: codes('ASC BRO CGV CHD DEP DOM EMC EME EMR EXF FCH FND FTH GCH GRD GRP MGR MTH NCH NON OAD OTH OWN PAR SCH SEL SIB SIS SPO TRA UNK WRD'),
};
export const CONTACT_ROLE = { number: '0131', codes: codes('C CP E F I N O S U') };

/** Table 0001, and GB/T 2261.1 that Chinese senders write instead. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70001-to-administrative-gender.html */
const GENDERS: ReadonlyMap<string, string> = new Map([
  ['M', 'male'], ['F', 'female'], ['O', 'other'], ['A', 'other'], ['N', 'other'], ['X', 'other'], ['U', 'unknown'],
  ['1', 'male'], ['2', 'female'], ['0', 'unknown'], ['9', 'unknown'], ['男', 'male'], ['女', 'female'], ['未知', 'unknown'],
  ['MALE', 'male'], ['FEMALE', 'female'],
]);

/** The gender that a code stands for; one of no known table is `unknown`, and stands beside it. */
export function genderOf(code: string): { readonly gender: string; readonly original: JsonObject | undefined } | undefined {
  if (code === '') return undefined;
  const gender = GENDERS.get(code.toUpperCase());
  const isPlain = gender !== undefined && ['M', 'F', 'O', 'U'].includes(code);
  return { gender: gender ?? 'unknown', original: isPlain ? undefined : alternateCode(['A', 'N', 'X'].includes(code) ? { coding: [tableCoding('0001', code)] } : { text: code }) };
}

/** Keeps the code as sent beside a code of FHIR that says less. */
export function alternateCode(concept: JsonObject): JsonObject {
  return { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/alternate-codes', valueCodeableConcept: concept }] };
}

/** Table 0136. @returns undefined for anything but yes and no */
export function yesOrNo(text: string): boolean | undefined {
  const answer = text.toUpperCase();
  if (answer === 'Y' || answer === '1' || answer === 'T') return true;
  return answer === 'N' || answer === '0' || answer === 'F' ? false : undefined;
}
