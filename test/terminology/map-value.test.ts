import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/fhir/json.ts';
import type { JsonObject, Resource } from '../../src/fhir/resource.ts';
import { createCodeTables } from '../../src/terminology/create-code-tables.ts';
import { codingsOf, ordinalOf } from '../../src/terminology/ordinals.ts';
import { readCompared, readRange } from '../../src/terminology/read-number.ts';
import { ITEMS, LOCAL, mapWith } from './arbitraries.ts';

const tables = createCodeTables(ITEMS, new Map([['x', {
  system: LOCAL,
  codes: [
    { local: '1', display: 'glucose', item: 'GLU', loinc: '14749-6', equivalence: 'equivalent' },
    { local: '2', display: 'HBsAg', item: 'HBSAG', loinc: '5196-1', equivalence: 'equivalent' },
    { local: '3', display: 'INR', item: 'INR', loinc: '6301-6', equivalence: 'equivalent' },
  ],
  units: {},
}]]));

function map(code: string, more: JsonObject, category = 'laboratory'): Resource {
  return mapWith({ resourceType: 'Observation', status: 'final', category: [{ coding: [{ code: category }] }], code: { coding: [{ system: LOCAL, code }] }, ...more }, tables);
}

describe('a result in words', () => {
  it.each([
    ['阴性', 'negative'], ['(-)', 'negative'], ['（－）', 'negative'], ['阴性(-)', 'negative'], ['Neg', 'negative'], ['阴 性', 'negative'],
    ['弱阳性', 'weak-positive'], ['±', 'indeterminate'], ['(+-)', 'indeterminate'], ['可疑', 'indeterminate'],
    ['阳性', 'positive'], ['+', 'positive'], ['（＋）', 'positive'], ['POS', 'positive'], ['阳性(+)', 'positive'],
    ['1+', '1+'], ['++', '2+'], ['(3+)', '3+'], ['++++', '4+'], ['未检出', 'not-detected'], ['Not detected', 'not-detected'], ['检出', 'detected'], ['Non-Reactive', 'non-reactive'],
  ])('%s is %s', (words, ordinal) => {
    expect(ordinalOf(words)).toBe(ordinal);
  });

  it.each(['', '-', 'ND', 'NR', 'A型', '见备注', '阴性对照未通过', '1:32', '5.6', '+++++', 'constructor'])('%s is no step of a scale', (words) => {
    expect(ordinalOf(words)).toBeUndefined();
  });

  it('gets codings, and keeps its words as the text', () => {
    const mapped = map('2', { valueString: ' 弱阳性' });
    expect(mapped['valueString']).toBeUndefined();
    expect(mapped['valueCodeableConcept']).toEqual({ coding: [{ system: 'https://bund.example/CodeSystem/ordinal', code: 'weak-positive', display: '弱阳性' }], text: ' 弱阳性' });
    expect(map('2', { valueCodeableConcept: { text: '阴性' } })['valueCodeableConcept']).toMatchObject({ coding: [{ code: 'negative' }, { code: 'NEG' }], text: '阴性' });
    const coded = map('2', { valueCodeableConcept: { coding: [{ system: 'https://x.example', code: 'N', display: '阴性' }] } });
    expect(coded['valueCodeableConcept']).toMatchObject({ coding: [{ code: 'negative' }, { code: 'NEG' }, { code: 'N' }] });
  });

  it('is coded where its test is unknown too, and outside of laboratories is left alone', () => {
    expect(map('9', { valueString: '阳性' })['valueCodeableConcept']).toMatchObject({ text: '阳性' });
    expect(map('9', { valueString: '阳性' }, 'exam')['valueString']).toBe('阳性');
  });

  it('has only codes that the code system of the exchange lists', async () => {
    const listed = JSON.parse(await readFile(path.resolve(import.meta.dirname, '../../profiles/fhir/CodeSystem-ordinal.json'), 'utf8')) as { concept: { code: string; display: string }[] };
    for (const { code, display } of listed.concept) expect(codingsOf(code as never)[0]).toMatchObject({ code, display });
    expect(listed.concept).toHaveLength(12);
  });
});

