import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDistrictTables } from '../../../src/district/load-tables.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import { normalizeMessage, readHl7v2 } from '../../../src/normalize/index.ts';
import { openFhir, PROFILES_DIR } from '../../../src/open-services.ts';
import { isUcum, mapObservation } from '../../../src/terminology/index.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures');
const cases = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.in.hl7')).sort();

const fhir = await openFhir();
const { sources, codes } = await loadDistrictTables(PROFILES_DIR);
const registry = { organizations: new Map([...sources.values()].map(({ organization }) => [organization.uscc, organization.id])), base: undefined };

describe('the message', () => {
  it.each(cases)('%s comes out as the file beside it says', (name) => {
    const source = sources.get(path.dirname(name))!;
    const message = readHl7v2(readFileSync(path.join(FIXTURES, name)), source, undefined).read();
    const { entries, faults } = normalizeMessage(message, { sender: source, registry, definitions: fhir.definitions }).finish(new Map());
    const mapped = entries.map((entry) => mapObservation(entry.resource, { tables: codes, source: codes.sources.get(source.id), isUcum }));
    const out = { resources: mapped.map(({ resource }) => resource), unmapped: mapped.flatMap(({ gaps }) => gaps) };
    expect(faults).toEqual([]);
    expect(parseJson(JSON.stringify(out))).toEqual(parseJson(readFileSync(path.join(FIXTURES, name.replace(/\.in\.hl7$/, '.out.json')), 'utf8')));
  });
});
