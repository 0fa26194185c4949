import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/fhir/resource.ts';
import { definitions, faultsOf, observation, patient, PROFILE, validate } from './validate.ts';

const RESIDENT_ID = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const subject = { reference: 'Patient/p1' };
const lab = (section: string): JsonObject[] => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: section }] }];

describe('a patient of the exchange', () => {
  const withId = (value: string, changes: JsonObject = {}, system = RESIDENT_ID): JsonObject => patient({ identifier: [{ system, value }], ...changes });
  const broken = (resource: JsonObject): string[] => validate(resource, { profiles: [`${PROFILE}bund-patient`] })
    .map(({ severity, diagnostics, expression }) => `${severity} ${/rule (\S+):/.exec(diagnostics)?.[1] ?? diagnostics} ${expression ?? ''}`);

  it('needs no resident ID, so that foreigners and newborns pass', () => {
    expect(broken(patient())).toEqual([]);
    expect(broken(patient({ identifier: undefined, birthDate: undefined, gender: undefined }))).toEqual([]);
  });

  it('has a sound resident ID where one is given, under either system', () => {
    expect(broken(withId('310101199003071230'))).toEqual([]);
    expect(broken(withId('310101900307123'))).toEqual([]);
    expect(broken(withId('310101199003071231'))).toEqual(['error bund-rid-3 Patient.identifier[0]']);
    expect(broken(withId('310101199003071231', {}, 'urn:oid:2.16.156.10011.1.3'))).toEqual(['error bund-rid-3 Patient.identifier[0]']);
    expect(broken(withId('310101199002301230'))).toEqual(['error bund-rid-2 Patient.identifier[0]']);
    expect(broken(withId('3101'))).toEqual(['error bund-rid-1 Patient.identifier[0]']);
    expect(broken(patient({ identifier: [{ system: RESIDENT_ID }] }))).toEqual(['error `value` is required by the profile and is missing Patient.identifier[0].value']);
  });

  it('may have a number of any other system, whatever it looks like', () => {
    expect(broken(withId('310101199003071231', {}, 'https://hospital-a.example/patient-number'))).toEqual([]);
  });

  it('is remarked on when birth date, sex or province do not fit the resident ID', () => {
    expect(broken(withId('310101199003071230', { birthDate: '1990-03-08' }))).toEqual(['warning bund-pat-1 Patient']);
    expect(broken(withId('310101199003071230', { birthDate: '1990' }))).toEqual([]);
    expect(broken(withId('310101199003071230', { gender: 'female' }))).toEqual(['warning bund-pat-2 Patient']);
    expect(broken(withId('310101199003071230', { gender: 'unknown' }))).toEqual([]);
    expect(broken(withId('99010119900307123X'))).toEqual(['error bund-rid-3 Patient.identifier[0]', 'warning bund-rid-4 Patient.identifier[0]']);
  });

  it('has its name as it is written', () => {
    expect(faultsOf(patient({ name: undefined }), ['bund-patient'])).toEqual(['required Patient.name']);
    expect(faultsOf(patient({ name: [{ text: 'x' }, { family: '张' }] }), ['bund-patient'])).toEqual(['required Patient.name[1].text']);
  });

  it('is never quoted in an issue', () => {
    const issues = validate(withId('310101199003071231', { birthDate: '1990-02-30', name: [{ family: '张' }] }), { profiles: [`${PROFILE}bund-patient`] });
    expect(JSON.stringify(issues)).not.toMatch(/310101|1990-02|张/);
  });
});

describe('an institution of the exchange', () => {
  const organization = (value: string): JsonObject => ({ resourceType: 'Organization', name: 'A', identifier: [{ system: 'https://bund.example/identifier/uscc', value }] });
  it('has a sound credit code where one is given', () => {
    expect(faultsOf(organization('12310101425010204L'), ['bund-organization'])).toEqual([]);
    expect(faultsOf(organization('12310101425010204M'), ['bund-organization'])).toEqual(['invariant Organization.identifier[0]']);
    expect(faultsOf({ resourceType: 'Organization', identifier: [{ value: '1' }] }, ['bund-organization'])).toEqual(['required Organization.name']);
  });
});

describe('a laboratory result of the exchange', () => {
  const faults = (changes: JsonObject): string[] => faultsOf(observation(changes), ['bund-lab-observation']);

  it.each([
    ['no category', { category: undefined }, ['required Observation.category']],
    ['another category', { category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }] }, ['required Observation.category']],
    ['no subject', { subject: undefined }, ['required Observation.subject']],
    ['a subject that is no patient', { subject: { reference: 'Group/1' } }, ['value Observation.subject']],
    ['no time', { effectiveDateTime: undefined }, ['required Observation.effective']],
    ['no value of any kind', { valueQuantity: undefined, component: undefined }, ['invariant Observation']],
  ])('is refused with %s', (_, changes, expected) => {
    expect(faults(changes)).toEqual(expected);
  });

  it.each([
    ['as it is', {}], ['without value, for a reason', { valueQuantity: undefined, component: undefined, dataAbsentReason: { text: 'haemolysed' } }],
    ['without value when it was entered in error', { valueQuantity: undefined, component: undefined, status: 'entered-in-error' }],
    ['with another category beside', { category: [...lab('LAB'), { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }] }],
    ['at a time that is unknown, with the reason', { effectiveDateTime: undefined, _effectiveDateTime: { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] } }],
    ['at a period', { effectiveDateTime: undefined, effectivePeriod: { start: '2026-03-01' } }],
  ])('passes %s', (_, changes) => {
    expect(faults(changes)).toEqual([]);
  });

  it('is held to the profile that it claims', () => {
    expect(faultsOf(observation({ meta: { profile: [`${PROFILE}bund-lab-observation|1.0.0`] }, subject: undefined }))).toEqual(['required Observation.subject']);
  });

  it('reports what the base type and the profile both demand once', () => {
    expect(faults({ status: undefined, code: undefined })).toEqual(['required Observation.status', 'required Observation.code']);
  });
});

