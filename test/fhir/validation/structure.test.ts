import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/fhir/json.ts';
import type { JsonObject } from '../../../src/fhir/resource.ts';
import { faultsOf, isFault, observation, patient, validate } from './validate.ts';

describe('the structure of a resource', () => {
  it('passes when everything is sound', () => {
    expect(validate(observation())).toEqual([]);
    expect(validate(patient())).toEqual([]);
  });

  const faults: readonly (readonly [string, JsonObject, string])[] = [
    ['an unknown element', { foo: 1 }, 'structure Observation.foo'],
    ['an unknown element in a data type', { code: { text: 'x', colour: 'red' } }, 'structure Observation.code.colour'],
    ['an element of another type', { birthDate: '1990-01-01' }, 'structure Observation.birthDate'],
    ['a missing element', { status: undefined }, 'required Observation.status'],
    ['a missing element in a backbone element', { component: [{ valueString: 'a' }] }, 'required Observation.component[0].code'],
    ['a single value where a list belongs', { category: { text: 'x' } }, 'structure Observation.category'],
    ['a list where a single value belongs', { status: ['final'] }, 'structure Observation.status'],
    ['a list where a single object belongs', { code: [{ text: 'x' }] }, 'structure Observation.code'],
    ['an empty list', { category: [] }, 'structure Observation.category'],
    ['an empty object', { subject: {} }, 'invariant Observation.subject'],
    ['an object with an id alone', { subject: { id: 'a' } }, 'invariant Observation.subject'],
    ['an empty string', { code: { text: '' } }, 'value Observation.code.text'],
    ['null for an element', { status: null }, 'structure Observation.status'],
    ['null for an object', { subject: null }, 'structure Observation.subject'],
    ['null in a list of objects', { category: [null] }, 'structure Observation.category[0]'],
    ['null for a list', { category: null }, 'structure Observation.category'],
    ['a string where an object belongs', { subject: 'Patient/p1' }, 'structure Observation.subject'],
    ['an object where a string belongs', { status: { code: 'final' } }, 'structure Observation.status'],
    ['a second value of a choice', { valueString: 'high' }, 'structure Observation.value'],
    ['a type that the choice does not have', { valueQuantity: undefined, valueMoney: { value: 1 } }, 'structure Observation.valueMoney'],
    ['a fault deep in a list', { component: [{ code: { text: 'a' } }, { code: { text: 'b' }, valueQuantity: { value: 'x' } }] }, 'structure Observation.component[1].value.ofType(Quantity).value'],
    ['a list of primitives with an empty text', { subject: undefined, note: [{ text: 'a', authorString: '' }] }, 'value Observation.note[0].author.ofType(string)'],
    ['resourceType inside a data type', { code: { resourceType: 'Patient', text: 'x' } }, 'structure Observation.code.resourceType'],
    ['an extension on an id', { _id: { extension: [{ url: 'https://a.example', valueString: 'x' }] } }, 'structure Observation._id'],
  ];
  it.each(faults)('refuses %s, and says where', (_, changes, fault) => {
    expect(faultsOf(observation(changes))).toEqual([fault]);
  });

  it('names both elements when a choice has two', () => {
    const [issue] = validate(observation({ valueString: 'high' }));
    expect(issue?.diagnostics).toBe('Only one of valueQuantity and valueString may be given');
  });

  it('says which types a choice has', () => {
    const [issue] = validate(observation({ valueQuantity: undefined, valueMoney: { value: 1 } }));
    expect(issue?.diagnostics).toContain('use one of valueQuantity, valueCodeableConcept, valueString');
  });

  it('says what is required when a choice is missing', () => {
    const [issue] = validate({ resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference: 'Patient/p1' } });
    expect(issue).toMatchObject({ code: 'required', expression: 'MedicationRequest.medication' });
    expect(issue?.diagnostics).toContain('medicationCodeableConcept, medicationReference');
  });

  it('takes extensions of a value together with it as one choice', () => {
    const _valueString = { extension: [{ url: 'https://a.example', valueBoolean: true }] };
    expect(faultsOf(observation({ valueQuantity: undefined, valueString: 'a', _valueString }))).toEqual([]);
    expect(faultsOf({ ...observation(), valueString: 'a', _valueString })).toEqual(['structure Observation.value']);
    expect(faultsOf({ ...observation(), _valueString })).toEqual(['structure Observation.value']);
  });

  it('reports every fault of a resource, not only the first', () => {
    const resource = observation({ status: 'final2', foo: 1, category: [], effectiveDateTime: '2026-02-30', component: [{}] });
    expect(faultsOf(resource).sort()).toEqual([
      'code-invalid Observation.status', 'invariant Observation.component[0]', 'required Observation.component[0].code',
      'structure Observation.category', 'structure Observation.foo', 'value Observation.effective.ofType(dateTime)',
    ]);
  });

  it('ends a list of hundreds of faults with how many more there are', () => {
    const issues = validate(observation({ component: Array.from({ length: 300 }, () => ({ code: { text: 'x' }, foo: 1 })) })).filter(isFault);
    expect(issues).toHaveLength(201);
    expect(issues.at(-1)).toMatchObject({ code: 'incomplete', diagnostics: 'And 100 more faults that are not listed' });
  });

  it('begins every expression with the prefix that the caller gives', () => {
    const [issue] = validate(observation({ status: 'x' }), { at: 'Bundle.entry[3].resource' });
    expect(issue?.expression).toBe('Bundle.entry[3].resource.status');
  });

  it('follows a content reference to any depth', () => {
    const questionnaire = { resourceType: 'Questionnaire', status: 'draft', item: [{ linkId: '1', type: 'group', item: [{ linkId: '2', type: 'group', item: [{ linkId: '3', type: 'choice2' }] }] }] };
    expect(faultsOf(questionnaire)).toEqual(['code-invalid Questionnaire.item[0].item[0].item[0].type']);
  });
});

