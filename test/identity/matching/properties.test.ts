import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from '../../../src/district/registry/registry.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { blockingKeys, featuresOf, GRADES, judge, loadMatchModel } from '../../../src/identity/matching/index.ts';

const model = await loadMatchModel(path.join(import.meta.dirname, '../../../profiles/identity/model.json'));
const records = [...registry({ people: 400, seed: 'properties' })].map(({ patient }) => patient);

const known = fc.constantFrom(...records);
/** A record of a registry, of which parts come from another one: strangers that agree in some fields. */
const mixed: fc.Arbitrary<Resource> = fc.tuple(known, known, fc.subarray(['identifier', 'name', 'birthDate', 'gender', 'telecom', 'address', 'contact', 'multipleBirthInteger'])).map(([one, other, fields]) => ({ ...one, ...Object.fromEntries(fields.map((field) => [field, other[field]])) }));
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('张伟', '王芳之女', '310101199003071230', '1990-03-07', '黄浦区', '+86', '', '·', '之子'));
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.constant(null), fc.boolean(), fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(fc.constantFrom('text', 'family', 'given', 'use', 'value', 'system', 'type', 'coding', 'code', 'line', 'district', 'name', 'telecom', 'relationship', 'display'), tie('any'))),
})).any;
const garbage: fc.Arbitrary<Resource> = fc.dictionary(fc.constantFrom('identifier', 'name', 'birthDate', 'gender', 'telecom', 'address', 'contact', 'multipleBirthInteger', 'multipleBirthBoolean', 'extension'), value)
  .map((fields): Resource => ({ resourceType: 'Patient', ...JSON.parse(JSON.stringify(fields)) }));
const anyRecord = fc.oneof({ arbitrary: mixed, weight: 4 }, { arbitrary: garbage, weight: 1 });

describe('matching', () => {
  it('reads whatever is sent, and as often with the same answer', () => {
    fc.assert(fc.property(garbage, fc.array(garbage, { maxLength: 2 }), (patient, related) => {
      const features = featuresOf(patient, related.map((one) => ({ ...one, resourceType: 'RelatedPerson' })));
      const keys = blockingKeys(features);
      expect(keys.length).toBeLessThanOrEqual(14);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.every((key) => /^[\w-]{14}$/u.test(key))).toBe(true);
      expect(featuresOf(patient, related.map((one) => ({ ...one, resourceType: 'RelatedPerson' })))).toEqual(features);
      // What is kept in a file comes back as it was.
      expect(JSON.parse(JSON.stringify(features))).toEqual(JSON.parse(JSON.stringify(featuresOf(patient, related.map((one) => ({ ...one, resourceType: 'RelatedPerson' }))))));
    }), { numRuns: 400 });
  });

  it('judges two records alike from either side, by finite weights', () => {
    fc.assert(fc.property(anyRecord, anyRecord, (a, b) => {
      const [left, right] = [featuresOf(a), featuresOf(b)];
      const judgement = judge(left, right, model);
      expect(judge(right, left, model)).toEqual(judgement);
      expect(GRADES).toContain(judgement.grade);
      expect(Number.isFinite(judgement.score) && judgement.fields.every(({ weight }) => Number.isFinite(weight))).toBe(true);
    }), { numRuns: 1500 });
  });

  it('never parts a record from itself, and is certain where it tells its number and name', () => {
    fc.assert(fc.property(anyRecord, (patient) => {
      const features = featuresOf(patient);
      const { grade } = judge(features, features, model);
      expect(grade).not.toBe('not');
      const isProven = features.residentIds.length === 1 && features.contradicts.length === 0 && features.names.some(({ child, use }) => child === undefined && use === 'current');
      if (isProven) expect(grade).toBe('certain');
    }), { numRuns: 800 });
  });

  it('lets records with the same number meet', () => {
    fc.assert(fc.property(mixed, mixed, (a, b) => {
      const [left, right] = [featuresOf(a), featuresOf({ ...b, identifier: a['identifier'] })];
      if (left.residentIds.length > 0) expect(blockingKeys(right).some((key) => blockingKeys(left).includes(key))).toBe(true);
    }), { numRuns: 300 });
  });

  it('is not made less sure by a field that was missing and agrees', () => {
    const absent = { birthDate: 'birthDates', gender: 'sex', telecom: 'phones', address: 'addresses', identifier: 'residentIds' } as const;
    const field = fc.constantFrom(...(Object.keys(absent) as (keyof typeof absent)[]));
    fc.assert(fc.property(mixed, mixed, field, (a, b, name) => {
      // Not a dictionary of features: a record of each, from which the field is taken or to which it is given.
      const { [name]: _gone, ...without } = b;
      const [left, poorer, richer] = [featuresOf(a), featuresOf({ ...without, resourceType: 'Patient' }), featuresOf({ ...without, resourceType: 'Patient', [name]: a[name] })];
      if (left.brokenIds.length > 0 || left.contradicts.length > 0 || richer.contradicts.length > 0) return;
      expect(judge(left, richer, model).score).toBeGreaterThanOrEqual(judge(left, poorer, model).score - 1e-9);
    }), { numRuns: 1000 });
  });
});
