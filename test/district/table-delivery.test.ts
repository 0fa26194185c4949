import { describe, expect, it } from 'vitest';
import { loadDistrictTables } from '../../src/district/load-tables.ts';
import { districtMessages } from '../../src/district/message.ts';
import { tableLines } from '../../src/district/table-delivery.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { readTable, TABLE_LIMITS } from '../../src/normalize/table/index.ts';
import { PROFILES_DIR } from '../../src/open-services.ts';
import { mappingsOf } from '../normalize/table/samples.ts';

const tables = await loadDistrictTables(PROFILES_DIR);
const options = { residents: 80, seed: 'delivery', until: '2025-06-30' };
const source = 'community-e';

/** What results say, in any order. */
const saying = (results: readonly Resource[]): string[] =>
  results.map(({ code, effectiveDateTime, valueQuantity, valueString, issued }) => JSON.stringify({ code, effectiveDateTime, issued, valueQuantity, valueString })).sort();

describe('the table of a synthetic institution', () => {
  it('says the same results as its messages', () => {
    const text = [...tableLines(tables, options, source)].join('');
    const message = readTable(Buffer.from(text), { format: 'csv' }, { ...tables.sources.get(source)!, tables: mappingsOf(source) }, TABLE_LIMITS).read();
    expect(message.faults).toEqual([]);
    const results = [...districtMessages(tables, options, source)].flatMap(({ bundle }) => (bundle as unknown as { entry: { resource: Resource }[] }).entry.map(({ resource }) => resource))
      .filter(({ resourceType }) => resourceType === 'Observation');
    expect(saying(message.entries.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === 'Observation'))).toEqual(saying(results));
    expect(results.length).toBeGreaterThan(100);
  });

  it('is the same for the same seed, and refuses an institution that there is not', () => {
    expect([...tableLines(tables, options, source)]).toEqual([...tableLines(tables, options, source)]);
    expect(() => [...tableLines(tables, options, 'hospital-z')]).toThrow(RangeError);
  });
});
