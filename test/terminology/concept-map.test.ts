import fc from 'fast-check';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { conceptMapOf } from '../../src/terminology/concept-map.ts';
import type { Approved } from '../../src/terminology/create-code-tables.ts';
import { createCodeTables } from '../../src/terminology/create-code-tables.ts';
import { loadCodeFiles } from '../../src/terminology/load-code-tables.ts';
import { readConceptMap } from '../../src/terminology/read-concept-map.ts';
import { openFhir } from '../../src/open-services.ts';
import { tables } from './arbitraries.ts';

const AT = { revision: 3, now: '2026-03-01T00:00:00.000Z' };
const files = await loadCodeFiles(path.resolve(import.meta.dirname, '../../profiles/codes'));

describe('the map of a source', () => {
  it('is a ConceptMap of R4', async () => {
    const fhir = await openFhir();
    const approved: Approved = { codes: [{ source: 'hospital-a', mapping: 'm', effective: { from: '2026-03-01' }, local: 'X', display: '', item: 'GLU', loinc: '14749-6', equivalence: 'wider', when: { specimen: '血清' } }], units: [] };
    const all = createCodeTables(files.catalogue, files.sources, approved);
    for (const [source, table] of all.sources) expect(fhir.validate(conceptMapOf(source, table, AT)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('comes back as what it was made from', () => {
    fc.assert(fc.property(tables, (by) => {
      const table = by.sources.get('x')!;
      const { entries, faults } = readConceptMap('x', JSON.parse(JSON.stringify(conceptMapOf('x', table, AT))));
      expect(faults).toEqual([]);
      // Of rows with one code and the same conditions the first holds; nothing tells them apart in a map.
      const said = new Set(entries.flatMap(({ proposal }) => (proposal.kind === 'code' ? [JSON.stringify([proposal.local, proposal.item, proposal.when?.specimen, proposal.when?.unit, proposal.effective?.from])] : [])));
      for (const row of [...table.codes.values()].flat()) if (row.item !== undefined) expect(said).toContain(JSON.stringify([row.local, row.item.item, row.when.specimen, row.when.unit, row.effective.from]));
      expect(new Map(entries.flatMap(({ proposal }) => (proposal.kind === 'unit' ? [[proposal.local, proposal.ucum] as const] : [])))).toEqual(new Map([...new Map([...table.units].map(([text, row]) => [row, text] as const))].map(([{ ucum }, text]) => [text, ucum])));
    }), { numRuns: 300 });
  });

  it('keeps the direction of an equivalence: that of the target as seen from the local code', () => {
    const source = { system: 'https://bund.example/sources/x/codes', codes: [{ local: '3', display: 'ALT with P-5-P', item: 'ALT', loinc: '1743-4', equivalence: 'wider' as const }], units: {} };
    const table = createCodeTables(files.catalogue, new Map([['x', source]])).sources.get('x')!;
    expect(conceptMapOf('x', table, AT)['group']).toMatchObject([
      { source: source.system, target: 'https://bund.example/CodeSystem/item', element: [{ code: '3', target: [{ code: 'ALT', equivalence: 'wider' }] }] },
      { target: 'http://loinc.org', element: [{ code: '3', target: [{ code: '1743-4', equivalence: 'relatedto' }] }] },
    ]);
  });
});

describe('a map that is read', () => {
  const group = (changes: object): unknown => ({ resourceType: 'ConceptMap', status: 'draft', group: [{ source: 'https://bund.example/sources/x/codes', target: 'http://loinc.org', element: [{ code: '1', target: [{ code: '14749-6', equivalence: 'equivalent' }] }], ...changes }] });

  it.each([
    ['leads from the standard to the local codes', { source: 'http://loinc.org', target: 'https://bund.example/sources/x/codes' }, 'ConceptMap.group[0].source', 'turn it round'],
    ['leads to another system', { target: 'http://snomed.info/sct' }, 'ConceptMap.group[0].target', 'must be'],
    ['is that of another source', { source: 'https://bund.example/sources/y/codes' }, 'ConceptMap.group[0].source', 'must lead from https://bund.example/sources/x/codes'],
    ['has an equivalence that R4 does not know', { element: [{ code: '1', target: [{ code: '14749-6', equivalence: 'same' }] }] }, 'ConceptMap.group.0.element.0.target.0.equivalence', 'Invalid option'],
  ])('and %s is refused with the place', (_what, changes, expression, cause) => {
    expect(readConceptMap('x', group(changes)).faults).toMatchObject([{ expression, diagnostics: expect.stringContaining(cause) }]);
  });

  it('may say that there is no mapping', () => {
    expect(readConceptMap('x', group({ element: [{ code: '1', target: [{ equivalence: 'unmatched' }] }, { code: '2' }] }))).toEqual({ entries: [], faults: [] });
  });

  it('never fails, whatever it holds', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (element, other) => {
      readConceptMap('x', other);
      readConceptMap('x', group({ element: [element] }));
    }));
  });
});
