import type { JsonObject } from '../../../fhir/resource.ts';
import { componentText, conceptOf, labelOf } from '../datatypes/concept.ts';
import { element, tableCoding } from '../datatypes/element.ts';
import { fieldIdentifier } from '../datatypes/identifier.ts';
import { wholeNumber } from '../datatypes/number.ts';
import { practitionerOf } from '../datatypes/practitioner.ts';
import { timeOf } from '../datatypes/time.ts';
import { knownCodeSystem } from '../datatypes/code-system.ts';
import type { Segment } from '../segment.ts';
import type { CareContext } from './care-context.ts';
import type { Draft } from './draft.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, open, openNamed } from './reading.ts';

const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
/** Table 0052: a working diagnosis is not certain yet. */
const CERTAINTIES: ReadonlyMap<string, string> = new Map([['W', 'provisional'], ['F', 'confirmed']]);

const DIAGNOSIS_TYPE = { number: '0052', codes: new Set(['A', 'W', 'F']) };
const ADMISSION = { system: 'http://terminology.hl7.org/CodeSystem/diagnosis-role', code: 'AD', display: 'Admission diagnosis' };

/**
 * DG1: a diagnosis, as a record of its own.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-dg1-to-condition.html
 */
export function readCondition(reading: Reading, dg1: Segment, { subject, encounter, belongsTo }: CareContext): Draft | undefined {
  const description = dg1.text(4);
  const code = diagnosisCode(reading, dg1);
  if (code === undefined && description === '') return undefined;
  const condition = openCondition(reading, dg1, belongsTo);
  const asserted = timeOf(reading, dg1, 5);
  const isDeleted = dg1.text(21) === 'D';
  const certainty = isDeleted ? 'entered-in-error' : CERTAINTIES.get(dg1.text(6));
  return condition
    .add('extension', asserted === undefined ? [] : [{ url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate', valueDateTime: asserted }], 5)
    .set('verificationStatus', certainty === undefined ? undefined : { coding: [{ system: VERIFICATION, code: certainty }] }, isDeleted ? 21 : 6)
    .add('category', [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-category', code: 'encounter-diagnosis' }] }])
    .set('code', element({ ...code, text: description || code?.['text'] }), 3)
    .set('subject', subject.patient.reference)
    .set('encounter', encounter?.reference)
    .set('recordedDate', timeOf(reading, dg1, 19) ?? asserted, dg1.text(19) === '' ? 5 : 19)
    .set('asserter', practitionerOf(reading, dg1.value(16), { segment: dg1, field: 16 }), 16);
}

/** Puts a diagnosis with its visit. */
export function addDiagnosis(reading: Reading, encounter: Draft, condition: Draft, dg1: Segment): void {
  const use = conceptOf(reading, dg1.value(6), { table: DIAGNOSIS_TYPE });
  encounter.add('diagnosis', [element({
    condition: condition.reference,
    use: dg1.text(6) === 'A' ? { ...use, coding: [ADMISSION, tableCoding('0052', 'A')] } : use,
    rank: wholeNumber(dg1.text(15), 1),
  })], undefined, dg1);
}

/** DG1-2 told the code system before DG1-3 could. */
function diagnosisCode(reading: Reading, dg1: Segment): JsonObject | undefined {
  const method = dg1.text(3, 3) === '' ? knownCodeSystem(dg1.text(2), reading.sender) : undefined;
  return conceptOf(reading, dg1.value(3), method === undefined ? {} : { local: method });
}

/** By its own number; else a diagnosis of a visit is told from the others by what it is, and at which time of the stay. */
function openCondition(reading: Reading, dg1: Segment, belongsTo: string): Draft {
  const own = fieldIdentifier(reading, dg1.value(20), { kind: 'diagnosis' });
  const what = componentText(dg1.value(3), 1) || labelOf(dg1.value(3)) || dg1.text(4);
  if (own !== undefined) return openNamed(reading, 'Condition', own, dg1).draft;
  if (belongsTo === '') return open(reading, 'Condition', dg1);
  return openNamed(reading, 'Condition', derivedIdentifier(reading, 'diagnoses', [belongsTo, what, dg1.text(6)]), dg1).draft;
}