describe('elements beside primitives', () => {
  const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }];

  it('lets an extension stand for a value, also a required one', () => {
    expect(faultsOf(patient({ birthDate: undefined, _birthDate: { extension } }))).toEqual([]);
    expect(faultsOf(observation({ status: undefined, _status: { extension } }))).toEqual([]);
  });

  it('allows an id alone beside a value, and not without one', () => {
    expect(faultsOf(patient({ _birthDate: { id: 'a' } }))).toEqual([]);
    expect(faultsOf(patient({ birthDate: undefined, _birthDate: { id: 'a' } }))).toEqual(['invariant Patient.birthDate']);
  });

  it('pairs the entries of two arrays', () => {
    expect(faultsOf(patient({ name: [{ given: ['三', null], _given: [null, { extension }] }] }))).toEqual([]);
    expect(faultsOf(patient({ name: [{ given: ['三', null], _given: [{ extension }, null] }] }))).toEqual(['structure Patient.name[0].given[1]']);
    expect(faultsOf(patient({ name: [{ given: ['三', '四'], _given: [{ extension }] }] }))).toEqual(['structure Patient.name[0].given']);
    expect(faultsOf(patient({ name: [{ given: ['三', null] }] }))).toEqual(['structure Patient.name[0].given[1]']);
  });

  it('refuses anything but an id and extensions', () => {
    expect(faultsOf(patient({ _birthDate: { extension, foo: 1 } }))).toEqual(['structure Patient.birthDate.foo']);
    expect(faultsOf(patient({ _birthDate: 'x' }))).toEqual(['structure Patient.birthDate']);
  });
});

describe('what is no resource', () => {
  it.each([[null], [1], ['Patient'], [true], [[]], [[patient()]]])('is refused: %j', (value) => {
    expect(faultsOf(value)).toEqual(['structure Resource']);
  });

  it.each([[{}, 'must name its type'], [{ resourceType: 1 }, 'must name its type'], [{ resourceType: 'Patients' }, '`Patients` is not a resource type'],
    [{ resourceType: 'DomainResource' }, '`DomainResource` is not a resource type'], [{ resourceType: 'SubscriptionStatus' }, 'not a resource type'], [{ resourceType: '__proto__' }, 'not a resource type']])(
    'is refused by its type: %j', (value, sentence) => {
      const [issue] = validate(value);
      expect(issue).toMatchObject({ severity: 'error', code: 'structure', expression: 'Resource.resourceType' });
      expect(issue?.diagnostics).toContain(sentence);
    });

  it('cannot reach the prototype of anything by its keys', () => {
    const hostile = parseJson('{"resourceType":"Patient","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"name":[{"__proto__":{"text":"x"}}],"toString":"x"}');
    expect(faultsOf(hostile)).toEqual(['structure Patient.__proto__', 'structure Patient.constructor', 'structure Patient.name[0].__proto__', 'structure Patient.toString']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('has no part in the sentence when it could be a name or a number of a person', () => {
    const issues = validate({ ...patient(), gender: '310101199003071230', maritalStatus: { coding: [] }, '张三': 1 });
    expect(JSON.stringify(issues)).not.toMatch(/310101|张三/);
  });
});
