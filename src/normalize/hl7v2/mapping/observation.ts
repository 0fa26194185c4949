import type { JsonObject, JsonValue } from '../../../fhir/resource.ts';
import { isList, isObject } from '../../../fhir/resource.ts';
import { localCodes } from '../datatypes/code-system.ts';
import { componentText, conceptOf, oneConceptOf } from '../datatypes/concept.ts';
import { extension, present } from '../datatypes/element.ts';
import { addressesOf } from '../datatypes/address.ts';
import { fieldIdentifier } from '../datatypes/identifier.ts';
import { codedOrganization, organizationOf } from '../datatypes/organization.ts';
import { unitOf } from '../datatypes/quantity.ts';
import { practitionerOf, practitionersOf } from '../datatypes/practitioner.ts';
import { asInstant, timeOf } from '../datatypes/time.ts';
import type { Segment } from '../segment.ts';
import { annotationsOf } from './annotation.ts';
import type { CareContext } from './care-context.ts';
import type { Draft } from './draft.ts';
import { INTERPRETATIONS, interpretationsOf } from './interpretation.ts';
import { observedValue } from './observation-value.ts';
import type { ObservedText } from './observed-texts.ts';
import { participationsOf } from './participation.ts';
import type { Reading } from './reading.ts';
import { open, openDistinct, report } from './reading.ts';
import { referenceRangeOf } from './reference-range.ts';
import { observationStatus } from './result-status.ts';
import type { Section } from './sections.ts';
import { resultCategory } from './sections.ts';

/** What a result has from where it stands in the message. */
export interface ResultContext {
  readonly care: CareContext;
  /** Names what it is a result of; undefined where nothing does. */
  readonly identity: readonly string[] | undefined;
  readonly section?: Section | undefined;
  /** `effectiveDateTime` or `effectivePeriod`, of a result that does not tell its own time. */
  readonly effective?: Readonly<Record<string, JsonValue>> | undefined;
  /** Where that stands, or would. */
  readonly effectivePlace?: { readonly segment: Segment; readonly field: number } | undefined;
  readonly issued?: string | undefined;
  readonly basedOn?: JsonObject | undefined;
  readonly specimen?: JsonObject | undefined;
}

const ANALYSIS_TIME = 'http://hl7.org/fhir/StructureDefinition/observation-analysis-date-time';
const ABSENT = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';

/**
 * OBX: a result.
 *
 * @returns undefined where it has no code: that is a fault
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-segment-obx-to-observation.html
 */
export function readObservation(reading: Reading, { lines, notes, roles }: ObservedText, context: ResultContext): Draft | undefined {
  const [obx] = lines;
  if (obx === undefined) return undefined;
  const code = conceptOf(reading, obx.value(3), { local: localCodes(reading.sender) });
  if (code === undefined) {
    report(reading, 'required', { segment: obx, field: 3 }, 'A result must say what was observed (OBX-3)');
    return undefined;
  }
  const observation = openObservation(reading, obx, context);
  const sent = obx.text(11);
  const status = sent === '' ? 'unknown' : observationStatus(sent);
  if (status === undefined) report(reading, 'code-invalid', { segment: obx, field: 11 }, 'The status of the result is none of table 0085');
  const instance = fieldIdentifier(reading, obx.value(21), { kind: 'observation', type: 'FILL' });
  observation.add('identifier', [instance], 21)
    .add('basedOn', [context.basedOn])
    .set('status', status, 11)
    .add('category', resultCategory(context.section, loincOf(code)))
    .set('code', code, 3)
    .set('subject', context.care.subject.patient.reference)
    .set('encounter', context.care.encounter?.reference)
    .set('specimen', context.specimen);
  setTimes(reading, observation, obx, context);
  setPerformers(reading, observation, obx, roles);
  setValue(reading, observation, lines);
  observation.add('note', annotationsOf(reading, notes));
  // Its value was sent before and holds, so that this message tells a part of the result only.
  if (sent === 'U' && !hasValue(observation)) observation.contribute(1);
  return observation;
}

/** By what it is a result of, its code and sub-id; OBX-21 is missing in older versions, so it cannot be the name. */
function openObservation(reading: Reading, obx: Segment, { identity }: ResultContext): Draft {
  if (identity === undefined) return open(reading, 'Observation', obx);
  const code = obx.value(3);
  const parts = [...identity, componentText(code, 1) || componentText(code, 2) || componentText(code, 9), obx.value(4).wholeText().trim()];
  return openDistinct(reading, 'Observation', ['results', parts], obx);
}

