import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { loadDistrictTables } from '../../../src/district/load-tables.ts';
import { tableLines } from '../../../src/district/table-delivery.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import { demandedProfile } from '../../../src/intake/demanded-profile.ts';
import type { SentMessage } from '../../../src/normalize/index.ts';
import { normalizeMessage } from '../../../src/normalize/index.ts';
import { readTable, TABLE_LIMITS, type TableFormat } from '../../../src/normalize/table/index.ts';
import { openFhir, PROFILES_DIR } from '../../../src/open-services.ts';
import { isUcum, mapObservation } from '../../../src/terminology/index.ts';
import { mappingsOf } from './samples.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures');
const cases = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) => /\.in\.(csv|xlsx)$/.test(file)).sort();

const fhir = await openFhir();
const { sources, codes } = await loadDistrictTables(PROFILES_DIR);
const registry = { organizations: new Map([...sources.values()].map(({ organization }) => [organization.uscc, organization.id])), base: undefined };

function read(source: string, bytes: Buffer, format: TableFormat): SentMessage {
  return readTable(bytes, { format }, { ...sources.get(source)!, tables: mappingsOf(source) }, TABLE_LIMITS).read();
}

/** What becomes of a message on an empty exchange. */
function normalized(source: string, message: SentMessage): { resources: readonly unknown[]; unmapped: readonly unknown[]; issues: readonly unknown[] } {
  const described = sources.get(source)!;
  const { entries, faults } = normalizeMessage(message, { sender: described, registry, definitions: fhir.definitions }).finish(new Map());
  const mapped = entries.map((entry) => mapObservation(entry.resource, { tables: codes, source: codes.sources.get(source), isUcum }));
  const issues = mapped.flatMap(({ resource }) => {
    const profile = demandedProfile(resource, described);
    return fhir.validate(resource, profile === undefined ? {} : { profiles: [profile] });
  });
  return { resources: mapped.map(({ resource }) => resource), unmapped: mapped.flatMap(({ gaps }) => gaps), issues: [...faults, ...issues] };
}

describe('the table', () => {
  it.each(cases)('%s comes out as the file beside it says', (name) => {
    const source = path.dirname(name);
    const message = read(source, readFileSync(path.join(FIXTURES, name)), name.endsWith('.xlsx') ? 'xlsx' : 'csv');
    const { issues, ...out } = normalized(source, message);
    const expected = parseJson(readFileSync(path.join(FIXTURES, name.replace(/\.in\..*$/, '.out.json')), 'utf8'));
    expect(issues).toEqual([]);
    expect(parseJson(JSON.stringify(out))).toEqual(expected);
  });
});

describe('the results of a synthetic institution as a table', () => {
  const options = { residents: 60, seed: 'table', until: '2025-06-30' };

  it.each([...sources.keys()])('of %s are taken in without a fault', (source) => {
    const text = [...tableLines({ sources, codes }, options, source)].join('');
    const message = readTable(iconv.encode(text, 'gb18030'), { format: 'csv' }, { ...sources.get(source)!, tables: mappingsOf('community-e') }, TABLE_LIMITS).read();
    expect(message.entries.length).toBeGreaterThan(20);
    expect(normalized(source, message).issues).toEqual([]);
  });
});
