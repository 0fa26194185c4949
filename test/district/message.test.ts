import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { countMessages, districtMessages, type DistrictTables, type Message } from '../../src/district/message.ts';
import { type Case, DISTRICT_END, type DistrictOptions } from '../../src/district/residents.ts';
import type { JsonObject, Resource } from '../../src/fhir/resource.ts';
import { isNumeric, type Numeric, numberOf, numeralOf, parseJson } from '../../src/fhir/json.ts';
import type { Source } from '../../src/intake/source.ts';
import { loadCodeTables } from '../../src/terminology/load-code-tables.ts';
import { mapObservation } from '../../src/terminology/map-observation.ts';
import { isUcum } from '../../src/terminology/ucum.ts';

const profiles = path.resolve(import.meta.dirname, '../../profiles');
const options: DistrictOptions = { seed: 'messages', residents: 90, until: DISTRICT_END };
let tables: DistrictTables;
let messages: readonly Message[];

async function loadSources(): Promise<Map<string, Source>> {
  const files = await readdir(path.join(profiles, 'sources'));
  const sources = await Promise.all(files.map(async (file) => JSON.parse(await readFile(path.join(profiles, 'sources', file), 'utf8')) as Source));
  return new Map(sources.map((source) => [source.id, source]));
}

beforeAll(async () => {
  tables = { sources: await loadSources(), codes: await loadCodeTables(path.join(profiles, 'codes')) };
  messages = [...districtMessages(tables, options)];
});

/** The elements that these tests look at, as the generator writes them. */
interface Sent extends Resource {
  identifier: { use?: string; value: string }[];
  name: { text: string }[];
  code: { coding: { code: string }[]; text: string };
  interpretation: { coding: { code: string }[] }[];
  valueQuantity?: { value: Numeric; unit: string; comparator?: string };
  referenceRange?: { low?: { value: Numeric }; high?: { value: Numeric } }[];
}
interface Entry { fullUrl: string; resource: Sent; request?: { method: string } }

const entriesOf = (message: Message): Entry[] => message.bundle['entry'] as unknown as Entry[];
const resourcesOf = (message: Message): Sent[] => entriesOf(message).map((entry) => entry.resource);
const resultsOf = (message: Message): Sent[] => resourcesOf(message).filter((resource) => resource.resourceType === 'Observation');
const patientOf = (message: Message): Sent => resourcesOf(message).find((resource) => resource.resourceType === 'Patient')!;
const valueOf = (result: Sent | undefined): number => numberOf(result!.valueQuantity!.value);

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return [];
  return Object.entries(value as JsonObject).flatMap(([name, child]) => (name === 'reference' && typeof child === 'string' ? [child] : referencesIn(child)));
}

