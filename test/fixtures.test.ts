import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDistrictTables } from '../src/district/load-tables.ts';
import { parseJson } from '../src/fhir/json.ts';
import { isAcceptable } from '../src/fhir/outcome.ts';
import { demandedProfile } from '../src/intake/demanded-profile.ts';
import { normalizeMessage, readFhir } from '../src/normalize/index.ts';
import { openFhir, PROFILES_DIR } from '../src/open-services.ts';
import { isUcum, mapObservation } from '../src/terminology/index.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures');
const cases = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.in.json')).map((file) => file.slice(0, -'.in.json'.length)).sort();

const fhir = await openFhir();
const { sources, codes } = await loadDistrictTables(PROFILES_DIR);
const registry = { organizations: new Map([...sources.values()].map(({ organization }) => [organization.uscc, organization.id])), base: undefined };

/** What becomes of a message on an empty exchange, and the codes and units that no table knows. */
function normalized(name: string): { resources: readonly unknown[]; unmapped: readonly unknown[]; issues: readonly unknown[] } {
  const source = sources.get(path.dirname(name))!;
  const bytes = readFileSync(path.join(FIXTURES, `${name}.in.json`));
  const message = readFhir(bytes, { entries: 1_000 }).read();
  const { entries, faults } = normalizeMessage(message, { sender: source, registry, definitions: fhir.definitions }).finish(new Map());
  const mapped = entries.map((entry) => mapObservation(entry.resource, { tables: codes, source: codes.sources.get(source.id), isUcum }));
  const issues = mapped.flatMap(({ resource }) => {
    const profile = demandedProfile(resource, source);
    return fhir.validate(resource, profile === undefined ? {} : { profiles: [profile] }).filter((issue) => !isAcceptable([issue]));
  });
  return { resources: mapped.map(({ resource }) => resource), unmapped: mapped.flatMap(({ gaps }) => gaps), issues: [...faults, ...issues] };
}

describe('the fixture', () => {
  it.each(cases)('%s comes out as the file beside it says', (name) => {
    const { issues, ...out } = normalized(name);
    const expected = parseJson(readFileSync(path.join(FIXTURES, `${name}.out.json`), 'utf8'));
    expect(issues).toEqual([]);
    expect(parseJson(JSON.stringify(out))).toEqual(expected);
  });
});

describe('the fixtures', () => {
  it('have at least one message of each source', () => {
    expect(new Set(cases.map((name) => path.dirname(name)))).toEqual(new Set(sources.keys()));
  });
});
