import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Resource } from '../../../src/fhir/resource.ts';
import { priorOfExamination } from '../../../src/recognition/candidates/prior-examination.ts';
import { priorOfObservation, type Surroundings } from '../../../src/recognition/candidates/prior-result.ts';
import { readOrder } from '../../../src/recognition/candidates/read-order.ts';
import { CHEST_CT, PERFORMING } from '../rules/questions.ts';
import type { JsonValue } from '../../../src/fhir/resource.ts';
import { isObject } from '../../../src/fhir/resource.ts';

const tables = {
  specimenClass: (concept: JsonValue | undefined) => (isObject(concept) && concept['text'] === '血清' ? 'serum' : undefined),
  bodySite: (concept: JsonValue | undefined) => (isObject(concept) && (concept['text'] === '胸部' || concept['display'] === '胸部') ? 'chest' : undefined),
};
const ABOUT: Surroundings = {
  report: undefined, specimen: { resourceType: 'Specimen', type: { text: '血清' }, collection: { collectedDateTime: '2026-11-10T08:12:00+08:00' } },
  patient: 'p1', grade: 'certain', performer: PERFORMING, tables, offsetMinutes: 480,
  unitOf: (item) => ({ TC: 'mmol/L', INR: '{INR}', HBSAG: '' })[item],
};
const ITEM = 'https://bund.example/CodeSystem/item';
const UCUM = 'http://unitsofmeasure.org';

function observation(changes: object = {}, item = 'TC'): Resource {
  return {
    resourceType: 'Observation', id: 'o1', status: 'final', code: { coding: [{ system: ITEM, code: item }] }, effectiveDateTime: '2026-11-10T08:12:00+08:00',
    issued: '2026-11-10T11:00:00+08:00', valueQuantity: { value: 5.2, unit: 'mmol/L', system: UCUM, code: 'mmol/L' }, ...changes,
  };
}
const read = (resource: Resource, about: Partial<Surroundings> = {}) => priorOfObservation({ resource, version: 3 }, { ...ABOUT, ...about });

describe('the facts of a laboratory result', () => {
  it('are those that the source sent', () => {
    const report: Resource = { resourceType: 'DiagnosticReport', id: 'r1', status: 'amended', issued: '2026-11-11T09:00:00+08:00' };
    assert.deepEqual(read(observation({ method: { text: ' 酶法 ' }, device: { display: 'cobas 8000' } }), { report: { resource: report, version: 1 } }), {
      reference: 'Observation/o1', version: 3, report: 'DiagnosticReport/r1', patient: 'p1', grade: 'certain', kind: 'result', item: 'TC', isExact: true,
      statuses: ['final', 'amended'], specimen: 'serum', bodySite: undefined, laterality: undefined, contrast: undefined, modality: undefined, method: '酶法', instrument: 'cobas 8000',
      unit: 'common', collectedAt: '2026-11-10T08:12:00+08:00', effectiveAt: '2026-11-10T08:12:00+08:00', issuedAt: '2026-11-10T11:00:00+08:00', performer: PERFORMING, hasImages: false,
    });
  });

  it.each([
    ['common', {}], ['converted', { valueQuantity: { value: 200, unit: 'mg/dL', system: UCUM, code: 'mg/dL', extension: [{ url: 'https://bund.example/StructureDefinition/common-value', valueQuantity: { value: 5.17, code: 'mmol/L' } }] } }],
    ['unknown', { valueQuantity: { value: 200, unit: 'mg/dL' } }],
    ['unknown', { meta: { tag: [{ system: 'https://bund.example/CodeSystem/tag', code: 'unmapped-unit' }] } }],
    ['unknown', { valueQuantity: { unit: 'mmol/L', system: UCUM, code: 'mmol/L' } }],
    // A quantity in words cannot be compared, and a result without any value says nothing.
    ['unknown', { valueQuantity: undefined, valueString: '溶血' }], ['unknown', { valueQuantity: undefined, dataAbsentReason: { text: '标本不足' } }],
  ])('has the unit %s', (unit, changes) => {
    assert.equal(read(observation(changes)).unit, unit);
  });

  it('takes words for what is measured in words, and a ratio without its unit', () => {
    assert.equal(read(observation({ valueQuantity: undefined, valueCodeableConcept: { text: '阴性' } }, 'HBSAG')).unit, 'none');
    assert.equal(read(observation({ valueQuantity: { value: 1.1 } }, 'INR')).unit, 'common');
  });

  it('counts the first moment of a day or a period, and none where there is no time', () => {
    assert.equal(read(observation({ effectiveDateTime: '2026-11-10' })).effectiveAt, '2026-11-09T16:00:00.000Z');
    assert.equal(read(observation({ effectiveDateTime: undefined, effectivePeriod: { start: '2026-11-10T08:00:00+08:00', end: '2026-11-12' } })).effectiveAt, '2026-11-10T08:00:00+08:00');
    assert.equal(read(observation(), { specimen: undefined }).collectedAt, undefined);
    assert.equal(read(observation({ effectiveDateTime: '2026-13-40', issued: 7 })).issuedAt, undefined);
  });

  it('is not exact where its code is only near the item, and is of no item without one', () => {
    assert.equal(read(observation({ meta: { tag: [{ system: 'https://bund.example/CodeSystem/tag', code: 'inexact-code' }] } })).isExact, false);
    assert.equal(read(observation({ code: { text: 'x' } })).item, undefined);
  });

  it('are read without a fault whatever an element holds', () => {
    const junk = fc.jsonValue({ maxDepth: 3 });
    const names = fc.constantFrom('code', 'status', 'meta', 'method', 'device', 'effectiveDateTime', 'effectivePeriod', 'issued', 'valueQuantity', 'valueCodeableConcept', 'valueString', 'bodySite');
    fc.assert(fc.property(fc.dictionary(names, junk), junk, (changes, specimen) => {
      const about = { specimen: isObject(specimen) ? specimen as Record<string, JsonValue> : undefined };
      assert.equal(read({ ...observation(), ...changes as Resource, resourceType: 'Observation', id: 'o1' }, about).patient, 'p1');
      assert.equal(priorOfExamination({ study: { resource: { resourceType: 'ImagingStudy', id: 's1', ...changes as object }, version: 1 }, report: undefined }, CHEST_CT, ABOUT).item, 'CT-CHEST');
    }));
  });
});

