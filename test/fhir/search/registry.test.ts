import { describe, expect, it } from 'vitest';
import type { SearchParameter } from '../../../src/fhir/search/parameters.ts';
import { createSearchParameters } from '../../../src/fhir/search/registry.ts';
import { definitions } from '../definitions.ts';

const searchParameters = createSearchParameters(definitions);

function parameter(type: string, code: string): SearchParameter {
  const found = searchParameters.of(type).get(code);
  if (found === undefined) throw new Error(`${type} has no parameter ${code}`);
  return found;
}

describe('createSearchParameters', () => {
  it('knows the parameters of every type, those of Resource included', () => {
    for (const type of definitions.resourceTypes) expect([...searchParameters.of(type).keys()]).toEqual(expect.arrayContaining(['_id', '_lastUpdated', '_tag', '_profile', '_security', '_source']));
    expect(searchParameters.of('Observation').has('value-quantity')).toBe(true);
    expect(searchParameters.of('Nonsense').size).toBe(0);
  });

  it('can search all of them but composites, distances and full text', () => {
    const others = definitions.resourceTypes.flatMap((type) => [...searchParameters.of(type).values()].filter(({ isSearchable }) => !isSearchable));
    expect(new Set(others.filter(({ type }) => type !== 'composite').map(({ code }) => code))).toEqual(new Set(['_text', '_content', '_query', 'near']));
    expect(others.every(({ modifiers }) => modifiers.length === 0)).toBe(true);
  });

  it('tells what a reference can point to from this very type', () => {
    expect(parameter('Observation', 'patient').targets).toEqual(['Patient']);
    expect(parameter('Observation', 'subject').targets).toEqual(expect.arrayContaining(['Patient', 'Group', 'Device', 'Location']));
    expect(parameter('Person', 'known-at').targets).toEqual(['Organization']);
  });

  it('offers the modifiers that can be served', () => {
    expect(parameter('Patient', 'name').modifiers).toEqual(['missing', 'exact', 'contains']);
    expect(parameter('Patient', 'identifier').modifiers).toEqual(['missing', 'not', 'of-type']);
    expect(parameter('Patient', 'gender').modifiers).toEqual(['missing', 'not']);
    expect(parameter('Observation', 'patient').modifiers).toEqual(['missing', 'identifier', 'Patient']);
    expect(parameter('ValueSet', 'url').modifiers).toEqual(['missing', 'above', 'below']);
    expect(parameter('Patient', '_id').modifiers).toEqual(['not']);
  });

  it('knows the code systems that codes and booleans imply', () => {
    expect(parameter('Patient', 'gender').impliedSystems).toEqual(['http://hl7.org/fhir/administrative-gender']);
    expect(parameter('Patient', 'active').impliedSystems).toEqual(['http://hl7.org/fhir/special-values']);
    expect(parameter('Observation', 'code').impliedSystems).toEqual([]);
  });
});
