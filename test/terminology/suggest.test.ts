import fc from 'fast-check';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCodeTables } from '../../src/terminology/load-code-tables.ts';
import { nameSimilarity } from '../../src/terminology/name-similarity.ts';
import type { LocalEvidence } from '../../src/terminology/suggest-items.ts';
import { namesOfItems, suggestItems } from '../../src/terminology/suggest-items.ts';
import type { MeasuredTest } from '../../src/terminology/suggest-units.ts';
import { spellingsOfUnits, suggestUnits } from '../../src/terminology/suggest-units.ts';

const tables = await loadCodeTables(path.resolve(import.meta.dirname, '../../profiles/codes'));
const items = [...tables.items.values()];
const names = namesOfItems(tables);
const evidence = (changes: Partial<LocalEvidence>): LocalEvidence => ({ code: 'X1', names: [], units: [], values: [], hasWords: false, specimens: [], ...changes });
const best = (local: LocalEvidence, known = new Map()): string | undefined => suggestItems(local, items, names, known)[0]?.item;
const unit = (sent: string, ucum: string) => ({ sent, unit: { ucum, version: undefined } });

describe('two names of tests', () => {
  it.each([['葡萄糖', '葡萄糖 (GLU)'], ['血清葡萄糖', '葡萄糖'], ['ALT', 'alt'], ['Ｃ反应蛋白', 'C反应蛋白'], ['Haemoglobin', 'hemoglobin']])('%s and %s are alike', (a, b) => {
    expect(nameSimilarity(a, b)).toBeGreaterThan(0.6);
  });

  it.each([['葡萄糖', '尿素'], ['ALT', 'CRP'], ['', 'x'], ['()', '()']])('%s and %s are not', (a, b) => {
    expect(nameSimilarity(a, b)).toBeLessThan(0.3);
  });

  it('are as alike one way as the other, and never more than the same', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const score = nameSimilarity(a, b);
      expect(score).toBe(nameSimilarity(b, a));
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }));
  });
});

describe('suggestions for a local code', () => {
  it.each([
    [evidence({ names: ['血葡萄糖测定'], units: [unit('mmol/L', 'mmol/L')] }), 'GLU'],
    [evidence({ code: 'CREA-2', names: ['肌酐 (酶法)'], units: [unit('umol/L', 'umol/L')] }), 'CREA'],
    [evidence({ names: ['谷丙转氨酶'], units: [unit('U/L', 'U/L')] }), 'ALT'],
    [evidence({ names: ['乙肝表面抗原'], hasWords: true }), 'HBSAG'],
    [evidence({ names: ['乙肝表面抗原定量'], units: [unit('IU/mL', '[IU]/mL')] }), 'HBSAG_QUANT'],
    [evidence({ names: ['D二聚体'], units: [unit('ug/L DDU', 'ug/L{DDU}')] }), 'DDIMER_DDU'],
  ])('%# put the right item first', (local, item) => {
    expect(best(local)).toBe(item);
  });

  it('take the LOINC that fits the unit', () => {
    expect(suggestItems(evidence({ names: ['葡萄糖'], units: [unit('mg/dl', 'mg/dL')] }), items, names, new Map())[0]).toMatchObject({ item: 'GLU', loinc: '2345-7' });
  });

  it('tell items of one name apart by where their values lie, and say why', () => {
    const known = new Map([['GLU', { values: [3.9, 4.5, 5, 5.5, 6, 7.5], specimens: ['血清'] }], ['UREA', { values: [12, 14, 15, 16, 18, 20], specimens: ['血清'] }]]);
    const local = evidence({ names: ['测定项目'], units: [unit('mmol/L', 'mmol/L')], values: [13, 15, 17].map((value) => ({ value, ucum: 'mmol/L' })), specimens: ['血清'] });
    const [first] = suggestItems(local, items.filter(({ item }) => item === 'GLU' || item === 'UREA'), names, known);
    expect(first).toMatchObject({
      item: 'UREA',
      features: { values: { score: 1, explanation: '3 of 3 values lie within 12 to 20 mmol/L, where known results of the item do' }, specimen: { score: 1 }, unit: { explanation: '1 of 1 units fit mmol/L: mmol/L' } },
    });
  });

  it('never fail, whatever a laboratory sends', () => {
    const local = fc.record({
      code: fc.string(), names: fc.array(fc.string({ unit: 'binary' })), hasWords: fc.boolean(), specimens: fc.array(fc.string()),
      units: fc.array(fc.record({ sent: fc.string(), unit: fc.option(fc.record({ ucum: fc.constantFrom('mmol/L', 'mg/dL', '', 'constructor', '{INR}'), version: fc.constant(undefined) }), { nil: undefined }) })),
      values: fc.array(fc.record({ value: fc.double(), ucum: fc.constantFrom('mmol/L', 'g/L', '') })),
    });
    const known = fc.dictionary(fc.constantFrom('GLU', 'UREA'), fc.record({ values: fc.array(fc.double({ noNaN: true })), specimens: fc.array(fc.string()) }));
    fc.assert(fc.property(local, known, (sent, by) => {
      const suggested = suggestItems(sent, items, names, new Map(Object.entries(by)));
      for (const { score } of suggested) expect(score >= 0 && score <= 1).toBe(true);
    }), { numRuns: 300 });
  });
});

