import { describe, expect, it } from 'vitest';
import type { Definitions, ElementModel, Structure } from '../../../src/fhir/definitions/model.ts';
import type { JsonObject } from '../../../src/fhir/resource.ts';
import { invariantsOf } from '../../../src/fhir/validation/invariant.ts';
import { createValidator } from '../../../src/fhir/validation/validator.ts';
import { definitions, faultsOf, observation, patient, validate } from './validate.ts';

const quantity = (value: number): JsonObject => ({ value, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' });

describe('the invariants of R4', () => {
  it('are all compiled: none at error level needs the slow library', () => {
    const all = [...definitions.structures.values()].flatMap(({ root, type }) => invariantsBelow(root, type));
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter(({ by, severity }) => by === 'library' && severity === 'error').map(({ key }) => key)).toEqual([]);
  });

  const broken: readonly (readonly [string, JsonObject, string])[] = [
    ['obs-6', observation({ dataAbsentReason: { text: 'x' } }), 'Observation'],
    ['obs-7', observation({ component: [{ code: { coding: [{ system: 'http://loinc.org', code: '14749-6' }] } }] }), 'Observation'],
    ['obs-3', observation({ referenceRange: [{ appliesTo: [{ text: 'adults' }] }] }), 'Observation.referenceRange[0]'],
    ['qty-3', observation({ valueQuantity: { value: 1, code: 'mg' } }), 'Observation.value.ofType(Quantity)'],
    ['sqty-1', observation({ referenceRange: [{ low: { ...quantity(1), comparator: '<' } }] }), 'Observation.referenceRange[0].low'],
    ['per-1', patient({ name: [{ text: 'x', period: { start: '2026-03-02', end: '2026-03-01' } }] }), 'Patient.name[0].period'],
    ['rng-2', observation({ referenceRange: [{ text: 'x', age: { low: quantity(5), high: quantity(3) } }] }), 'Observation.referenceRange[0].age'],
    ['rat-1', observation({ valueQuantity: undefined, valueRatio: { numerator: quantity(1) } }), 'Observation.value.ofType(Ratio)'],
    ['cpt-2', patient({ telecom: [{ value: '1' }] }), 'Patient.telecom[0]'],
    ['pat-1', patient({ contact: [{ gender: 'male' }] }), 'Patient.contact[0]'],
    ['att-1', patient({ photo: [{ data: 'YQ==' }] }), 'Patient.photo[0]'],
    ['org-1', { resourceType: 'Organization', active: true }, 'Organization'],
    ['bdl-1', { resourceType: 'Bundle', type: 'collection', total: 1 }, 'Bundle'],
    ['bdl-3', { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: patient() }] }, 'Bundle'],
    ['bdl-5', { resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' }] }, 'Bundle.entry[0]'],
    ['bdl-7', { resourceType: 'Bundle', type: 'collection', entry: [1, 2].map(() => ({ fullUrl: 'https://a.example/Patient/1', resource: patient() })) }, 'Bundle'],
    ['bdl-8', { resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'https://a.example/Patient/1/_history/2', resource: patient() }] }, 'Bundle.entry[0]'],
    ['bdl-11', { resourceType: 'Bundle', type: 'document', identifier: { system: 'https://a.example', value: '1' }, timestamp: '2026-03-01T00:00:00Z', entry: [{ resource: patient() }] }, 'Bundle'],
    ['bdl-11', { resourceType: 'Bundle', type: 'document', identifier: { system: 'https://a.example', value: '1' }, timestamp: '2026-03-01T00:00:00Z' }, 'Bundle'],
    ['bdl-12', { resourceType: 'Bundle', type: 'message', entry: [{ resource: patient() }] }, 'Bundle'],
    ['inv-1', { resourceType: 'Parameters', parameter: [{ name: 'x', valueString: 'a', resource: patient() }] }, 'Parameters.parameter[0]'],
    ['tim-1', { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject: { reference: 'Patient/p1' }, occurrenceTiming: { repeat: { duration: 1 } } }, 'ServiceRequest.occurrence.ofType(Timing).repeat'],
    ['age-1', { resourceType: 'Condition', subject: { reference: 'Patient/p1' }, code: { text: 'x' }, onsetAge: { value: -1, system: 'http://unitsofmeasure.org', code: 'a' } }, 'Condition.onset.ofType(Age)'],
    ['ras-1', { resourceType: 'RiskAssessment', status: 'final', subject: { reference: 'Patient/p1' }, prediction: [{ probabilityRange: { low: quantity(1) } }] }, 'RiskAssessment.prediction[0].probability.ofType(Range)'],
  ];
  it.each(broken)('include %s', (key, resource, expression) => {
    const issue = validate(resource).find(({ diagnostics }) => diagnostics.includes(`breaks rule ${key}`));
    expect(issue).toMatchObject({ severity: 'error', code: 'invariant', expression });
  });

  it('include ext-1, for extensions of every kind', () => {
    const url = 'https://a.example/extension';
    expect(faultsOf(patient({ extension: [{ url }] }))).toEqual(['extension Patient.extension[0]']);
    expect(faultsOf(patient({ extension: [{ url, valueString: 'a', extension: [{ url, valueCode: 'b' }] }] }))).toEqual(['extension Patient.extension[0]']);
    expect(faultsOf(patient({ _birthDate: { extension: [{ url }] } }))).toEqual(['extension Patient.birthDate.extension[0]']);
    expect(faultsOf(patient({ name: [{ text: 'x', extension: [{ url, extension: [{ url, valueCode: 'b' }] }] }] }))).toEqual([]);
    expect(faultsOf(patient({ extension: [{ valueString: 'a' }] }))).toEqual(['required Patient.extension[0].url']);
  });

  it('refuse nothing where a comparison cannot be made', () => {
    expect(faultsOf(patient({ name: [{ text: 'x', period: { start: '2026-03-01', end: '2026-03' } }] }))).toEqual([]);
  });

  it('of best practice are remarked on only when asked for', () => {
    expect(validate(patient())).toEqual([]);
    expect(validate(patient(), { bestPractice: true })).toMatchObject([{ severity: 'warning', code: 'invariant', expression: 'Patient' }]);
  });
});

