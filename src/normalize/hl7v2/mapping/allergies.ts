import type { JsonObject } from '../../../fhir/resource.ts';
import { conceptOf, labelOf } from '../datatypes/concept.ts';
import { element, tableCoding } from '../datatypes/element.ts';
import { fieldIdentifier } from '../datatypes/identifier.ts';
import { timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import type { Subject } from './patient.ts';
import type { Reading } from './reading.ts';
import { derivedIdentifier, open, openNamed } from './reading.ts';
import { alternateCode } from './tables.ts';

/** Table 0127. @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70127-to-allergy-intolerance-category.html */
const CATEGORIES: ReadonlyMap<string, string> = new Map([['DA', 'medication'], ['FA', 'food'], ['EA', 'environment'], ['PA', 'environment'], ['LA', 'environment'], ['AA', 'biologic']]);
const ALLERGIES: ReadonlySet<string> = new Set([...CATEGORIES.keys(), 'MA']);
/** Table 0128. */
const SEVERITIES: ReadonlyMap<string, { readonly criticality?: string; readonly severity: string }> = new Map([
  ['SV', { criticality: 'high', severity: 'severe' }], ['MO', { severity: 'moderate' }], ['MI', { criticality: 'low', severity: 'mild' }],
]);

/** Numbers of the fields that AL1 and IAM give the same facts in. */
interface Layout { readonly reactions: number; readonly onset: number; readonly action?: number; readonly identifier?: number }

/**
 * AL1 or IAM: what the patient must not meet.
 *
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-al1-to-allergyintolerance.html
 */
export function readAllergy(reading: Reading, segment: Segment, { patient, number }: Subject): void {
  const { reactions, onset, action, identifier }: Layout = segment.name === 'IAM' ? { reactions: 5, onset: 11, action: 6, identifier: 7 } : { reactions: 5, onset: 6 };
  const code = conceptOf(reading, segment.value(3));
  if (code === undefined) return;
  const own = identifier === undefined ? undefined : fieldIdentifier(reading, segment.value(identifier), { kind: 'allergy' });
  const identity = own ?? (number === '' ? undefined : derivedIdentifier(reading, 'allergies', [number, segment.text(3) || labelOf(segment.value(3))]));
  const record = identity === undefined ? open(reading, 'AllergyIntolerance', segment) : openNamed(reading, 'AllergyIntolerance', identity, segment).draft;
  const kind = segment.text(2);
  const severity = SEVERITIES.get(segment.text(4));
  const isDeleted = action !== undefined && segment.text(action) === 'D';
  record.set('clinicalStatus', isDeleted ? undefined : coded('allergyintolerance-clinical', 'active'))
    .set('verificationStatus', isDeleted ? coded('allergyintolerance-verification', 'entered-in-error') : undefined, action)
    .set('type', ALLERGIES.has(kind) ? 'allergy' : undefined, 2)
    .add('category', [CATEGORIES.get(kind)], 2)
    .set('criticality', severity?.criticality, 4)
    .set('_criticality', original(reading, segment, 4, '0128'), 4)
    .add('extension', [kind === '' || CATEGORIES.has(kind) ? undefined : originalKind(reading, segment)], 2)
    .set('code', code, 3)
    .set('patient', patient.reference)
    .set('onsetDateTime', timeOf(reading, segment, onset), onset)
    .add('reaction', segment.values(reactions).map((value) => element({ manifestation: [{ text: labelOf(value) }], severity: severity?.severity })), reactions);
}

function coded(system: string, code: string): JsonObject {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] };
}

function original(reading: Reading, segment: Segment, field: number, table: string): JsonObject | undefined {
  const concept = conceptOf(reading, segment.value(field), { table: { number: table, codes: new Set(SEVERITIES.keys()) } });
  return concept === undefined ? undefined : alternateCode(concept);
}

/** A kind that no category of FHIR stands for. */
function originalKind(reading: Reading, segment: Segment): JsonObject {
  const kind = segment.text(2);
  const isOfTable = kind === 'MA' || kind === 'MC';
  return { url: 'http://hl7.org/fhir/StructureDefinition/alternate-codes', valueCodeableConcept: isOfTable ? { coding: [tableCoding('0127', kind)] } : conceptOf(reading, segment.value(2)) ?? { text: kind } };
}
