import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/fhir/json.ts';
import type { JsonObject, Resource } from '../../src/fhir/resource.ts';
import { createCodeTables } from '../../src/terminology/create-code-tables.ts';
import { mapObservation } from '../../src/terminology/map-observation.ts';
import type { CatalogueItem, SourceCodes } from '../../src/terminology/tables.ts';
import { isUcum } from '../../src/terminology/ucum.ts';

const item = (name: string, loinc: string, unit: string, twins: CatalogueItem['twins'] = []): CatalogueItem => ({ item: name, zh: `${name} zh`, en: name, group: 'g', loinc, unit, twins });
const LOCAL = 'https://bund.example/sources/x/codes';
const codes: SourceCodes = {
  system: LOCAL,
  codes: [
    { local: '1', display: 'glucose', item: 'GLU', loinc: '14749-6', equivalence: 'equivalent' },
    { local: '2', display: 'urea nitrogen', item: 'UREA', loinc: '3094-0', equivalence: 'equal' },
    { local: '3', display: 'ALT with P-5-P', item: 'ALT', loinc: '1743-4', equivalence: 'wider' },
    { local: '4', display: 'd-dimer', item: 'DDIMER', loinc: '48065-7', equivalence: 'equivalent' },
    { local: '5', display: 'HBsAg', item: 'HBSAG', loinc: '5196-1', equivalence: 'equivalent' },
    { local: '6', display: 'INR', item: 'INR', loinc: '6301-6', equivalence: 'equivalent' },
    { local: '7', display: 'near', item: 'GLU', loinc: '9999-9', equivalence: 'relatedto' },
    { local: '8', display: 'urea', item: 'UREA', loinc: '22664-7', equivalence: 'equal' },
  ],
  units: { 'mg%': 'mg/dL', 'DDU': 'ug/L{DDU}' },
};
const tables = createCodeTables([
  item('GLU', '14749-6', 'mmol/L', [{ loinc: '2345-7', unit: 'mg/dL', factor: 0.05551 }]),
  item('UREA', '22664-7', 'mmol/L', [{ loinc: '3091-6', unit: 'mg/dL', factor: 0.1665 }, { loinc: '3094-0', unit: 'mg/dL', factor: 0.357 }]),
  item('ALT', '1742-6', 'U/L', [{ loinc: '1743-4', unit: 'U/L', factor: 1 }]),
  item('DDIMER', '48065-7', 'mg/L{FEU}'),
  item('HBSAG', '5196-1', ''),
  item('INR', '6301-6', '{INR}'),
], new Map([['x', codes]]));

interface Sent { readonly code?: string; readonly system?: string; readonly value?: string; readonly quantity?: JsonObject; readonly more?: JsonObject }

function map({ code = '1', system = LOCAL, quantity, more = {} }: Sent): { resource: Resource; gaps: readonly object[] } {
  const resource: Resource = { resourceType: 'Observation', status: 'final', code: { coding: [{ system, code }] }, ...(quantity === undefined ? {} : { valueQuantity: quantity }), ...more };
  return mapObservation(resource, { tables, source: tables.sources.get('x'), isUcum });
}

const UCUM = 'http://unitsofmeasure.org';
const codings = (resource: Resource): readonly string[] => (resource as unknown as { code: { coding: { code: string }[] } }).code.coding.map((coding) => coding.code);
const common = (quantity: unknown): unknown => (quantity as { extension?: { valueQuantity: unknown }[] }).extension?.[0]?.valueQuantity;

describe('a result in the standard unit', () => {
  it('gets the item, the LOINC of that unit and the UCUM code, and nothing else', () => {
    const { resource, gaps } = map({ quantity: { value: 5.6, unit: 'mmol/l' } });
    expect(codings(resource)).toEqual(['GLU', '14749-6', '1']);
    expect(resource['valueQuantity']).toEqual({ value: 5.6, unit: 'mmol/l', system: UCUM, code: 'mmol/L' });
    expect([resource.meta, gaps]).toEqual([undefined, []]);
  });
});