describe('an invariant that is outside the compiled part of FHIRPath', () => {
  const url = 'https://a.example/StructureDefinition/odd';
  const withInvariant = (expression: string): Definitions => {
    const base = definitions.structures.get('http://hl7.org/fhir/StructureDefinition/Observation');
    if (base === undefined) throw new Error('There is no Observation');
    const constraints = [{ key: 'odd-1', severity: 'error', human: 'The value is at least one', expression }] as const;
    const odd: Structure = { ...base, url, base: base.url, derivation: 'constraint', root: { ...base.root, constraints, children: [] } };
    return { ...definitions, structures: new Map([...definitions.structures, [url, odd]]) };
  };

  it('is evaluated by the library, with decimals as they are', () => {
    const check = createValidator(withInvariant('aggregate($total + value.ofType(Quantity).value, 0) >= 1'));
    expect(check(observation(), { profiles: [url] })).toEqual([]);
    const tooLow = observation({ valueQuantity: { value: JSON.rawJSON('0.50'), unit: 'x' } });
    expect(check(tooLow, { profiles: [url] })).toMatchObject([{ severity: 'error', code: 'invariant', expression: 'Observation' }]);
  });

  it('refuses nothing when the data cannot be evaluated', () => {
    const check = createValidator(withInvariant('aggregate($total + component.code.text, 0) >= 1'));
    expect(check(observation(), { profiles: [url] })).toEqual([]);
  });

  it('stops the start when it is no FHIRPath', () => {
    expect(() => createValidator(withInvariant('status = (('))).toThrow();
  });
});

function invariantsBelow(element: ElementModel, focus: string | ElementModel): ReturnType<typeof invariantsOf> {
  return [...invariantsOf(element.constraints, focus, definitions), ...element.children.flatMap((child) => invariantsBelow(child, child))];
}