describe('the other records of the exchange', () => {
  const report = (changes: JsonObject): JsonObject => ({ resourceType: 'DiagnosticReport', status: 'final', code: { text: 'x' }, subject, effectiveDateTime: '2026-03-01', conclusion: 'x', ...changes });
  const study = (changes: JsonObject = {}): JsonObject => ({ resourceType: 'ImagingStudy', status: 'available', subject, started: '2026-03-01', identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:1.2.3' }], ...changes });
  const encounter = (changes: JsonObject = {}): JsonObject => ({ resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' }, subject, period: { start: '2026-03-01' }, ...changes });

  it.each<readonly [string, JsonObject, readonly string[]]>([
    ['bund-lab-report', report({ category: lab('LAB') }), []],
    ['bund-lab-report', report({ category: lab('RAD') }), ['required DiagnosticReport.category']],
    ['bund-lab-report', report({ category: lab('LAB'), conclusion: undefined }), ['invariant DiagnosticReport']],
    ['bund-lab-report', report({ category: lab('LAB'), conclusion: undefined, status: 'registered' }), []],
    ['bund-imaging-report', report({ category: lab('CT') }), []],
    ['bund-imaging-report', report({ category: lab('LAB') }), ['invariant DiagnosticReport']],
    ['bund-imaging-study', study(), []],
    ['bund-imaging-study', study({ identifier: [{ system: 'https://a.example', value: '1' }] }), ['required ImagingStudy.identifier']],
    ['bund-imaging-study', study({ identifier: [{ system: 'urn:dicom:uid', value: '1.2.3' }] }), ['invariant ImagingStudy.identifier[0].value']],
    ['bund-encounter', encounter(), []],
    ['bund-encounter', encounter({ period: { end: '2026-03-01' } }), ['required Encounter.period.start']],
    ['bund-specimen', { resourceType: 'Specimen', type: { text: 'blood' }, subject }, []],
    ['bund-specimen', { resourceType: 'Specimen', subject }, ['required Specimen.type']],
    ['bund-service-request', { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject, code: { text: 'x' }, authoredOn: '2026-03-01' }, []],
    ['bund-service-request', { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject, authoredOn: '2026-03-01' }, ['required ServiceRequest.code']],
  ])('follow %s', (profile, resource, expected) => {
    expect(faultsOf(resource, [profile])).toEqual(expected);
  });

  it('carry our extensions as these are defined', () => {
    const common = (valueQuantity: JsonObject): JsonObject => observation({ extension: [{ url: `${PROFILE}common-value`, valueQuantity }] });
    expect(faultsOf(common({ value: 1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' }))).toEqual([]);
    expect(faultsOf(common({ value: 1, unit: 'mmol/L' }))).toEqual(['required Observation.extension[0].value.ofType(Quantity).system', 'required Observation.extension[0].value.ofType(Quantity).code']);
    expect(faultsOf(observation({ extension: [{ url: `${PROFILE}common-value`, valueString: '1' }] }))).toEqual(['structure Observation.extension[0].value.ofType(string)']);
    expect(faultsOf({ resourceType: 'Person', extension: [{ url: `${PROFILE}known-at`, valueReference: { reference: 'Patient/1' } }] })).toEqual(['value Person.extension[0].value.ofType(Reference)']);
  });
});

describe('a profile', () => {
  it('that is claimed and not known is remarked on, and refuses nothing', () => {
    expect(validate(patient({ meta: { profile: ['https://a.example/StructureDefinition/x'] } }))).toEqual([
      { severity: 'information', code: 'not-supported', diagnostics: 'The profile `https://a.example/StructureDefinition/x` is not known here, so the resource was not checked against it', expression: 'Patient.meta.profile[0]' },
    ]);
  });

  it('that is demanded and not known is a fault', () => {
    expect(faultsOf(patient(), ['nothing'])).toEqual(['not-supported Patient']);
  });

  it('of another type is a fault', () => {
    expect(faultsOf(patient({ meta: { profile: [`${PROFILE}bund-organization`] } }))).toEqual(['structure Patient']);
  });

  it('of the base type itself is known', () => {
    expect(validate(patient({ meta: { profile: ['http://hl7.org/fhir/StructureDefinition/Patient'] } }))).toEqual([]);
  });

  it('of ours compiles whole', () => {
    const own = [...definitions.structures.values()].filter(({ url, kind }) => url.startsWith(PROFILE) && kind === 'resource');
    expect(own.length).toBe(11);
    for (const { url, type } of own) expect(() => validate({ resourceType: type }, { profiles: [url] })).not.toThrow();
  });
});