describe('a result in another unit', () => {
  it('gets the LOINC of its own unit, and the common value beside the original', () => {
    const { resource } = map({ quantity: parseJson('{"value":126.0,"unit":"mg%","comparator":"<"}') as JsonObject });
    expect(codings(resource)).toEqual(['GLU', '2345-7', '1']);
    expect(JSON.stringify(resource['valueQuantity'])).toContain('"value":126.0,"unit":"mg%"');
    expect(JSON.stringify(common(resource['valueQuantity']))).toBe(`{"value":6.994,"comparator":"<","unit":"mmol/L","system":"${UCUM}","code":"mmol/L"}`);
  });

  it('has both limits of its range converted by the same factor, also where they name no unit', () => {
    const more = { referenceRange: [{ low: { value: 70 }, high: { value: 110, unit: 'mg/dL' }, text: '70-110' }, { text: 'fasting' }] };
    const { resource } = map({ quantity: { value: 126, unit: 'mg/dL' }, more });
    const [range, textual] = (resource as unknown as { referenceRange: { low: unknown; high: unknown; text: string }[] }).referenceRange;
    expect(JSON.stringify([common(range?.low), common(range?.high)])).toMatch(/"value":3\.89.*"value":6\.11/);
    expect(textual).toEqual({ text: 'fasting' });
  });

  it('leaves a limit alone that is in another unit than the value', () => {
    const { resource } = map({ quantity: { value: 126, unit: 'mg/dL' }, more: { referenceRange: [{ low: { value: 3.9, unit: 'mmol/L' } }] } });
    expect(resource['referenceRange']).toEqual([{ low: { value: 3.9, unit: 'mmol/L' } }]);
  });

  it('follows the source where one unit stands for two quantities, and guesses nothing where the source does not say', () => {
    expect(codings(map({ code: '2', quantity: { value: 14, unit: 'mg/dL' } }).resource)).toEqual(['UREA', '3094-0', '2']);
    const ambiguous = map({ code: '8', quantity: { value: 14, unit: 'mg/dL' } });
    expect(codings(ambiguous.resource)).toEqual(['UREA', '8']);
    expect(ambiguous.gaps).toHaveLength(1);
  });

  it('is never converted between FEU and DDU', () => {
    const { resource, gaps } = map({ code: '4', quantity: { value: 300, unit: 'DDU' } });
    expect(resource['valueQuantity']).toEqual({ value: 300, unit: 'DDU' });
    expect(gaps).toEqual([{ kind: 'unit', system: '', code: 'DDU', display: 'DDIMER zh' }]);
    expect(resource.meta).toEqual({ tag: [{ system: 'https://bund.example/CodeSystem/tag', code: 'unmapped-unit' }] });
  });

  it('may be enzyme activity in IU/L, which is U/L', () => {
    const { resource } = map({ code: '3', quantity: { value: 30, unit: 'IU/L' } });
    expect(codings(resource)).toEqual(['ALT', '1743-4', '3']);
    expect(resource['valueQuantity']).toMatchObject({ unit: 'IU/L', code: 'U/L' });
  });

  it('keeps a right UCUM code of the sender, and does not believe a wrong one', () => {
    expect(map({ quantity: { value: 126, unit: 'mg/dL', system: UCUM, code: 'mg/dL' } }).resource['valueQuantity']).toMatchObject({ code: 'mg/dL' });
    const wrong = map({ quantity: { value: 5, unit: 'x', system: UCUM, code: 'mmol/litre' } });
    expect(wrong.gaps).toHaveLength(1);
    const known = map({ code: '3', quantity: { value: 30, system: UCUM, code: 'IU/L' } });
    expect(common(known.resource['valueQuantity'])).toMatchObject({ code: 'U/L' });
  });
});

describe('a result without unit', () => {
  it('is a ratio where the item is one, words where it has no unit, and a gap otherwise', () => {
    expect(map({ code: '6', quantity: { value: 1.02 } }).resource['valueQuantity']).toEqual({ value: 1.02, system: UCUM, code: '{INR}' });
    expect(map({ code: '5', more: { valueString: '阴性' } })).toMatchObject({ gaps: [], resource: { valueString: '阴性' } });
    expect(map({ quantity: { value: 5.6 } }).gaps).toEqual([{ kind: 'unit', system: '', code: '', display: 'GLU zh' }]);
  });
});

