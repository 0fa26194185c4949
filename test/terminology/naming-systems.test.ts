import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RESIDENT_ID_SYSTEMS } from '../../src/fhir/validation/identifiers.ts';
import { openFhir } from '../../src/open-services.ts';
import { loadNamingSystems, NamingSystemError, namesOfSystem } from '../../src/terminology/naming-systems.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../profiles/fhir');
const systems = await loadNamingSystems(FOLDER);

describe('a national code system', () => {
  it.each([['urn:oid:2.16.156.10011.2.3.3.11.3', 'https://bund.example/CodeSystem/icd-10-cn'], ['urn:oid:2.16.156.10011.2.3.3.4', 'https://bund.example/CodeSystem/gb-t-2261.1'], ['urn:oid:2.16.156.10011.2.3.3.12', 'https://bund.example/CodeSystem/icd-9-cm-3-cn']])('%s is %s', (oid, uri) => {
    expect(systems.get(oid)).toBe(systems.get(uri));
    expect(systems.get(oid)?.preferred).toBe(uri);
    expect(new Set(namesOfSystem(systems, oid))).toEqual(new Set([oid, uri]));
  });

  it('that nobody has registered stands for itself', () => {
    expect(namesOfSystem(systems, 'http://loinc.org')).toEqual(['http://loinc.org']);
  });
});

describe('the resident ID', () => {
  it('has the names that persons are matched by', () => {
    expect(namesOfSystem(systems, RESIDENT_ID_SYSTEMS[0]!)).toEqual(RESIDENT_ID_SYSTEMS);
  });
});

describe('the files', () => {
  it('are NamingSystems of R4', async () => {
    const fhir = await openFhir();
    const files = (await readdir(FOLDER)).filter((name) => name.startsWith('NamingSystem-'));
    expect(files).toHaveLength(9);
    for (const file of files) expect(fhir.validate(JSON.parse(await readFile(path.join(FOLDER, file), 'utf8'))).filter(({ severity }) => severity === 'error'), file).toEqual([]);
  });

  let dir = '';
  beforeAll(async () => { dir = await mkdtemp(path.join(tmpdir(), 'bund-names-')); });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const write = (id: string, uniqueId: object[]) => writeFile(path.join(dir, `NamingSystem-${id}.json`), JSON.stringify({ resourceType: 'NamingSystem', id, kind: 'codesystem', uniqueId }));

  it('are refused with two preferred names, or where two systems have one name', async () => {
    await write('a', [{ type: 'oid', value: '1.2', preferred: true }, { type: 'uri', value: 'https://a.example', preferred: true }]);
    await expect(loadNamingSystems(dir)).rejects.toThrow(new NamingSystemError('profiles/fhir/NamingSystem-a.json: exactly one uniqueId must be preferred'));
    await write('a', [{ type: 'oid', value: '1.2', preferred: true }]);
    await write('b', [{ type: 'uri', value: 'urn:oid:1.2', preferred: true }]);
    await expect(loadNamingSystems(dir)).rejects.toThrow('profiles/fhir/NamingSystem-b.json: urn:oid:1.2 is a name of a already');
  });
});
