import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceOf } from '../../src/fhir/body.ts';
import type { JsonObject } from '../../src/fhir/resource.ts';
import { isObject, textOf } from '../../src/fhir/resource.ts';
import { createCodeTables } from '../../src/terminology/create-code-tables.ts';
import { unmapPart } from '../../src/terminology/unmap-part.ts';
import { ITEMS, LOCAL, mapWith, result, tables } from './arbitraries.ts';

describe('a result that was mapped', () => {
  it('comes out by other tables as if it had just been sent, to the letter', () => {
    fc.assert(fc.property(result, tables, tables, (sent, before, after) => {
      const stored = resourceOf(JSON.stringify(mapWith(sent, before)));
      expect(JSON.stringify(mapWith(stored, after))).toBe(JSON.stringify(mapWith(sent, after)));
    }), { numRuns: 2_000 });
  });

  it('has all that was sent: what was added can be taken away', () => {
    const nothing = createCodeTables([], new Map());
    fc.assert(fc.property(result, tables, (sent, by) => {
      // Extensions and tags of the exchange itself are not the sender's.
      const plain = mapWith(sent, nothing);
      const back = unmapPart(mapWith(plain, by));
      const { meta: _tags, component: _parts, ...rest } = back;
      const { meta: _sentTags, component: _sentParts, ...sentRest } = unmapPart(plain);
      expect(JSON.stringify(rest)).toBe(JSON.stringify(sentRest));
    }), { numRuns: 1_000 });
  });

  it('carries the version of its rows, which changes with what they say and with nothing else', () => {
    const versionBy = (row: object, approved = false): unknown => {
      const code = { local: '1', display: 'd', item: 'GLU', loinc: '14749-6', equivalence: 'equivalent', ...row } as const;
      const by = createCodeTables(ITEMS, new Map([['x', { system: LOCAL, codes: approved ? [] : [code], units: { mmol: 'mmol/L' } }]]),
        { codes: approved ? [{ ...code, source: 'x', mapping: 'm1', effective: { from: '2026-01-01' } }] : [], units: [] });
      return markOf(mapWith({ resourceType: 'Observation', effectiveDateTime: '2026-03-01', code: { coding: [{ system: LOCAL, code: '1' }] }, valueQuantity: { value: 5.6, unit: 'mmol' } }, by))['version'];
    };
    const version = versionBy({});
    expect(version).toMatch(/^x\|[0-9a-f]{12}\.[0-9a-f]{8}$/);
    expect(versionBy({ display: 'renamed' })).toBe(version);
    expect(versionBy({}, true)).toBe(version);
    for (const changed of [{ item: 'UREA' }, { loinc: '2345-7' }, { equivalence: 'equal' }]) expect(versionBy(changed)).not.toBe(version);
  });

  it('says what was added to it', () => {
    const by = createCodeTables(ITEMS, new Map([['x', { system: LOCAL, codes: [{ local: '1', display: 'd', item: 'GLU', loinc: '14749-6', equivalence: 'equivalent' }], units: {} }]]));
    const mapped = mapWith({
      resourceType: 'Observation', code: { coding: [{ code: '1' }, { system: 'http://loinc.org', code: '2345-7' }] },
      valueQuantity: { value: 126, unit: 'mg/dL' }, referenceRange: [{ low: { value: 70, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' }, high: { value: 110 } }],
    }, by);
    expect(markOf(mapped)['added']).toBe('item ucum high0');
  });
});

function markOf(mapped: JsonObject): Record<string, unknown> {
  const extension = Array.isArray(mapped['extension']) ? mapped['extension'].filter(isObject).at(-1) : undefined;
  const entries = extension !== undefined && Array.isArray(extension['extension']) ? extension['extension'].filter(isObject) : [];
  return Object.fromEntries(entries.map(({ url, valueString }) => [textOf(url), valueString]));
}
