/** From the text of a query to what it finds: reading, extraction and the plain model of a store's search together. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/fhir/resource.ts';
import { createExtractor } from '../../../src/fhir/search/extract.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import { createSearchParameters } from '../../../src/fhir/search/registry.ts';
import { modelSearch, type ModelEntry } from '../../contract/model.ts';
import { definitions } from '../definitions.ts';

const extract = createExtractor(definitions);
const searchParameters = createSearchParameters(definitions);

/** Ids of the resources that a query finds, out of these by id. */
function found(type: string, query: string, resources: Readonly<Record<string, JsonObject>>): string[] {
  const entries = Object.entries(resources).map(([key, members], i): [string, ModelEntry] => {
    const [otherType, id = ''] = key.includes('/') ? key.split('/') : [type, key];
    const resource = { resourceType: otherType ?? type, id, ...members };
    return [`${resource.resourceType}/${id}`, { type: resource.resourceType, id, created: i, updatedMs: 0, terms: extract(resource), resource }];
  });
  const isResourceType = (name: string) => definitions.resourceTypes.includes(name);
  const { request, faults, unknown } = parseSearch(type, [...new URLSearchParams(query)], { searchParameters, isResourceType, now: Date.parse('2013-03-20') });
  expect([...faults, ...unknown]).toEqual([]);
  return modelSearch(new Map(entries), request).sort();
}

describe('a search by date', () => {
  const at = (effectiveDateTime: string): JsonObject => ({ effectiveDateTime });
  const since = (start: string): JsonObject => ({ effectivePeriod: { start } });

  it.each<[string, JsonObject, boolean]>([
    ['eq2013-01-14', at('2013-01-14T00:00:00Z'), true], ['eq2013-01-14', at('2013-01-14T10:00:00Z'), true], ['eq2013-01-14', at('2013-01-15T00:00:00Z'), false],
    ['2013-01', at('2013-01-14'), true], ['2013-01-14', at('2013-01'), false],
    ['ne2013-01-14', at('2013-01-15T00:00:00Z'), true], ['ne2013-01-14', at('2013-01-14T10:00:00Z'), false],
    ['lt2013-01-14T10:00', at('2013-01-14'), true], ['gt2013-01-14T10:00', at('2013-01-14'), true], ['gt2013-01-14', at('2013-01-14'), false],
    ['ge2013-03-14', since('2013-01-21'), true], ['le2013-03-14', since('2013-01-21'), true],
    ['sa2013-03-14', since('2013-03-15'), true], ['sa2013-03-14', since('2013-01-21'), false],
    ['eb2013-03-14', at('2013-03-13'), true], ['eb2013-03-14', since('2013-01-21'), false],
    ['ap2013-03-14', at('2013-03-14'), true], ['ap2013-03-14', since('2013-01-21'), true], ['ap2013-03-14', at('2012-06-15'), false],
    ['2013-03-14T08:00:00+08:00', at('2013-03-14T00:00:00Z'), true],
  ])('%s of %j: %s', (value, members, matches) => {
    expect(found('Observation', `date=${encodeURIComponent(value)}`, { o: members })).toEqual(matches ? ['o'] : []);
  });
});

describe('a search by quantity', () => {
  const mg = (value: number, more: JsonObject = {}): JsonObject => ({ valueQuantity: { value, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg', ...more } });

  it.each<[string, JsonObject, boolean]>([
    ['6', mg(6), true], ['6', mg(5.5), true], ['6', mg(6.5), false], ['7', mg(6.5), true], ['6.0', mg(6.05), false], ['6.0', mg(5.95), true],
    ['gt6', mg(6), false], ['gt6', mg(6.1), true], ['ge6', mg(6), true], ['lt6', mg(6), false], ['lt6', mg(5.99), true], ['le6', mg(6), true], ['ne6', mg(6), false], ['ne6', mg(7), true],
    ['sa6', mg(6), false], ['eb6', mg(5.9), true], ['ap100', mg(109), true], ['ap100', mg(111), false],
    ['6|http://unitsofmeasure.org|mg', mg(6), true], ['6|http://unitsofmeasure.org|g', mg(6), false], ['6||mg', mg(6), true], ['6||毫克', mg(6, { unit: '毫克' }), true], ['6||mg', mg(6, { unit: '毫克' }), true],
    ['lt3', mg(5, { comparator: '<' }), true], ['gt7', mg(5, { comparator: '<' }), false], ['gt7', mg(5, { comparator: '>' }), true],
  ])('%s of %j: %s', (value, members, matches) => {
    expect(found('Observation', `value-quantity=${encodeURIComponent(value)}`, { o: members })).toEqual(matches ? ['o'] : []);
  });
});

describe('a search by names, tokens and references', () => {
  const patients: Record<string, JsonObject> = {
    li: { name: [{ text: '李小红' }], gender: 'female', identifier: [{ system: 'urn:oid:1', value: '42', type: { coding: [{ system: 'urn:t', code: 'MR' }] } }], managingOrganization: { reference: 'Organization/o1' } },
    ouyang: { name: [{ text: 'OÜyang', family: 'OÜyang' }], gender: 'male', identifier: [{ value: '42' }], managingOrganization: { identifier: { system: 'urn:uscc', value: '9' } } },
    nobody: {},
    'Organization/o1': { name: 'East' },
    'Observation/x': { subject: { reference: 'Patient/li' }, code: { coding: [{ code: '718-7' }] } },
  };

  it.each<[string, string[]]>([
    ['name=李', ['li']], ['name=小红', []], ['name:contains=小红', ['li']], ['name=ouy', ['ouyang']], ['family:exact=OÜyang', ['ouyang']], ['family:exact=ouyang', []],
    ['gender=female,male', ['li', 'ouyang']], ['gender:not=male', ['li', 'nobody']], ['gender:missing=true', ['nobody']], ['gender=http://hl7.org/fhir/administrative-gender|male', ['ouyang']], ['gender=urn:x|male', []],
    ['identifier=42', ['li', 'ouyang']], ['identifier=|42', ['ouyang']], ['identifier=urn:oid:1|', ['li']], ['identifier:of-type=urn:t|MR|42', ['li']],
    ['organization=o1', ['li']], ['organization=Organization/o1', ['li']], ['organization:identifier=urn:uscc|9', ['ouyang']], ['organization.name=east', ['li']],
    ['_has:Observation:patient:code=718-7', ['li']], ['_id=li,nobody', ['li', 'nobody']], ['name=李&gender=male', []], ['name=李,ouyang&gender=male', ['ouyang']],
  ])('%s', (query, expected) => {
    expect(found('Patient', query, patients)).toEqual(expected);
  });
});
