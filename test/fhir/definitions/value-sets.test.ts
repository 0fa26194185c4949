import { describe, expect, it } from 'vitest';
import { expandValueSet } from '../../../src/fhir/definitions/value-sets.ts';
import type { Terminology } from '../../../src/fhir/definitions/value-sets.ts';
import type { JsonObject } from '../../../src/fhir/resource.ts';

const SYSTEM = 'https://a.example/animals';
const animals: JsonObject = {
  resourceType: 'CodeSystem', url: SYSTEM, content: 'complete',
  concept: [{ code: 'mammal', concept: [{ code: 'cat', concept: [{ code: 'lion' }] }, { code: 'dog' }] }, { code: 'bird' }],
};

function expand(compose: JsonObject, others: Readonly<Record<string, JsonObject>> = {}): ReturnType<typeof expandValueSet> {
  const sets = Object.entries({ set: compose, ...others }).map(([name, content]) => [`https://a.example/${name}`, { resourceType: 'ValueSet', compose: content }] as const);
  const terminology: Terminology = { valueSets: new Map(sets), codeSystems: new Map([[SYSTEM, animals], ['https://a.example/part', { ...animals, content: 'fragment' }]]) };
  return expandValueSet('https://a.example/set', terminology);
}
const filter = (op: string, value: string, property = 'concept'): JsonObject => ({ include: [{ system: SYSTEM, filter: [{ property, op, value }] }] });

describe('a value set', () => {
  it.each<readonly [string, JsonObject, readonly string[]]>([
    ['a whole system, all levels', { include: [{ system: SYSTEM }] }, ['mammal', 'cat', 'lion', 'dog', 'bird']],
    ['listed concepts', { include: [{ system: SYSTEM, concept: [{ code: 'cat' }, { code: 'bird' }] }] }, ['cat', 'bird']],
    ['a concept and what it subsumes', filter('is-a', 'cat'), ['lion', 'cat']],
    ['what a concept subsumes', filter('descendent-of', 'cat'), ['lion']],
    ['a system without some', { include: [{ system: SYSTEM }], exclude: [{ system: SYSTEM, concept: [{ code: 'bird' }] }] }, ['mammal', 'cat', 'lion', 'dog']],
  ])('may hold %s', (_, compose, codes) => {
    expect(expand(compose)).toEqual({ url: 'https://a.example/set', systems: { [SYSTEM]: codes }, incomplete: false });
  });

  it('may import others: of several in one include, what all have', () => {
    const others = { a: { include: [{ system: SYSTEM, concept: [{ code: 'cat' }, { code: 'dog' }] }] }, b: { include: [{ system: SYSTEM, concept: [{ code: 'dog' }, { code: 'bird' }] }] } };
    expect(expand({ include: [{ valueSet: ['https://a.example/a|1.0'] }, { valueSet: ['https://a.example/b'] }] }, others)?.systems[SYSTEM]).toEqual(['dog', 'bird', 'cat']);
    expect(expand({ include: [{ valueSet: ['https://a.example/a', 'https://a.example/b'] }] }, others)?.systems[SYSTEM]).toEqual(['dog']);
    expect(expand({ include: [{ system: SYSTEM, valueSet: ['https://a.example/a'] }] }, others)?.systems[SYSTEM]).toHaveLength(2);
  });

  it('may hold all of a system that is defined by a grammar', () => {
    expect(expand({ include: [{ system: 'urn:iso:std:iso:4217' }] })?.systems).toEqual({ 'urn:iso:std:iso:4217': '*' });
  });

  it.each<readonly [string, JsonObject]>([
    ['names a system that is not published', { include: [{ system: 'http://snomed.info/sct' }] }],
    ['names a system of which only a part is published', { include: [{ system: 'https://a.example/part' }] }],
    ['filters by a property', filter('=', 'x', 'colour')],
    ['filters by a concept that is not there', filter('is-a', 'fish')],
    ['imports one that is not published', { include: [{ valueSet: ['https://a.example/none'] }] }],
    ['imports itself', { include: [{ valueSet: ['https://a.example/set'] }] }],
    ['excludes a part of a grammar', { include: [{ system: 'urn:iso:std:iso:4217' }], exclude: [{ system: 'urn:iso:std:iso:4217', concept: [{ code: 'CNY' }] }] }],
  ])('is incomplete, and so not enforced, when it %s', (_, compose) => {
    expect(expand(compose)).toMatchObject({ incomplete: true });
  });

  it('that is not published has no expansion', () => {
    expect(expandValueSet('https://a.example/none', { valueSets: new Map(), codeSystems: new Map() })).toBeUndefined();
  });
});