describe('a code', () => {
  it('of a range or ratio tells its LOINC as that of a number does', () => {
    const limits = (unit: string): JsonObject => ({ low: { value: 99, unit }, high: { value: 110, unit } });
    expect(codings(map({ more: { valueRange: limits('mg/dL') } }).resource)).toEqual(['GLU', '2345-7', '1']);
    expect(codings(map({ more: { valueRange: { high: { value: 5, unit: 'mmol/L' } } } }).resource)).toEqual(['GLU', '14749-6', '1']);
    expect(codings(map({ more: { valueRatio: { numerator: { value: 1, unit: 'mg/dL' }, denominator: { value: 2, unit: 'mg/dL' } } } }).resource)).toEqual(['GLU', '2345-7', '1']);
    const { resource, gaps } = map({ more: { valueRange: limits('spoons') } });
    expect(codings(resource)).toEqual(['GLU', '1']);
    expect([resource.meta?.['tag'], gaps]).toEqual([[expect.objectContaining({ code: 'unmapped-unit' })], [expect.objectContaining({ kind: 'unit', code: 'spoons' })]]);
  });

  it('that no table knows is kept, marked and told', () => {
    const { resource, gaps } = map({ code: 'GLU-2', quantity: { value: 5.6, unit: 'mmol/L' } });
    expect(codings(resource)).toEqual(['GLU-2']);
    expect(gaps).toEqual([{ kind: 'code', system: LOCAL, code: 'GLU-2', display: '' }]);
    expect(resource.meta).toEqual({ tag: [{ system: 'https://bund.example/CodeSystem/tag', code: 'unmapped-code' }] });
  });

  it('that no table knows, with a unit that no table knows, is marked and told twice', () => {
    const { resource, gaps } = map({ code: 'GLU-2', quantity: { value: 5.6, unit: 'spoons' } });
    expect(gaps).toEqual([{ kind: 'code', system: LOCAL, code: 'GLU-2', display: '' }, { kind: 'unit', system: '', code: 'spoons', display: 'GLU-2' }]);
    expect(resource.meta).toMatchObject({ tag: [{ code: 'unmapped-code' }, { code: 'unmapped-unit' }] });
    expect(map({ code: 'GLU-2', quantity: { value: 5.6 } }).gaps).toHaveLength(1);
  });

  it('that is near a standard item is marked, and gets no item that does not include it', () => {
    expect(map({ code: '3', quantity: { value: 30, unit: 'U/L' } }).resource.meta).toMatchObject({ tag: [{ code: 'inexact-code' }] });
    expect(codings(map({ code: '7' }).resource)).not.toContain('GLU');
  });

  it('may be LOINC already: within the catalogue it gets the item, beyond it nothing is missing', () => {
    expect(codings(map({ system: 'http://loinc.org', code: '2345-7', quantity: { value: 126, unit: 'mg/dL' } }).resource)).toEqual(['GLU', '2345-7']);
    expect(map({ system: 'http://loinc.org', code: '8867-4', quantity: { value: 60, unit: '/min' } })).toMatchObject({ gaps: [] });
  });

  it('of a ward in its own words is no gap of the laboratory tables', () => {
    const category = [{ coding: [{ code: 'laboratory' }] }];
    expect(map({ system: 'https://ward.example', code: 'mood' }).gaps).toEqual([]);
    expect(map({ system: 'https://ward.example', code: 'mood', more: { category } }).gaps).toHaveLength(1);
  });

  it('of a component is mapped like that of a result', () => {
    const part = { code: { coding: [{ system: LOCAL, code: '1' }] }, valueQuantity: { value: 126, unit: 'mg/dL' } };
    const { resource } = map({ more: { component: [part, { code: { text: 'unknown part' } }], category: [{ coding: [{ code: 'laboratory' }] }] } });
    expect(resource['component']).toMatchObject([{ code: { coding: [{ code: 'GLU' }, { code: '2345-7' }, {}] } }, { code: { text: 'unknown part' } }]);
    expect(resource.meta).toMatchObject({ tag: [{ code: 'unmapped-code' }] });
  });

  it('loses its mark when it is mapped later, while marks of others stay', () => {
    const tag = [{ system: 'https://bund.example/CodeSystem/tag', code: 'unmapped-code' }, { system: 'https://other.example', code: 'x' }];
    expect(map({ more: { meta: { tag } } }).resource.meta).toEqual({ tag: [tag[1]] });
  });

  it('is mapped to the same text however often the result passes', () => {
    const once = map({ quantity: { value: 126, unit: 'mg/dL' } }).resource;
    const twice = mapObservation(once, { tables, source: tables.sources.get('x'), isUcum }).resource;
    expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
  });
});
