import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/intake/source.ts';
import { loadCodeTables } from '../../src/terminology/load-code-tables.ts';

const profiles = path.resolve(import.meta.dirname, '../../profiles');
const tables = await loadCodeTables(path.join(profiles, 'codes'));
const files = await readdir(path.join(profiles, 'sources'));
const sources = await Promise.all(files.map(async (file) => ({ file, source: JSON.parse(await readFile(path.join(profiles, 'sources', file), 'utf8')) as Source })));
const items = [...tables.items.values()];

/** The UCUM reference implementation, used here to judge the tables independently of the product's own unit code. */
const ucum = (createRequire(import.meta.url)('@lhncbc/ucum-lhc') as { UcumLhcUtils: { getInstance(): Ucum } }).UcumLhcUtils.getInstance();
interface Ucum {
  validateUnitString(unit: string): { status: string };
  convertUnitTo(from: string, value: number, to: string): { status: string; toVal: number | null };
}

describe('the catalogue of laboratory items', () => {
  it('names only units of UCUM', () => {
    const units = new Set(items.flatMap((item) => [item.unit, ...item.twins.map((twin) => twin.unit)]).filter((unit) => unit !== ''));
    expect([...units].filter((unit) => ucum.validateUnitString(unit).status !== 'valid')).toEqual([]);
  });

  it('gives each item a LOINC of its own', () => {
    const codes = items.map((item) => item.loinc);
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
  });

  it('has LOINC codes with a right check digit', () => {
    const codes = items.flatMap((item) => [item.loinc, ...item.twins.map((twin) => twin.loinc)]);
    expect(codes.filter((code) => luhnDigit(code.split('-')[0] ?? '') !== Number(code.split('-')[1]))).toEqual([]);
  });

  it('converts a twin as UCUM does, where mass and amount of substance do not meet', () => {
    const wrong = items.flatMap((item) => item.twins.flatMap((twin) => {
      const { status, toVal } = ucum.convertUnitTo(twin.unit, 1, item.unit);
      return status === 'succeeded' && toVal !== null && Math.abs(toVal / twin.factor - 1) > 1e-9 ? [`${item.item} ${twin.unit}`] : [];
    }));
    expect(wrong).toEqual([]);
  });

  it('turns into each other what UCUM cannot only for known molar masses, one arbitrary unit, and ions of one charge', () => {
    const beyondUcum = items.flatMap((item) => item.twins.filter((twin) => ucum.convertUnitTo(twin.unit, 1, item.unit).status !== 'succeeded').map((twin) => ({ item, twin })));
    const isArbitrary = /\[IU\]|\[arb'U\]/;
    const [molar, others] = [beyondUcum.filter(({ item, twin }) => item.unit.includes('mol') && twin.unit.includes('g/')), beyondUcum.filter(({ twin }) => !twin.unit.includes('g/'))];
    expect(molar.length + others.length).toBe(beyondUcum.length);
    expect([...new Set(molar.map(({ item }) => item.item))].sort()).toEqual(['CA', 'CREA', 'DBIL', 'FT3', 'FT4', 'GLU', 'HDLC', 'LDLC', 'MG', 'P', 'TBIL', 'TC', 'TG', 'UA', 'UREA']);
    for (const { item, twin } of others) expect(isArbitrary.test(item.unit) ? isArbitrary.test(twin.unit) : twin.unit === 'meq/L' && ['K', 'NA', 'CL'].includes(item.item)).toBe(true);
    for (const { twin } of others) expect(twin.factor).toBe(1);
  });

  it('marks as unverified what the field handed over from memory', () => {
    const unverified = items.filter((item) => item.unverified === true).map((item) => item.item).sort();
    expect(unverified).toEqual(['APOA1', 'APOB', 'CYSC', 'FE', 'GLU_FASTING', 'HIV', 'LPA', 'TGAB', 'TIBC']);
  });
});

describe('the sources of the district', () => {
  it('are files named after what they describe, each with a table of codes', () => {
    for (const { file, source } of sources) {
      expect(file).toBe(`${source.id}.json`);
      expect(tables.sources.get(source.id)?.system).toBe(`https://bund.example/sources/${source.id}/codes`);
    }
  });

  it('are two tertiary and two secondary hospitals and two community centres', () => {
    expect(sources.map(({ source }) => source.organization.level).sort()).toEqual(['community', 'community', 'secondary', 'secondary', 'tertiary', 'tertiary']);
  });

  it('have unified social credit codes with right check characters', () => {
    for (const { source } of sources) {
      expect(source.organization.uscc).toMatch(/^12310101[0-9X]{9}[0-9A-Y]$/);
      expect(usccRemainder(source.organization.uscc)).toBe(0);
      expect(organizationRemainder(source.organization.uscc.slice(8, 17))).toBe(0);
    }
  });

  it('number their patients under systems of their own', () => {
    expect(new Set(sources.map(({ source }) => source.patientNumberSystem)).size).toBe(sources.length);
  });

  it('name the same item differently', () => {
    const codesOfGlucose = [...tables.sources.values()].map((table) => [...table.codes.values()].flat().find((code) => code.item?.item === 'GLU')?.local);
    expect(new Set(codesOfGlucose).size).toBe(sources.length);
  });
});

/** LOINC check digit: MOD 10, doubling every other digit from the right. */
function luhnDigit(digits: string): number {
  const sum = Array.from(digits).reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

/** GB 32100-2015: 0 for a right code. */
function usccRemainder(code: string): number {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  return Array.from(code).reduce((sum, character, at) => sum + alphabet.indexOf(character) * (at === 17 ? 1 : 3 ** at % 31), 0) % 31;
}

/** GB 11714: 0 for a right code, `X` counting ten. */
function organizationRemainder(code: string): number {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2, 1];
  return Array.from(code).reduce((sum, character, at) => sum + (character === 'X' ? 10 : Number(character)) * (weights[at] ?? 0), 0) % 11;
}