describe('a number that is printed as text', () => {
  it.each([
    ['<0.01', { comparator: '<', numeral: '0.01', unit: '' }], ['＜0.010', { comparator: '<', numeral: '0.010', unit: '' }], ['> 1000 mg/dL', { comparator: '>', numeral: '1000', unit: 'mg/dL' }],
    ['≥5.0', { comparator: '>=', numeral: '5.0', unit: '' }], ['<=5', { comparator: '<=', numeral: '5', unit: '' }], ['小于0.5', { comparator: '<', numeral: '0.5', unit: '' }], ['不高于 3', { comparator: '<=', numeral: '3', unit: '' }],
  ])('%s has a comparator', (text, printed) => {
    expect(readCompared(text)).toEqual(printed);
  });

  it.each(['5.6', '<', '<1,000', '<01', '1:32', '<5 - 6', '3.9-6.1'])('%s has none, or is no number', (text) => {
    const printed = readCompared(text);
    expect(printed === undefined || printed.unit !== '').toBe(true);
  });

  it('becomes a Quantity where its unit is known, with what was printed beside it', () => {
    expect(map('1', { valueString: '> 1000 mg/dL' })['valueQuantity']).toMatchObject({
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/originalText', valueString: '> 1000 mg/dL' }, { valueQuantity: { value: decimal('55.51'), comparator: '>', code: 'mmol/L' } }],
      value: 1000, comparator: '>', unit: 'mg/dL', code: 'mg/dL',
    });
    expect(map('3', { valueString: '<0.90' })['valueQuantity']).toMatchObject({ value: decimal('0.90'), comparator: '<', code: '{INR}' });
  });

  it('never takes an exponent for a digit', () => {
    expect(map('3', { valueString: '>10⁵' })['valueString']).toBe('>10⁵');
    expect(readRange('10²-10⁵')).toBeUndefined();
    expect(readCompared('>5×10⁹/L')).toEqual({ comparator: '>', numeral: '5', unit: '×10⁹/L' });
  });

  it('stays a text where nobody knows what it was measured in', () => {
    for (const valueString of ['<0.01', '<5 spoons', '<5 见备注']) expect(map('1', { valueString })).toMatchObject({ valueString, code: { coding: [{ code: 'GLU' }, { code: '14749-6' }, {}] } });
  });
});

describe('a reference range that is printed as text', () => {
  it.each([
    ['3.9-6.1', ['3.9', '6.1']], ['3.9～6.1', ['3.9', '6.1']], ['3.9~6.1', ['3.9', '6.1']], ['3.90--6.10', ['3.90', '6.10']], ['3.9 — 6.1', ['3.9', '6.1']], ['3.9至6.1', ['3.9', '6.1']],
    ['-3-3', ['-3', '3']], ['-5--2', ['-5', '-2']], ['[3.9-6.1]', ['3.9', '6.1']], ['<5', [undefined, '5']], ['≥60', ['60', undefined]], ['≤ 5.2 mmol/L', [undefined, '5.2']],
  ])('%s has its limits', (text, [low, high]) => {
    expect(readRange(text)).toMatchObject({ low, high });
  });

  it.each(['阴性', '男:3.9-6.1 女:3.5-5.0', '6.1-3.9', '3.9', '2026-03-01', '', '1:32'])('%s is left alone', (text) => {
    expect(readRange(text)).toBeUndefined();
  });

  it('is converted with the factor of the value, in its unit or in none', () => {
    const ranges = (text: string): unknown => map('1', { valueQuantity: { value: 126, unit: 'mg/dL' }, referenceRange: [{ text }] })['referenceRange'];
    expect(ranges('70-110')).toMatchObject([{ text: '70-110', low: { value: 70, unit: 'mg/dL', code: 'mg/dL', extension: [{ valueQuantity: { value: 3.89 } }] }, high: { value: 110 } }]);
    expect(ranges('<110 mg/dl')).toMatchObject([{ high: { value: 110, unit: 'mg/dl', code: 'mg/dL' } }]);
    expect(ranges('3.9-6.1 mmol/L')).toEqual([{ text: '3.9-6.1 mmol/L' }]);
  });
});

describe('whatever a laboratory prints', () => {
  const printed = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ unit: fc.constantFrom(...Array.from('<>≤≥=0123456789.-~～ +±()（）阴阳性弱小于等mgdL/')), maxLength: 20 }));
  it('is read without fault, and what is read is a number of JSON', () => {
    fc.assert(fc.property(printed, (text) => {
      ordinalOf(text);
      const range = readRange(text);
      for (const numeral of [readCompared(text)?.numeral, range?.low, range?.high]) if (numeral !== undefined) expect(JSON.parse(numeral)).toBe(Number(numeral));
    }), { numRuns: 3_000 });
  });

  it('comes back to the letter', () => {
    fc.assert(fc.property(printed, (valueString) => {
      const sent: Resource = { resourceType: 'Observation', status: 'final', category: [{ coding: [{ code: 'laboratory' }] }], code: { coding: [{ system: LOCAL, code: '1' }] }, valueString, referenceRange: [{ text: valueString }], note: [] };
      expect(JSON.stringify(mapWith(mapWith(sent, tables), tables))).toBe(JSON.stringify(mapWith(sent, tables)));
      expect(JSON.stringify(mapWith(sent, tables))).toContain(JSON.stringify(valueString));
    }));
  });
});
