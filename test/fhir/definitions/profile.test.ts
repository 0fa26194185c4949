import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../../src/fhir/definitions/load.ts';
import { structureFromDifferential } from '../../../src/fhir/definitions/profile.ts';
import type { Structure } from '../../../src/fhir/definitions/model.ts';
import type { JsonObject } from '../../../src/fhir/resource.ts';

const { structures } = await loadDefinitions({ profilesDir: path.resolve(import.meta.dirname, '../../../profiles/fhir') });

function profileOf(elements: readonly (JsonObject & { readonly id: string })[], base = 'http://hl7.org/fhir/StructureDefinition/Patient', find = (url: string): Structure | undefined => structures.get(url)): Structure {
  return structureFromDifferential({
    resourceType: 'StructureDefinition', url: 'https://a.example/p', name: 'P', kind: 'resource', type: 'Patient', derivation: 'constraint', baseDefinition: base,
    differential: { element: elements.map((element) => ({ path: element.id, ...element })) },
  }, find);
}

describe('a profile', () => {
  it('holds only what it constrains, completed from its base', () => {
    const { root } = profileOf([{ id: 'Patient.birthDate', min: 1 }]);
    expect(root.children).toEqual([{ path: 'Patient.birthDate', name: 'birthDate', isChoice: false, min: 1, max: 1, types: [{ code: 'date' }], isSummary: true, constraints: [], children: [] }]);
  });

  it('reaches into data types and backbone elements', () => {
    const { root } = profileOf([{ id: 'Patient.name.text', min: 1 }, { id: 'Patient.contact.name.family', max: '0' }]);
    expect(root.children[0]).toMatchObject({ name: 'name', max: -1, children: [{ path: 'Patient.name.text', min: 1 }] });
    expect(root.children[1]).toMatchObject({ name: 'contact', children: [{ path: 'Patient.contact.name', children: [{ path: 'Patient.contact.name.family', max: 0 }] }] });
  });

  it('reads slices from the ids of its elements', () => {
    const { root } = profileOf([
      { id: 'Patient.identifier', slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'closed' } },
      { id: 'Patient.identifier:a', sliceName: 'a', min: 1, max: '1' }, { id: 'Patient.identifier:a.system', fixedUri: 'https://a.example' }, { id: 'Patient.identifier:b', sliceName: 'b' },
    ]);
    const [identifier] = root.children;
    expect(identifier?.slicing).toEqual({ rules: 'closed', discriminators: [{ type: 'value', path: 'system' }] });
    expect(identifier?.slices).toMatchObject([{ sliceName: 'a', min: 1, max: 1, children: [{ name: 'system', fixed: 'https://a.example' }] }, { sliceName: 'b', min: 0, max: -1, children: [] }]);
  });

  it('points to the types that the profiles it names describe', () => {
    const { root } = profileOf([{ id: 'Patient.managingOrganization', type: [{ code: 'Reference', targetProfile: ['https://bund.example/StructureDefinition/bund-organization'] }] }]);
    expect(root.children[0]?.types).toEqual([{ code: 'Reference', targets: ['Organization'] }]);
  });

  it('may build on another profile, and keeps what that demands', () => {
    const first = profileOf([{ id: 'Patient.name.text', min: 1 }, { id: 'Patient.gender', min: 1 }]);
    const second = profileOf([{ id: 'Patient.name.family', min: 1 }, { id: 'Patient', constraint: [{ key: 'x-1', severity: 'error', human: 'x', expression: 'true' }] }], 'https://a.example/first', (url) => (url === 'https://a.example/first' ? first : structures.get(url)));
    const name = second.root.children.find((child) => child.name === 'name');
    expect(name?.children.map((child) => child.name)).toEqual(['text', 'family']);
    expect(second.root.children.find((child) => child.name === 'gender')?.min).toBe(1);
    expect(second.root.constraints.map(({ key }) => key)).toEqual(['x-1']);
  });

  it('is refused with the reason when it cannot be used', () => {
    expect(() => profileOf([{ id: 'Patient.name.colour', min: 1 }])).toThrow('Patient.name.colour does not exist in the base definition');
    expect(() => profileOf([], 'https://a.example/none')).toThrow('derives from https://a.example/none, which is not known');
    expect(() => profileOf([{ id: 'Patient.deceased[x]' }, { id: 'Patient.deceased[x]:deceasedBoolean', sliceName: 'deceasedBoolean' }])).toThrow('slicing of a choice element is not supported');
  });
});
