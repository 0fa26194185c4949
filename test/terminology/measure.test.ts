import fc from 'fast-check';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { concentrationOf, powerBetween } from '../../src/terminology/concentration.ts';
import { convertDecimal } from '../../src/terminology/convert-decimal.ts';
import { loadCodeTables } from '../../src/terminology/load-code-tables.ts';
import { measureOf } from '../../src/terminology/measure.ts';
import type { CatalogueItem } from '../../src/terminology/tables.ts';

const tables = await loadCodeTables(path.resolve(import.meta.dirname, '../../profiles/codes'));
const itemOf = (name: string): CatalogueItem => tables.items.get(name)!;
/** The UCUM reference implementation judges. */
const ucum = (createRequire(import.meta.url)('@lhncbc/ucum-lhc') as { UcumLhcUtils: { getInstance(): { convertUnitTo(from: string, value: number, to: string, suggest: boolean, molarMass: number | null): { status: string; toVal: number | null } } } }).UcumLhcUtils.getInstance();

const PREFIXES = ['f', 'p', 'n', 'u', 'm', '', 'k'];
const unit = fc.record({ prefix: fc.constantFrom(...PREFIXES), base: fc.constantFrom('g', 'mol'), volume: fc.constantFrom('u', 'm', 'd', '') }).map(({ prefix, base, volume }) => `${prefix}${base}/${volume}L`);

describe('two units of an amount in a volume', () => {
  it('differ by the power of ten that UCUM says, or have nothing in common', () => {
    fc.assert(fc.property(unit, unit, (from, to) => {
      const [left, right] = [concentrationOf(from)!, concentrationOf(to)!];
      const power = powerBetween(left, right);
      if (left.base !== right.base) {
        expect(power).toBeUndefined();
        return;
      }
      const { toVal } = ucum.convertUnitTo(from, 1, to, false, null);
      expect(Math.abs(toVal! / 10 ** power! - 1)).toBeLessThan(1e-9);
    }));
  });

  it.each([['mg/L{FEU}', 'mg/L{DDU}'], ['mg/L', 'mg/L{FEU}'], ['[IU]/mL', 'ng/mL'], ['U/L', '[IU]/L'], ['10*9/L', 'mmol/L'], ['meq/L', 'mmol/L']])('%s and %s are never turned into each other', (from, to) => {
    expect(powerBetween(concentrationOf(from)!, concentrationOf(to)!)).toBeUndefined();
  });

  it.each(['%', 's', '', 'mm/h', 'mmol/mol', 'mg/kg', 'L/L', 'spoons/L', 'mg/24h', 'constructor'])('%s is no amount in a volume', (text) => {
    expect(concentrationOf(text)).toBeUndefined();
  });

  it('take a value there and back', () => {
    fc.assert(fc.property(unit, unit, fc.integer({ min: 1, max: 99_999 }), (from, to, value) => {
      const power = powerBetween(concentrationOf(from)!, concentrationOf(to)!);
      if (power === undefined || Math.abs(power) > 18) return;
      const there = convertDecimal(String(value), Number(`1e${power}`))!;
      expect(Number(convertDecimal(there, Number(`1e${-power}`)))).toBe(value);
    }));
  });
});

describe('a value in a unit that the catalogue does not list', () => {
  it.each([
    ['GLU', 'mg/L', ['1260', '6.994'], '2345-7'], ['GLU', 'g/L', ['1.26', '6.99'], '2345-7'], ['GLU', 'ug/mL', ['1260', '6.994'], '2345-7'], ['GLU', 'umol/L', ['5600', '5.600'], '14749-6'],
    ['CREA', 'mg/L', ['10', '88.4'], '2160-0'], ['DDIMER_FEU', 'ug/L{FEU}', ['500', '0.500'], '48065-7'], ['WBC', '10*6/L', ['5600', '5.600'], '6690-2'], ['CRP', 'ug/mL', ['5.0', '5.0'], '1988-5'],
    ['FE', 'ug/dL', ['100', '17.9'], undefined], ['GLU_FASTING', 'mg/dL', ['100', '5.55'], undefined], ['TIBC', 'ug/dL', ['300', '53.7'], undefined],
  ] as const)('is converted: %s in %s', (item, sent, [value, common], loinc) => {
    const measure = measureOf(itemOf(item), sent, undefined);
    expect(measure?.loinc).toBe(loinc);
    expect(Number(convertDecimal(value, measure!.factor))).toBe(Number(common));
  });

  it.each([['DDIMER_FEU', 'ug/L{DDU}'], ['DDIMER_FEU', 'mg/L'], ['AFP', '[IU]/mL'], ['HBSAG', '[IU]/mL'], ['HBSAG_QUANT', '{S_CO}'], ['HBA1C', 'mmol/mol'], ['HBA1C_IFCC', '%'], ['LPA', 'nmol/L'], ['WBC', 'mmol/L'], ['TBA', 'mg/L'], ['ALT', 'g/L']])('%s in %s is not converted', (item, sent) => {
    expect(measureOf(itemOf(item), sent, undefined)).toBeUndefined();
  });

  it('is as ambiguous as the listed one: of urea in grams the source must say what it weighed', () => {
    expect(measureOf(itemOf('UREA'), 'g/L', undefined)).toBeUndefined();
    expect(measureOf(itemOf('UREA'), 'g/L', '3094-0')).toMatchObject({ loinc: '3094-0', factor: 35.7 });
  });
});

describe('the molar masses of the catalogue', () => {
  it('agree with the factors of the twins, in all their figures', () => {
    const masses = [...tables.items.values()].flatMap((item) => item.twins.filter((twin) => item.molarMass !== undefined && concentrationOf(twin.unit)?.base === 'g').map((twin) => ({ item, twin })));
    expect(masses.length).toBeGreaterThan(15);
    for (const { item, twin } of masses) {
      // Urea nitrogen is weighed as the two atoms of nitrogen that a molecule of urea has.
      const mass = twin.loinc === '3094-0' ? 28.014 : item.molarMass!;
      const [from, to] = [concentrationOf(twin.unit)!, concentrationOf(item.unit)!];
      const factor = 10 ** (from.exponent - to.exponent) / mass;
      const figures = String(twin.factor).replace(/^0\.0*|\./g, '').length;
      expect(Math.abs(factor / twin.factor - 1), `${item.item} ${factor} ${twin.factor}`).toBeLessThan(10 ** (1 - Math.min(figures, 4)) * 0.6);
      const judged = ucum.convertUnitTo(twin.unit, 1, item.unit, false, mass);
      if (judged.status === 'succeeded' && judged.toVal !== null) expect(Math.abs(judged.toVal / factor - 1)).toBeLessThan(1e-4);
    }
  });

  it('are given for items that are counted in moles only', () => {
    expect([...tables.items.values()].filter(({ molarMass, unit }) => molarMass !== undefined && concentrationOf(unit)?.base !== 'mol')).toEqual([]);
  });
});
