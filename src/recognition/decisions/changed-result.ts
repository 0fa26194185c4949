import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { isObject, objectsOf, textOf } from '../../fhir/resource.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';
import { referenceIn } from './extensions.ts';

/** What is different between two versions of a result: `corrected` with the names of what differs, or `retracted`. */
export interface ResultChange { readonly kind: 'corrected' | 'retracted'; readonly what: readonly string[] }

const RETRACTED: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled']);
/** Complete, and amended by what leaves it valid: a report that gets a further sentence is `amended`. */
const COMPLETE: ReadonlySet<string> = new Set(['final', 'amended', 'corrected', 'appended', 'available']);

/**
 * Compares what a decision rests on in two versions of an Observation, a DiagnosticReport or an ImagingStudy: value, unit, range,
 * status, code, time, method, specimen and whose it is. Narratives, notes and stamps of the exchange count for nothing. What a
 * radiologist concludes is never recognised, and still is what a physician acts on: of an examination its wording counts.
 *
 * @param after undefined: it was deleted
 * @returns undefined where nothing of that differs
 */
export function changedResult(before: Resource, after: Resource | undefined, of: { readonly isExamination: boolean }): ResultChange | undefined {
  if (after === undefined) return { kind: 'retracted', what: ['status'] };
  const [was, is] = [factsOf(before, of.isExamination), factsOf(after, of.isExamination)];
  const what = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  if (what.length === 0) return undefined;
  return { kind: RETRACTED.has(textOf(after['status'])) && !RETRACTED.has(textOf(before['status'])) ? 'retracted' : 'corrected', what };
}

function factsOf(resource: Resource, isExamination: boolean): ReadonlyMap<string, string> {
  const facts: readonly (readonly [string, JsonValue])[] = [
    ['status', statusClass(textOf(resource['status']))],
    ['patient', referenceIn(resource['subject']) ?? ''],
    ...(resource.resourceType === 'Observation' ? observationFacts(resource) : []),
    ...(resource.resourceType === 'ImagingStudy' ? studyFacts(resource) : []),
    ...(resource.resourceType === 'DiagnosticReport' && isExamination ? [['conclusion', textOf(resource['conclusion']).replace(/\s+/gu, '')] as const] : []),
  ];
  return new Map(facts.map(([name, value]) => [name, JSON.stringify(value)]));
}

function statusClass(status: string): string {
  if (RETRACTED.has(status)) return 'retracted';
  return COMPLETE.has(status) ? 'complete' : status;
}

function observationFacts(observation: Resource): readonly (readonly [string, JsonValue])[] {
  return [
    ['value', [valueOf(observation), ...objectsOf(observation['component']).map((component) => [codesOf(component['code']), valueOf(component)])]],
    ['unit', [unitOf(observation), ...objectsOf(observation['component']).map(unitOf)]],
    ['range', objectsOf(observation['referenceRange']).map(({ low, high, text }) => [amountOf(low), amountOf(high), textOf(text)])],
    ['code', itemsOf(observation['code'])],
    ['time', [textOf(observation['effectiveDateTime']), periodOf(observation['effectivePeriod'])]],
    ['specimen', referenceIn(observation['specimen']) ?? ''],
    ['method', isObject(observation['method']) ? [codesOf(observation['method']), textOf(observation['method']['text'])] : ''],
  ];
}

function studyFacts(study: Resource): readonly (readonly [string, JsonValue])[] {
  return [
    ['time', textOf(study['started'])],
    ['images', objectsOf(study['series']).map(({ uid, modality, bodySite, laterality }) => [textOf(uid), codeOf(modality), codeOf(bodySite), codeOf(laterality)])],
  ];
}

/** A number counts by its amount: `5.60` is `5.6`. Whether it is a value of `dataAbsentReason` counts too. */
function valueOf(element: JsonObject): JsonValue {
  const name = Object.keys(element).find((member) => member.startsWith('value'));
  const value = name === undefined ? undefined : element[name];
  if (value === undefined) return ['absent', codesOf(element['dataAbsentReason'])];
  if (name === 'valueQuantity') return amountOf(value);
  if (name === 'valueCodeableConcept') return isObject(value) ? [codesOf(value), textOf(value['text'])] : '';
  return isObject(value) ? JSON.stringify(withoutExtensions(value)) : value;
}

function amountOf(quantity: JsonValue | undefined): JsonValue {
  return isObject(quantity) ? [textOf(quantity['comparator']), quantity['value'] === undefined ? '' : Number(JSON.stringify(quantity['value']))] : '';
}

function unitOf({ valueQuantity }: JsonObject): JsonValue {
  return isObject(valueQuantity) ? [textOf(valueQuantity['unit']), textOf(valueQuantity['code'])] : '';
}

/** Standard items that a result stands for: a local code that is mapped anew can become another test. */
function itemsOf(concept: JsonValue | undefined): JsonValue {
  return isObject(concept) ? objectsOf(concept['coding']).filter(({ system }) => system === ITEM_SYSTEM).map(({ code }) => textOf(code)).sort() : [];
}

function codesOf(concept: JsonValue | undefined): JsonValue {
  return isObject(concept) ? objectsOf(concept['coding']).map(({ system, code }) => `${textOf(system)}|${textOf(code)}`).sort() : [];
}

function codeOf(coding: JsonValue | undefined): string {
  return isObject(coding) ? textOf(coding['code']) : '';
}

function periodOf(period: JsonValue | undefined): JsonValue {
  return isObject(period) ? [textOf(period['start']), textOf(period['end'])] : '';
}

function withoutExtensions({ extension: _extension, ...rest }: JsonObject): JsonObject {
  return rest;
}