describe('suggestions for a unit', () => {
  const spellings = spellingsOfUnits(tables);
  const glucose = (...values: number[]): MeasuredTest => ({ item: tables.items.get('GLU')!, values, known: [3.9, 4.5, 5, 5.5, 6, 7.5] });
  const enzyme = (...values: number[]): MeasuredTest => ({ item: tables.items.get('ALT')!, values, known: [10, 20, 30, 40, 50, 60] });

  it.each([
    ['a name in another script, by the test and its values', '单位/升', [enzyme(20, 30)], 'U/L'],
    ['a word, where the values are moles', 'spoons', [glucose(5.1, 6.2)], 'mmol/L'],
    ['the same word, where they are milligrams', 'spoons', [glucose(95, 102)], 'mg/dL'],
    ['a part of a unit', 'MMOL', [glucose(5.1)], 'mmol/L'],
    ['a sign that looks like another', 'uM01/L', [], 'umol/L'],
    ['a spelling of another laboratory', '10^9个/升', [], '10*9/L'],
  ])('put the right one first for %s', (_what, sent, tests, ucum) => {
    expect(suggestUnits({ sent, tests }, spellings)[0]?.ucum).toBe(ucum);
  });

  it('say what speaks for them, and what is not known', () => {
    expect(suggestUnits({ sent: 'mmol', tests: [glucose(5.1, 62)] }, spellings)[0]).toMatchObject({
      ucum: 'mmol/L',
      features: { spelling: { explanation: 'mmol is like mmol/L' }, tests: { score: 1, explanation: '1 of 1 tests are measured in it: 葡萄糖' }, values: { score: 0.5 } },
    });
    expect(suggestUnits({ sent: 'mmol', tests: [] }, spellings)[0]?.features).toMatchObject({ tests: { score: undefined }, values: { score: undefined, explanation: 'No value is known' } });
  });

  it('weigh a unit by the test that it fits worst', () => {
    const [first] = suggestUnits({ sent: 'x', tests: [glucose(5), glucose(500)] }, new Map([['mmol/L', ['mmol/L']]]));
    expect(first?.features.values.score).toBe(0);
  });

  it('are none for a unit of which nothing is known', () => {
    expect(suggestUnits({ sent: '匙', tests: [] }, spellings)).toEqual([]);
  });

  it('never fail, whatever a laboratory sends', () => {
    const test = fc.record({ item: fc.constantFrom(...items), values: fc.array(fc.double()), known: fc.array(fc.double({ noNaN: true })) });
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.array(test, { maxLength: 3 }), (sent, tests) => {
      for (const { score } of suggestUnits({ sent, tests }, spellings)) expect(score > 0 && score <= 1).toBe(true);
    }), { numRuns: 200 });
  });
});
