import path from 'node:path';
import { loadDefinitions } from '../../../src/fhir/definitions/load.ts';
import type { Issue } from '../../../src/fhir/outcome.ts';
import type { JsonObject } from '../../../src/fhir/resource.ts';
import { createValidator } from '../../../src/fhir/validation/validator.ts';

/** The definitions and profiles of this exchange, as it starts with them. */
export const definitions = await loadDefinitions({ profilesDir: path.resolve(import.meta.dirname, '../../../profiles/fhir') });
export const validate = createValidator(definitions);

export const PROFILE = 'https://bund.example/StructureDefinition/';

/** `code expression` of each fault, for comparing. */
export function faultsOf(resource: unknown, profiles: readonly string[] = []): string[] {
  return validate(resource, { profiles: profiles.map((name) => PROFILE + name) }).filter(isFault).map(({ code, expression }) => `${code} ${expression ?? ''}`);
}

export function isFault({ severity }: Issue): boolean {
  return severity === 'error' || severity === 'fatal';
}

/** A laboratory result with most of what one can have, sound in every way. */
export function observation(changes: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Observation',
    id: 'glucose-1',
    meta: { source: 'https://hospital-a.example', tag: [{ system: 'https://hospital-a.example/tags', code: 'urgent' }] },
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Glucose 5.6 mmol/L</p></div>' },
    identifier: [{ system: 'https://hospital-a.example/results', value: '1' }],
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '14749-6' }], text: '葡萄糖' },
    subject: { reference: 'Patient/p1' },
    effectiveDateTime: '2026-03-01T08:00:00+08:00',
    issued: '2026-03-01T09:00:00.000+08:00',
    performer: [{ reference: 'Organization/o1' }],
    valueQuantity: { value: 5.6, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'N' }] }],
    specimen: { reference: 'Specimen/s1' },
    referenceRange: [{ low: { value: 3.9, unit: 'mmol/L' }, high: { value: 6.1, unit: 'mmol/L' } }],
    component: [{ code: { text: 'first' }, valueString: 'a' }, { code: { text: 'second' }, valueInteger: 2 }],
    ...changes,
  };
}

export function patient(changes: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Patient',
    id: 'p1',
    identifier: [{ system: 'https://hospital-a.example/patient-number', value: 'A1' }],
    active: true,
    name: [{ text: '张三', family: '张', given: ['三'] }],
    gender: 'male',
    birthDate: '1990-03-07',
    ...changes,
  };
}
