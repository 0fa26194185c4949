import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDistrictTables } from '../../../src/district/load-tables.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import type { Issue } from '../../../src/fhir/outcome.ts';
import { isAcceptable } from '../../../src/fhir/outcome.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { demandedProfile } from '../../../src/intake/demanded-profile.ts';
import type { Sender } from '../../../src/normalize/local-identity.ts';
import { normalizeMessage, withOrigin } from '../../../src/normalize/index.ts';
import type { CdaConventions } from '../../../src/normalize/cda/conventions.ts';
import { CDA_LIMITS } from '../../../src/normalize/cda/limits.ts';
import { readCda } from '../../../src/normalize/cda/read-cda.ts';
import { openFhir, PROFILES_DIR } from '../../../src/open-services.ts';
import { isUcum, mapObservation } from '../../../src/terminology/index.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures');
const cases = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.in.xml')).map((file) => file.slice(0, -'.in.xml'.length)).sort();

const fhir = await openFhir();
const { sources, codes } = await loadDistrictTables(PROFILES_DIR);
const registry = { organizations: new Map([...sources.values()].map(({ organization }) => [organization.uscc, organization.id])), base: undefined };

/** hospital-d numbers its patients by 病案号, and orders and reports as it does in FHIR. */
const CONVENTIONS: Readonly<Record<string, CdaConventions>> = {
  'hospital-d': {
    patientRoot: '2.16.156.10011.1.13',
    identifierSystems: { '2.16.156.10011.1.24': 'https://bund.example/sources/hospital-d/order', '2.16.156.10011.1.33': 'https://bund.example/sources/hospital-d/report' },
  },
};

function readFixture(name: string): { readonly out: { resources: readonly unknown[]; unmapped: readonly unknown[] }; readonly issues: readonly unknown[] } {
  const source = sources.get(path.dirname(name))!;
  const sender: Sender = { ...source, cda: CONVENTIONS[source.id] };
  const bytes = readFileSync(path.join(FIXTURES, `${name}.in.xml`));
  const message = readCda(bytes, sender, CDA_LIMITS).read();
  const { entries, faults } = normalizeMessage(message, { sender, registry, definitions: fhir.definitions }).finish(new Map());
  const mapped = entries.map((entry) => mapObservation(entry.resource, { tables: codes, source: codes.sources.get(source.id), isUcum }));
  const issues = mapped.flatMap(({ resource }, index) => {
    const profile = demandedProfile(resource, source);
    const sent = message.entries[index]!;
    return fhir.validate(asMerged(resource), { at: sent.at, ...(profile === undefined ? {} : { profiles: [profile] }) })
      .filter((issue: Issue) => !isAcceptable([issue])).map((issue) => withOrigin({ entry: index, issue }, sent));
  });
  return { out: { resources: mapped.map(({ resource }) => withoutBytes(resource, name, bytes)), unmapped: mapped.flatMap(({ gaps }) => gaps) }, issues: [...faults, ...issues] };
}

/** The file beside says of a document's bytes whose they are: in base64 nobody could read it. */
function withoutBytes(resource: Resource, name: string, bytes: Buffer): Resource {
  return resource['data'] === bytes.toString('base64') ? { ...resource, data: `base64 of ${path.basename(name)}.in.xml` } : resource;
}

/** What a record that is only mentioned lacks, other messages say. */
function asMerged(resource: Resource): Resource {
  return resource.resourceType === 'Encounter' ? { status: 'unknown', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, ...resource } : resource;
}

describe('the shared document', () => {
  it.each(cases)('%s comes out as the file beside it says', (name) => {
    const { out, issues } = readFixture(name);
    expect(issues).toEqual([]);
    const expected = parseJson(readFileSync(path.join(FIXTURES, `${name}.out.json`), 'utf8'));
    expect(parseJson(JSON.stringify(out))).toEqual(expected);
  });

  it('stands in the fixtures for every kind that is read, and for one that is only kept', () => {
    expect(cases.map((name) => path.basename(name)).sort()).toEqual([
      'discharge-summary', 'examination-report', 'generic-document', 'laboratory-report', 'laboratory-report-flat', 'medical-summary', 'outpatient-record',
    ]);
  });
});
