import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFhir } from '../../src/fhir/load.ts';

const fhir = await loadFhir({ profilesDir: path.resolve(import.meta.dirname, '../../profiles/fhir'), baseUrl: 'https://bund.example/fhir' });

describe('R4 as the exchange knows it', () => {
  it('knows the 146 concrete types and nothing else', () => {
    expect(fhir.definitions.resourceTypes.every((type) => fhir.isResourceType(type))).toBe(true);
    expect(['Resource', 'DomainResource', 'Bundel', 'constructor', 'SourceMessage'].filter((type) => fhir.isResourceType(type))).toEqual([]);
  });

  it('validates, lists search parameters and extracts terms from the same definitions', () => {
    const person = { resourceType: 'Person', extension: [{ url: 'https://bund.example/StructureDefinition/known-at', valueReference: { reference: 'https://bund.example/fhir/Organization/o1' } }] };
    expect(fhir.validate(person)).toEqual([]);
    expect(fhir.searchParameters.of('Person').get('known-at')?.type).toBe('reference');
    expect(fhir.extractTerms(person).reference).toEqual([{ param: 'known-at', type: 'Organization', id: 'o1', url: '' }]);
  });
});
