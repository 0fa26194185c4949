import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../../src/fhir/definitions/load.ts';
import { structureOfType } from '../../../src/fhir/definitions/model.ts';
import type { Definitions, ElementModel } from '../../../src/fhir/definitions/model.ts';

const profilesDir = path.resolve(import.meta.dirname, '../../../profiles/fhir');
let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'bund-definitions-'));
});
afterAll(() => rm(dir, { recursive: true }));

function elementOf(definitions: Definitions, path: string): ElementModel | undefined {
  const [type = '', ...names] = path.split('.');
  return names.reduce((element, name) => element?.children.find((child) => child.name === name), structureOfType(definitions, type)?.root);
}

describe('the definitions', () => {
  it('are those of R4: 146 resource types, their search parameters, the patient compartment', async () => {
    const definitions = await loadDefinitions({ profilesDir });
    expect(definitions.resourceTypes).toHaveLength(146);
    expect(definitions.resourceTypes).not.toContain('SubscriptionStatus');
    expect(definitions.searchParameters.length).toBeGreaterThan(1300);
    expect(definitions.searchParameters.find(({ code, base }) => code === 'name' && base.includes('Patient'))?.expression).toBe('Patient.name');
    expect(definitions.patientCompartment.get('Observation')).toEqual(['subject', 'performer']);
  });

  it('hold nothing that the package adds to R4, and what it took away', async () => {
    const definitions = await loadDefinitions({ profilesDir });
    for (const foreign of ['Meta.project', 'Meta.compartment', 'Binary.url', 'DeviceDefinition.classification', 'ResearchStudy.label', 'EvidenceVariable.characteristic.definitionByCombination']) {
      expect(elementOf(definitions, foreign), foreign).toBeUndefined();
    }
    expect(elementOf(definitions, 'EvidenceVariable.characteristic.definition')).toMatchObject({ isChoice: true, min: 1 });
    const urls = JSON.stringify([...definitions.structures.values(), ...definitions.searchParameters]);
    expect(urls).not.toContain('medplum');
  });

  it('keep the type, cardinality, binding and targets of an element', async () => {
    const definitions = await loadDefinitions({ profilesDir });
    expect(elementOf(definitions, 'Observation.status')).toMatchObject({ path: 'Observation.status', min: 1, max: 1, types: [{ code: 'code' }], binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/observation-status' }, isSummary: true });
    expect(elementOf(definitions, 'Observation.subject')?.types).toEqual([{ code: 'Reference', targets: ['Patient', 'Group', 'Device', 'Location'] }]);
    expect(elementOf(definitions, 'Observation.value')?.types).toHaveLength(11);
    expect(elementOf(definitions, 'Questionnaire.item.item')?.contentReference).toBe('Questionnaire.item');
    expect(elementOf(definitions, 'Patient.id')?.types).toEqual([{ code: 'id' }]);
    expect(elementOf(definitions, 'HumanName.id')?.types).toEqual([{ code: 'string' }]);
    expect(elementOf(definitions, 'Extension.url')?.types).toEqual([{ code: 'uri' }]);
  });

  it('include the profiles and search parameters of the exchange', async () => {
    const definitions = await loadDefinitions({ profilesDir });
    expect(definitions.structures.get('https://bund.example/StructureDefinition/bund-patient')).toMatchObject({ type: 'Patient', derivation: 'constraint' });
    expect(definitions.searchParameters.find(({ code }) => code === 'known-at')).toMatchObject({ base: ['Person'], type: 'reference', targets: ['Organization'] });
  });
});

describe('the cache of the definitions', () => {
  it('is written once, whole, by however many start at the same time', async () => {
    const cacheDir = path.join(dir, 'shared');
    const all = await Promise.all([1, 2, 3].map(() => loadDefinitions({ profilesDir, cacheDir })));
    expect(await readdir(cacheDir)).toHaveLength(1);
    expect(all[2]).toEqual(all[0]);
    expect(await loadDefinitions({ profilesDir, cacheDir })).toEqual(all[0]);
  });

  it('need not be writable', async () => {
    const cacheDir = path.join(dir, 'occupied');
    await writeFile(cacheDir, 'a file where a folder is wanted');
    expect((await loadDefinitions({ profilesDir, cacheDir })).resourceTypes).toHaveLength(146);
  });

  it('is made anew when a profile changes, and takes the place of the old one', async () => {
    const cacheDir = path.join(dir, 'changing');
    const own = path.join(dir, 'own');
    await mkdir(own);
    await loadDefinitions({ profilesDir: own, cacheDir });
    await writeFile(path.join(own, 'x.json'), JSON.stringify({ resourceType: 'SearchParameter', url: 'https://a.example/x', code: 'x', base: ['Patient'], type: 'token', expression: 'Patient.active' }));
    const changed = await loadDefinitions({ profilesDir: own, cacheDir });
    expect(changed.searchParameters.some(({ url }) => url === 'https://a.example/x')).toBe(true);
    const files = await readdir(cacheDir);
    expect(files).toHaveLength(1);
    await writeFile(path.join(cacheDir, String(files[0])), '{"resourceTypes":[');
    expect(await loadDefinitions({ profilesDir: own, cacheDir })).toEqual(changed);
  });

  it('is not written from a profile that cannot be used, and the message names the element', async () => {
    const broken = path.join(dir, 'broken');
    const cacheDir = path.join(dir, 'none');
    await mkdir(broken);
    await writeFile(path.join(broken, 'x.json'), JSON.stringify({
      resourceType: 'StructureDefinition', url: 'https://a.example/x', name: 'X', kind: 'resource', type: 'Patient', derivation: 'constraint', baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
      differential: { element: [{ id: 'Patient', path: 'Patient' }, { id: 'Patient.shoeSize', path: 'Patient.shoeSize', min: 1 }] },
    }));
    await expect(loadDefinitions({ profilesDir: broken, cacheDir })).rejects.toThrow('Patient.shoeSize does not exist in the base definition');
    await expect(readdir(cacheDir)).rejects.toThrow();
  });
});