describe('districtMessages', () => {
  it('makes the same messages for the same seed, and others for another', () => {
    const again = [...districtMessages(tables, options)];
    const other = [...districtMessages(tables, { ...options, seed: 'other', residents: 3 })];
    expect(JSON.stringify(again)).toBe(JSON.stringify(messages));
    expect(JSON.stringify(other[0])).not.toBe(JSON.stringify(messages[0]));
  });

  it('makes as many as it said before', () => {
    expect(messages.length).toBe(countMessages(options));
  });

  it('sends from six institutions, each in a bundle form of its own', () => {
    const forms = new Map(messages.map((message) => [message.source, `${message.bundle['type'] as string} ${entriesOf(message)[0]?.request?.method ?? ''}`.trim()]));
    expect(forms.size).toBe(6);
    expect([...forms.values()].sort()).toEqual(['batch PUT', 'collection', 'document', 'message', 'transaction POST', 'transaction PUT']);
  });

  it('refers only to what the same message holds', () => {
    for (const message of messages) {
      const known = new Set(entriesOf(message).flatMap((entry) => [entry.fullUrl, `${entry.resource.resourceType}/${entry.resource.id}`]));
      expect(known.size).toBeGreaterThan(entriesOf(message).length);
      for (const reference of referencesIn(message.bundle)) expect(known).toContain(reference);
    }
  });

  it('gives each record one identity, the same in every message that speaks of it', () => {
    const patients = Map.groupBy(messages, (message) => `${message.source} ${message.resident.index}`);
    for (const ofOne of patients.values()) {
      const urls = ofOne.map((message) => entriesOf(message).find((entry) => entry.resource.resourceType === 'Patient')?.fullUrl);
      expect(new Set(urls).size).toBe(1);
    }
    const results = messages.flatMap((message) => resultsOf(message).map((result) => `${message.source} ${result.identifier[0]!.value}`));
    const corrected = messages.filter((message) => message.visit.isCorrection).flatMap(resultsOf).length;
    expect(new Set(results).size).toBe(results.length - corrected);
  });

  it('sends a corrected report with other values under the same identifiers', () => {
    const first = messages.findIndex((message) => message.visit.isCorrection);
    const [before, after] = [messages[first - 1]!, messages[first]!].map(resultsOf);
    expect(after!.map((result) => result.identifier)).toEqual(before!.map((result) => result.identifier));
    expect(after!.every((result) => result['status'] === 'corrected')).toBe(true);
    expect(after!.map((result) => result.valueQuantity)).not.toEqual(before!.map((result) => result.valueQuantity));
  });

  it('sends nothing that the tables cannot map, but for the gaps left on purpose', () => {
    const gaps = new Set(messages.flatMap((message) => resultsOf(message).flatMap((result) =>
      mapObservation(result, { tables: tables.codes, source: tables.codes.sources.get(message.source), isUcum }).gaps.map((gap) => `${message.source} ${gap.kind} ${gap.code}`))));
    expect([...gaps].sort()).toEqual(['hospital-c unit mm/60min', 'hospital-d code 25OHD', 'hospital-d code TXBGAS']);
  });

  it('flags a quantity as its own limits demand', () => {
    for (const result of messages.flatMap(resultsOf).filter((one) => one.valueQuantity !== undefined && one.valueQuantity.comparator === undefined)) {
      const value = valueOf(result);
      const { low, high } = result.referenceRange?.[0] ?? {};
      const expected = high !== undefined && value > numberOf(high.value) ? /^HH?$/ : low !== undefined && value < numberOf(low.value) ? /^LL?$/ : /^N$/;
      expect(result.interpretation[0]!.coding[0]!.code).toMatch(expected);
    }
  });

  it('prints decimals as laboratories do, zeros at the end included', () => {
    const numerals = messages.flatMap(resultsOf).map((result) => result.valueQuantity?.value).filter(isNumeric).map(numeralOf);
    expect(numerals.some((numeral) => /\.\d*0$/.test(numeral))).toBe(true);
    const [message] = messages;
    expect(JSON.stringify(parseJson(JSON.stringify(message?.bundle)))).toBe(JSON.stringify(message?.bundle));
  });

  it('measures one body: institutions that see the same person find nearly the same cholesterol', () => {
    const mmolPerMg = 0.02586;
    const many = messages.filter((message) => message.resident.case === 'many-institutions');
    for (const ofOne of Map.groupBy(many, (message) => message.resident.index).values()) {
      const values = ofOne.flatMap(resultsOf).filter((result) => result.code.text === '总胆固醇').map((result) => valueOf(result) * (result.valueQuantity?.unit === 'mg/dL' ? mmolPerMg : 1));
      expect(values.length).toBe(4);
      expect(Math.max(...values) / Math.min(...values)).toBeLessThan(1.6);
    }
  });

  it('keeps the numbers of one blood count consistent with each other', () => {
    for (const message of messages.filter((one) => one.source === 'hospital-a' && one.visit.panels.some((panel) => panel.key === 'CBC'))) {
      const value = (code: string): number => valueOf(resultsOf(message).find((result) => result.code.coding[0]?.code === code));
      expect(Math.abs(value('NEU%') + value('LYM%') + value('MON%') + value('EOS%') + value('BAS%') - 100)).toBeLessThan(0.3);
      expect(Math.abs((value('RBC') * value('MCV')) / 10 - value('HCT'))).toBeLessThan(0.3);
    }
  });

  it('shows each case as an exchange meets it', () => {
    const of = (kind: Case): Message[] => messages.filter((message) => message.resident.case === kind);
    const ids = (kind: Case): (string | undefined)[] => of(kind).map((message) => patientOf(message).identifier[1]?.value);
    const namesUnderOneId = (kind: Case): number => {
      const byId = Map.groupBy(of(kind).map(patientOf), (patient) => patient.identifier[1]?.value);
      return Math.max(...[...byId.values()].map((patients) => new Set(patients.map((patient) => patient.name[0]?.text)).size));
    };
    const first = of('many-institutions').filter((message) => message.resident.index === 0);
    expect(new Set(first.map((message) => message.source)).size).toBe(4);
    expect(namesUnderOneId('borrowed-card')).toBe(2);
    expect(namesUnderOneId('renamed')).toBe(2);
    expect(ids('legacy-id').some((id) => id?.length === 15)).toBe(true);
    expect(of('newborn').every((message) => patientOf(message).identifier[1]?.use === 'temp')).toBe(true);
  });
});
