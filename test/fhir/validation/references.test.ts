import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/fhir/resource.ts';
import { faultsOf, observation, patient, validate } from './validate.ts';

const contained = (changes: JsonObject = {}): JsonObject => ({ resourceType: 'Patient', id: 'p', name: [{ text: 'x' }], ...changes });

describe('a reference', () => {
  it.each([
    'Patient/p1', 'Patient/p1/_history/2', 'https://a.example/fhir/Patient/p1', 'https://a.example/other/p1', 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
    'urn:oid:1.2.3', 'Patient?identifier=https://a.example|1', 'https://a.example/fhir/Something/1',
  ])('may be %s', (reference) => {
    expect(faultsOf(observation({ subject: { reference } }))).toEqual([]);
  });

  it.each([
    ['to a type that is not allowed', { reference: 'Medication/1' }, 'value Observation.subject'],
    ['to such a type on another server', { reference: 'https://a.example/fhir/Medication/1' }, 'value Observation.subject'],
    ['to what is no resource type', { reference: 'Patients/1' }, 'value Observation.subject.reference'],
    ['that is neither relative nor absolute', { reference: '12345' }, 'value Observation.subject.reference'],
    ['whose id is not legal', { reference: 'Patient/a_b' }, 'value Observation.subject.reference'],
    ['to a type that is not allowed, by its type alone', { type: 'Medication', identifier: { value: '1' } }, 'value Observation.subject'],
    ['with a type that contradicts it', { reference: 'Patient/1', type: 'Group' }, 'value Observation.subject.type'],
    ['to a contained resource that is not there', { reference: '#p' }, 'not-found Observation.subject.reference'],
  ])('is refused: one %s', (_, subject, fault) => {
    expect(faultsOf(observation({ subject }))).toEqual([fault]);
  });

  it('may be by identifier or display alone', () => {
    expect(faultsOf(observation({ subject: { identifier: { system: 'https://a.example', value: '1' } } }))).toEqual([]);
    expect(faultsOf(observation({ subject: { display: 'x' } }))).toEqual([]);
  });

  it('says which types it may lead to', () => {
    expect(validate(observation({ subject: { reference: 'Medication/1' } }))[0]?.diagnostics).toBe('A reference to Medication is not allowed here; allowed: Patient, Group, Device, Location');
  });
});

describe('a contained resource', () => {
  it('is checked as any other, at its place', () => {
    expect(faultsOf(observation({ contained: [contained()], subject: { reference: '#p' } }))).toEqual([]);
    expect(faultsOf(observation({ contained: [contained({ gender: 'x' })], subject: { reference: '#p' } }))).toEqual(['code-invalid Observation.contained[0].gender']);
  });

  it('must be of a type that the reference allows', () => {
    expect(faultsOf(observation({ contained: [{ resourceType: 'Medication', id: 'm' }], subject: { reference: '#m' } }))).toEqual(['value Observation.subject']);
  });

  it.each([
    ['have an id', contained({ id: undefined }), ['not-found Observation.subject.reference', 'required Observation.contained[0].id']],
    ['be referred to (dom-3)', contained({ id: 'q' }), ['invariant Observation.contained[0]', 'not-found Observation.subject.reference']],
    ['contain no other (dom-2)', contained({ contained: [contained({ id: 'r' })], link: [{ other: { reference: '#r' }, type: 'seealso' }] }), ['invariant Observation.contained[0]', 'not-found Observation.contained[0].link[0].other.reference']],
    ['have no version (dom-4)', contained({ meta: { versionId: '1' } }), ['invariant Observation.contained[0]']],
    ['have no time of change (dom-4)', contained({ meta: { lastUpdated: '2026-03-01T00:00:00Z' } }), ['invariant Observation.contained[0]']],
    ['have no security labels (dom-5)', contained({ meta: { security: [{ code: 'R' }] } }), ['invariant Observation.contained[0]']],
  ])('must %s', (_, resource, faults) => {
    expect(faultsOf(observation({ contained: [resource], subject: { reference: '#p' } })).sort()).toEqual(faults);
  });

  it('may refer to its container instead of being referred to', () => {
    const provenance = { resourceType: 'Provenance', id: 'w', target: [{ reference: '#' }], recorded: '2026-03-01T00:00:00Z', agent: [{ who: { display: 'x' } }] };
    expect(faultsOf(observation({ contained: [provenance] }))).toEqual([]);
  });

  it('may be named by another contained one, or by a canonical', () => {
    const practitioner = { resourceType: 'Practitioner', id: 'd' };
    expect(faultsOf(observation({ contained: [contained({ generalPractitioner: [{ reference: '#d' }] }), practitioner], subject: { reference: '#p' } }))).toEqual([]);
    expect(faultsOf({ resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: '#q', contained: [{ resourceType: 'Questionnaire', id: 'q', status: 'draft' }] })).toEqual([]);
  });

  it('needs an id of its own', () => {
    expect(faultsOf(observation({ contained: [contained(), contained()], subject: { reference: '#p' } }))).toEqual(['duplicate Observation.contained[1]']);
  });
});

describe('a resource inside a Bundle or Parameters', () => {
  const bundle = (resource: JsonObject): JsonObject => ({ resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', resource }] });

  it('is checked at its place, its contained resources by themselves', () => {
    expect(faultsOf(bundle(patient({ gender: 'x' })))).toEqual(['code-invalid Bundle.entry[0].resource.gender']);
    expect(faultsOf(bundle(observation({ contained: [contained()], subject: { reference: '#p' } })))).toEqual([]);
    expect(faultsOf(bundle(observation({ subject: { reference: '#p' } })))).toEqual(['not-found Bundle.entry[0].resource.subject.reference']);
    expect(faultsOf({ resourceType: 'Parameters', parameter: [{ name: 'resource', resource: patient({ gender: 'x' }) }] })).toEqual(['code-invalid Parameters.parameter[0].resource.gender']);
  });

  it('must be one', () => {
    expect(faultsOf(bundle({ resourceType: 'Patients' }))).toEqual(['structure Bundle.entry[0].resource.resourceType']);
    expect(faultsOf(bundle({}))).toContain('structure Bundle.entry[0].resource.resourceType');
  });
});
