import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { loadMatchModel, likenessOf } from '../../src/identity/index.ts';
import { PROFILES_DIR } from '../../src/open-services.ts';

const matching = await loadMatchModel(path.join(PROFILES_DIR, 'identity', 'model.json'));
const MOTHER = '310101199003071230';
const patient = (name: string | undefined, birthDate?: string, gender?: string, number?: string): Resource => ({
  resourceType: 'Patient', ...(name === undefined ? {} : { name: [{ text: name }] }), ...(birthDate === undefined ? {} : { birthDate }), ...(gender === undefined ? {} : { gender }),
  ...(number === undefined ? {} : { identifier: [{ system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1', value: number }] }),
});

describe('two patients under one number', () => {
  it.each([
    ['of one name and birth date', patient('王芳', '1960-01-01', 'female'), patient('王芳', '1960-01-01', 'female'), 'probably'],
    ['of which one was renamed', patient('王芳', '1960-01-01', 'female'), patient('王芳芳', '1960-01-01', 'female'), 'perhaps'],
    ['of which one was not known yet', patient('无名氏', undefined, 'male'), patient('王刚', '1960-10-01', 'male'), 'perhaps'],
    ['of which one tells nothing', patient(undefined), patient('王刚', '1960-10-01', 'male'), 'perhaps'],
    ['of other names', patient('李强'), patient('王芳'), 'no'],
    ['of other names and one birth date', patient('李强', '1960-01-01', 'male'), patient('王刚', '1960-01-01', 'male'), 'no'],
    ['of one name and other birth dates', patient('王芳', '1960-01-01', 'female'), patient('王芳', '1971-05-03', 'female'), 'no'],
    ['of whom one is the child of the other, under the number of the mother', patient('孙大妈', '1990-03-07', 'female', MOTHER), patient('孙小宝', '2026-03-01', 'male', MOTHER), 'no'],
  ])('%s are one: %s', (_who, one, other, expected) => {
    expect([likenessOf({ matching }, one, other), likenessOf({ matching }, other, one)]).toEqual([expected, expected]);
  });
});