describe('the facts of an examination', () => {
  const study: Resource = { resourceType: 'ImagingStudy', id: 's1', status: 'available', started: '2026-11-10T09:20:00+08:00', modality: [{ code: 'SR' }, { code: 'CT' }], series: [{ uid: '1', bodySite: { display: '胸部' }, laterality: { system: 'http://snomed.info/sct', code: '419161000' } }] };
  const report: Resource = { resourceType: 'DiagnosticReport', id: 'r1', status: 'final', issued: '2026-11-10T10:50:00+08:00', code: { text: '胸部CT增强' } };
  const of = (images: Resource | undefined, words: Resource | undefined) => priorOfExamination(
    images === undefined ? { study: undefined, report: { resource: words ?? report, version: 1 } } : { study: { resource: images, version: 2 }, report: words === undefined ? undefined : { resource: words, version: 1 } }, CHEST_CT, ABOUT);

  it('are those of the images, and of the report beside them', () => {
    const prior = of(study, report);
    assert.deepEqual([prior.reference, prior.report, prior.version, prior.kind], ['ImagingStudy/s1', 'DiagnosticReport/r1', 2, 'result']);
    assert.deepEqual([prior.modality, prior.bodySite, prior.laterality, prior.contrast, prior.hasImages], ['CT', 'chest', 'left', 'with', true]);
    assert.deepEqual([prior.statuses, prior.effectiveAt, prior.issuedAt], [['final'], '2026-11-10T09:20:00+08:00', '2026-11-10T10:50:00+08:00']);
  });

  it('without images are the conclusion of a physician, without a report not complete', () => {
    assert.deepEqual([of(undefined, report).kind, of(undefined, report).hasImages], ['conclusion', false]);
    assert.deepEqual(of(study, undefined).statuses, ['registered']);
    assert.equal(of({ ...study, status: 'registered' }, report).hasImages, false);
    assert.equal(of({ ...study, series: [] }, report).hasImages, false);
  });
});

describe('an order', () => {
  const asked = (changes: Record<string, JsonValue>, encounter?: Record<string, JsonValue>) => readOrder({ resourceType: 'ServiceRequest', code: { coding: [{ system: 'x', code: 'y', display: '左膝关节MRI平扫' }] }, ...changes }, { resources: new Map([['#s', { type: { text: '血清' } }]]), encounter }, tables);

  it('says its side and contrast by codes or by words', () => {
    assert.deepEqual([asked({}).laterality, asked({}).contrast], ['left', 'without']);
    assert.equal(asked({ bodySite: [{ coding: [{ code: '24028007' }], text: '膝' }] }).laterality, 'right');
    // Left and right at once is no side.
    assert.equal(asked({ bodySite: [{ text: '左膝、右膝' }] }).laterality, undefined);
    assert.equal(asked({ bodySite: [{ text: '双侧膝关节' }], code: { text: 'MRI' } }).laterality, 'both');
  });

  it('names its specimen by what came beside it', () => {
    assert.equal(asked({ specimen: [{ reference: '#s' }] }).specimen, 'serum');
    assert.equal(asked({ specimen: [{ reference: '#t' }] }).specimen, undefined);
  });

  it.each([
    [['emergency'], { priority: 'stat' }], [['emergency'], { priority: 'asap' }], [[], { priority: 'routine' }],
    [['pre-operative'], { reasonCode: [{ text: '术前检查' }] }], [['transfusion'], { reasonCode: [{ text: '拟输血' }] }], [['chest-pain'], { reasonCode: [{ coding: [{ code: '29857009' }] }] }],
    [['forensic'], { extension: [{ url: 'https://bund.example/StructureDefinition/circumstance', valueCode: 'forensic' }] }],
    [[], { extension: [{ url: 'https://bund.example/StructureDefinition/circumstance', valueCode: 'whatever' }] }],
  ] as const)('is made in the circumstances %j', (circumstances, changes) => {
    assert.deepEqual(asked(changes).circumstances, circumstances);
  });

  it('is an emergency in an emergency encounter', () => {
    assert.deepEqual(asked({}, { class: { code: 'EMER' } }).circumstances, ['emergency']);
  });
});