function setTimes(reading: Reading, observation: Draft, obx: Segment, { effective = {}, effectivePlace = { segment: obx, field: 14 }, issued }: ResultContext): void {
  const observed = timeOf(reading, obx, 14);
  const analysed = timeOf(reading, obx, 19);
  if (observed !== undefined) observation.set('effectiveDateTime', observed, 14);
  else for (const [name, value] of Object.entries({ effectiveDateTime: undefined, ...effective })) observation.set(name, value, effectivePlace.field, effectivePlace.segment);
  observation.set('issued', issued ?? asInstant(analysed), 19).add('extension', [extension(ANALYSIS_TIME, { valueDateTime: analysed })], 19);
}

function setPerformers(reading: Reading, observation: Draft, obx: Segment, roles: readonly Segment[]): void {
  const at = (field: number): { segment: Segment; field: number } => ({ segment: obx, field });
  observation.add('performer', practitionersOf(reading, obx.values(16), at(16)), 16)
    .add('performer', [codedOrganization(reading, obx.value(15))], 15)
    .add('performer', [organizationOf(reading, obx.value(23), at(23), { address: addressesOf(reading, obx.values(24), at(24)) })], 23)
    .add('performer', [practitionerOf(reading, obx.value(25), at(25))], 25)
    .add('performer', participationsOf(reading, roles).map(({ actor }) => actor))
    .set('method', oneConceptOf(reading, obx.values(17)), 17)
    .set('bodySite', oneConceptOf(reading, obx.values(20)), 20)
    .set('device', deviceOf(reading, obx), 18);
}

/** OBX-18: the device by its first number, any others in its name. */
function deviceOf(reading: Reading, obx: Segment): JsonObject | undefined {
  const values = obx.values(18);
  const [identifier] = present(values.map((value) => fieldIdentifier(reading, value, { kind: 'device' })));
  const display = values.map((value) => [1, 2, 3].map((part) => value.text(part)).filter(Boolean).join(' ')).join(', ');
  return display === '' ? undefined : { type: 'Device', ...(identifier === undefined ? {} : { identifier }), display };
}

function setValue(reading: Reading, observation: Draft, lines: readonly Segment[]): void {
  const [obx] = lines;
  if (obx === undefined) return;
  const unit = unitOf(obx, 6);
  const observed = observedValue(reading, lines, unit);
  if (observed !== undefined) observation.set(observed.member, observed.value, 5);
  else observation.set('dataAbsentReason', absentReason(reading, obx), 5);
  const flags = interpretationsOf(reading, obx.values(8));
  observation.add('interpretation', flags.length > 0 || observed?.flag === undefined ? flags : [{ coding: [{ system: INTERPRETATIONS, code: observed.flag }] }], 8)
    .add('referenceRange', [referenceRangeOf(rangeText(obx), unit)], 7);
  if (observed?.strayUnit !== undefined) observation.add('note', [{ text: `OBX-6: ${observed.strayUnit}` }], 6);
}

/** Many senders write `3.9~6.1`, and do not escape the `~`. */
function rangeText(obx: Segment): string {
  return obx.values(7).map((value) => value.wholeText().trim()).join('~');
}

function absentReason(reading: Reading, obx: Segment): JsonObject | undefined {
  const reason = oneConceptOf(reading, obx.values(32));
  if (reason !== undefined) return reason;
  if (obx.text(11) === 'N') return { coding: [{ system: ABSENT, code: 'not-asked' }] };
  return obx.isNull(5) ? { coding: [{ system: ABSENT, code: 'unknown' }] } : undefined;
}

function hasValue(observation: Draft): boolean {
  return ['valueQuantity', 'valueString', 'valueCodeableConcept', 'valueRange', 'valueRatio', 'valueDateTime', 'valueTime', 'valuePeriod', 'component', 'dataAbsentReason'].some((name) => observation.has(name));
}

function loincOf(code: JsonObject): string | undefined {
  const codings = code['coding'];
  const coding = (isList(codings) ? codings : []).filter(isObject).find(({ system }) => system === 'http://loinc.org');
  return typeof coding?.['code'] === 'string' ? coding['code'] : undefined;
}
