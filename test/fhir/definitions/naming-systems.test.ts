import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { preferredSystemsOf } from '../../../src/fhir/definitions/naming-systems.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import { RESIDENT_ID_SYSTEMS } from '../../../src/fhir/validation/identifiers.ts';
import { openFhir } from '../../../src/open-services.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../profiles/fhir');
const fhir = await openFhir();
const { preferredSystems } = fhir.definitions;

const NAMES = [
  ['urn:oid:2.16.156.10011.2.3.3.11.3', 'https://bund.example/CodeSystem/icd-10-cn'],
  ['urn:oid:2.16.156.10011.2.3.3.4', 'https://bund.example/CodeSystem/gb-t-2261.1'],
  ['urn:oid:2.16.156.10011.2.3.3.12', 'https://bund.example/CodeSystem/icd-9-cm-3-cn'],
] as const;

describe('a national system', () => {
  it.each(NAMES)('%s is %s', (oid, uri) => {
    expect([preferredSystems.get(oid), preferredSystems.get(uri)]).toEqual([uri, undefined]);
  });

  it('of resident IDs is preferred by the name under which persons carry it', () => {
    const [preferred, ...others] = RESIDENT_ID_SYSTEMS;
    expect(others.map((name) => preferredSystems.get(name))).toEqual(others.map(() => preferred));
    expect(preferredSystems.has(preferred!)).toBe(false);
  });

  it.each(NAMES)('%s and %s are one, in what is indexed and in what is searched', (...names) => {
    const termsOf = (system: string) => fhir.extractTerms({ resourceType: 'Condition', id: 'c', code: { coding: [{ system, code: 'J15.000x002' }] } }).token.filter(({ param }) => param === 'code');
    const clauseOf = (value: string) => parseSearch('Condition', [['code', value]], { searchParameters: fhir.searchParameters, isResourceType: (name) => fhir.isResourceType(name), now: 0, preferredSystems }).request.where;
    expect(termsOf(names[0])).toEqual(termsOf(names[1]));
    expect(termsOf(names[0])).toEqual([{ param: 'code', system: names[1], code: 'J15.000x002' }]);
    expect(clauseOf(`${names[0]}|J15.000x002`)).toEqual(clauseOf(`${names[1]}|J15.000x002`));
    expect(clauseOf(`${names[0]}|`)).toEqual([{ kind: 'token', param: 'code', anyOf: [{ system: names[1] }] }]);
  });

  it('counts once in a resource that names it twice', () => {
    const identifier = RESIDENT_ID_SYSTEMS.map((system) => ({ system, value: '310101199003071230' }));
    expect(fhir.extractTerms({ resourceType: 'Patient', id: 'p', identifier }).token.filter(({ param }) => param === 'identifier')).toHaveLength(1);
  });
});

describe('the files', () => {
  it('are NamingSystems of R4', async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.startsWith('NamingSystem-'));
    expect(files).toHaveLength(9);
    for (const file of files) expect(fhir.validate(JSON.parse(await readFile(path.join(FOLDER, file), 'utf8'))).filter(({ severity }) => severity === 'error'), file).toEqual([]);
  });

  it('are refused with two preferred names or none, or where two systems have one name', () => {
    const system = (id: string, ...uniqueId: object[]) => ({ resourceType: 'NamingSystem', id, uniqueId: uniqueId.map((one) => ({ ...one })) });
    expect(() => preferredSystemsOf([system('a', { type: 'oid', value: '1.2', preferred: true }, { type: 'uri', value: 'https://a.example', preferred: true })])).toThrow('NamingSystem a: exactly one uniqueId must be preferred');
    expect(() => preferredSystemsOf([system('a', { type: 'oid', value: '1.2' })])).toThrow('exactly one uniqueId must be preferred');
    expect(() => preferredSystemsOf([system('a', { type: 'oid', value: '1.2', preferred: true }), system('b', { type: 'uri', value: 'urn:oid:1.2', preferred: true })])).toThrow('NamingSystem b: urn:oid:1.2 is a name of a already');
  });
});
