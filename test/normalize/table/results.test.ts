import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numeralOf } from '../../../src/normalize/numeral.ts';
import { readLimits, readRange } from '../../../src/normalize/table/read-range.ts';
import { readResult } from '../../../src/normalize/table/read-result.ts';
import { mapping, onlyResult, readRows, resources, ROW, told } from './samples.ts';

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, item: unknown) => (JSON.isRawJSON(item) ? item.rawJSON : item)));

describe('the cell of a result', () => {
  it.each([
    ['5.2', '5.2', undefined], ['6.0', '6.0', undefined], ['-1.5', '-1.5', undefined], ['−1.5', '-1.5', undefined], ['0', '0', undefined], ['007', '7', undefined],
    ['.5', '0.5', undefined], ['5.', '5', undefined], ['1,234.5', '1234.5', undefined], ['12,345,678', '12345678', undefined], ['1.2E+3', '1.2E+3', undefined],
    ['<0.01', '0.01', '<'], ['< 0.01', '0.01', '<'], ['＜０．０１', '0.01', '<'], ['>1,000', '1000', '>'], ['≤5', '5', '<='], ['>=60', '60', '>='],
  ])('%s is a quantity', (text, numeral, comparator) => {
    const read = readResult(text, false);
    expect(json(read)).toMatchObject({ kind: 'quantity', number: comparator === undefined ? {} : { comparator } });
    expect(read.kind === 'quantity' && JSON.stringify(read.number.value)).toBe(numeral);
  });

  it.each([['5,2', '5.2'], ['1.234,50', '1234.50'], ['<0,01', '0.01'], ['1.234', '1234'], ['12', '12']])('with a decimal comma %s is %s', (text, numeral) => {
    const read = readResult(text, true);
    expect(read.kind === 'quantity' && JSON.stringify(read.number.value)).toBe(numeral);
  });

  it.each(['阴性', '阳性(+)', '+', '++', '+1', '-', '1:320', '3-5', '5.2.1', '5,2', '1,23', '1.5 mmol/L', '查见少量', '<', '>阴性', 'O', '1e400', '--5', '０型', '10⁵', '>10⁵', '1½', '①', '5×10²'])('%s stays in words', (text) => {
    expect(readResult(text, false)).toEqual({ kind: 'words', text });
  });

  it.each(['', 'NaN', 'nan', 'NULL', 'Infinity', '-inf'])('"%s" is none', (text) => {
    expect(readResult(text, false)).toEqual({ kind: 'none' });
  });

  it('may have an arrow behind it, which counts where there is no flag', () => {
    expect(onlyResult(readRows([{ result: '7.8↑' }]))).toMatchObject({ valueQuantity: { value: 7.8 }, interpretation: [{ coding: [{ code: 'H' }] }] });
    expect(onlyResult(readRows([{ result: '7.8 ↑', flag: 'HH' }]))).toMatchObject({ interpretation: [{ coding: [{ code: 'HH' }] }] });
  });

  it('keeps every digit of a decimal', () => {
    fc.assert(fc.property(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.option(fc.stringMatching(/^\d{1,12}$/)), (isNegative, whole, fraction) => {
      const text = `${isNegative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`;
      expect(numeralOf(text, false)).toBe(text);
      expect(numeralOf(text.replace('.', ','), true)).toBe(text);
    }));
  });

  it('stays in words when it is long, without a search that would take long', () => {
    const text = `<${' '.repeat(30_000)}1${' '.repeat(30_000)}x`;
    expect(readResult(text, false)).toEqual({ kind: 'words', text });
    expect(readRange(text, false)).toMatchObject({ text });
  });

  it('is never turned into a number that JSON cannot say', () => {
    const characters = fc.string({ unit: fc.constantFrom('0', '1', '5', '9', '.', ',', '-', '+', 'e', 'E', '<', '>', '≤', ' ', '↑', '０', '．'), maxLength: 12 });
    fc.assert(fc.property(characters, fc.boolean(), (text, decimalComma) => {
      const read = readResult(text, decimalComma);
      if (read.kind === 'quantity') expect(Number.isFinite(JSON.parse(JSON.stringify(read.number.value)))).toBe(true);
    }), { numRuns: 2_000 });
  });
});

describe('a percentage', () => {
  it.each([['%', '%'], ['％', '％'], ['', '%']])('is a number beside the unit "%s"', (unit, said) => {
    const result = onlyResult(readRows([{ result: '42.0%', unit, range: '30%-50%' }]));
    expect(JSON.stringify(result['valueQuantity'])).toBe(`{"value":42.0,"unit":"${said}"}`);
    expect(result['referenceRange']).toMatchObject([{ low: { value: 30, unit: '%' }, high: { value: 50, unit: '%' } }]);
  });

  it('beside another unit is a fault, since one of the two is wrong', () => {
    expect(told(readRows([{ result: '42%', unit: 'L/L' }]))).toEqual(['row 2, column result: The cell gives a percentage, and the unit of the result is L/L: one of the two is wrong']);
  });

  it('may be a limit in a column of its own', () => {
    expect(json(readLimits('30%', '50 %', false))).toEqual({ low: 30, high: 50, unit: '%' });
    expect(json(readLimits('', '50%', false))).toEqual({ high: 50, unit: '%' });
  });
});

describe('a result in words', () => {
  it('keeps its unit as a note with the column that says it', () => {
    expect(onlyResult(readRows([{ result: '查见少量', unit: '/HP' }]))).toMatchObject({ valueString: '查见少量', note: [{ text: 'unit: /HP' }] });
    const tables = [mapping({ facts: { comment: 'comment' } })];
    expect(onlyResult(readRows([{ result: '3-5', unit: '/HP', comment: '溶血' }], { tables }))['note']).toEqual([{ text: '溶血' }, { text: 'unit: /HP' }]);
    expect(onlyResult(readRows([{ result: '5.2' }]))['note']).toBeUndefined();
  });

  it.each(['', '-', '/', '--'])('has no such note where the unit is "%s"', (unit) => {
    expect(onlyResult(readRows([{ result: '阴性', unit }]))['note']).toBeUndefined();
  });

  it('of a row with a column for each test has the unit of its column', () => {
    const tables = [mapping({ kind: 'report', results: [{ column: '尿白细胞', code: 'UWBC', unit: '/HP' }], facts: { itemCode: undefined, result: undefined, unit: undefined, range: undefined, flag: undefined } } as Parameters<typeof mapping>[0])];
    expect(onlyResult(readRows([{ ...ROW, 尿白细胞: '3-5' }], { tables }))).toMatchObject({ valueString: '3-5', note: [{ text: '尿白细胞: /HP' }] });
  });
});

describe('a result that is missing', () => {
  it('has the reason that the mapping gives', () => {
    const tables = [mapping({ absent: { 未做: 'not-performed', '#N/A': 'error', '': 'temp-unknown' } })];
    const message = readRows([{ result: '未做' }, { code: 'K', result: '#N/A' }, { code: 'NA', result: '' }], { tables });
    expect(message.faults).toEqual([]);
    expect(resources(message, 'Observation').map((result) => result['dataAbsentReason'])).toMatchObject([
      { coding: [{ code: 'not-performed' }] }, { coding: [{ code: 'error' }] }, { coding: [{ code: 'temp-unknown' }] },
    ]);
  });

  it('is no fault as long as it is awaited, or was withdrawn', () => {
    const message = readRows([{ result: '', status: 'preliminary' }, { code: 'K', result: '', status: 'registered' }, { code: 'NA', result: 'null', status: 'entered-in-error' }]);
    expect(message.faults).toEqual([]);
    expect(resources(message, 'Observation').map((result) => result['dataAbsentReason'] !== undefined)).toEqual([true, false, false]);
  });
});

describe('a reference range', () => {
  it.each([
    ['3.9-6.1', 3.9, 6.1, undefined], ['3.9~6.1', 3.9, 6.1, undefined], ['3.9～6.1', 3.9, 6.1, undefined], ['3.9--6.1', 3.9, 6.1, undefined], ['3.9 – 6.1', 3.9, 6.1, undefined],
    ['3.9—6.1', 3.9, 6.1, undefined], ['０－５', 0, 5, undefined], ['-2.0~3.0', -2, 3, undefined], ['-2-3', -2, 3, undefined], ['-5~-2', -5, -2, undefined], ['1,000-2,000', 1000, 2000, undefined],
    ['<5', undefined, 5, '<5'], ['≤50', undefined, 50, undefined], ['>=60', 60, undefined, undefined], ['>60', 60, undefined, '>60'],
    ['阴性', undefined, undefined, '阴性'], ['6.1-3.9', undefined, undefined, '6.1-3.9'], ['-5--2', undefined, undefined, '-5--2'], ['3.9-6.1 mmol/L', undefined, undefined, '3.9-6.1 mmol/L'],
    ['10²-10⁵', undefined, undefined, '10²-10⁵'], ['<10⁵', undefined, undefined, '<10⁵'], ['男 3-5; 女 2-4', undefined, undefined, '男 3-5; 女 2-4'],
  ])('%s has the limits %s and %s', (text, low, high, words) => {
    const range = readRange(text, false);
    expect({ low: range.low === undefined ? undefined : Number(JSON.stringify(range.low)), high: range.high === undefined ? undefined : Number(JSON.stringify(range.high)), text: range.text }).toEqual({ low, high, text: words });
  });

  it('keeps the digits of its limits, and has the unit of its result', () => {
    const message = readRows([{ range: '3.90-6.10' }]);
    expect(JSON.stringify(onlyResult(message)['referenceRange'])).toBe('[{"low":{"value":3.90,"unit":"mmol/L"},"high":{"value":6.10,"unit":"mmol/L"}}]');
  });

  it('may stand in two columns', () => {
    const tables = [mapping({ facts: { range: undefined, low: 'low', high: 'high' } })];
    const ranges = (low: string, high: string): unknown => onlyResult(readRows([{ ...ROW, low, high }], { tables }))['referenceRange'];
    expect(ranges('3.9', '6.1')).toMatchObject([{ low: { value: 3.9 }, high: { value: 6.1 } }]);
    expect(ranges('', '6.1')).toMatchObject([{ high: { value: 6.1 } }]);
    expect(ranges('', '阴性')).toEqual([{ text: '阴性' }]);
    expect(ranges('', '')).toBeUndefined();
    expect(readLimits('9', '1', false)).toEqual({ low: undefined, high: undefined, text: '9 - 1' });
  });
});

describe('a flag', () => {
  it.each([['H', 'H'], ['↑', 'H'], ['↓↓', 'LL'], ['偏低', 'L'], ['阳性', 'POS'], ['正常', 'N']])('%s is the code %s', (flag, code) => {
    expect(onlyResult(readRows([{ flag }]))['interpretation']).toMatchObject([{ coding: [{ code }] }]);
  });

  it('in words of its own stays in words, and an empty one is none', () => {
    expect(onlyResult(readRows([{ flag: '危急' }]))['interpretation']).toEqual([{ text: '危急' }]);
    expect(onlyResult(readRows([{ flag: '' }]))['interpretation']).toBeUndefined();
  });

  it('means what the mapping says', () => {
    const tables = [mapping({ facts: { flag: { column: 'flag', values: { 危急: 'AA' } } } })];
    expect(onlyResult(readRows([{ flag: '危急' }], { tables }))['interpretation']).toMatchObject([{ coding: [{ code: 'AA' }] }]);
  });
});

describe('what only keeps spreadsheets from changing a cell', () => {
  it('is no part of it', () => {
    const message = readRows([{ patient: '="00123"', report: '00456\t', code: '\u3000GLU ' }]);
    expect(message.faults).toEqual([]);
    expect(onlyResult(message)['identifier']).toMatchObject([{ value: '00456:GLU' }]);
    expect(resources(message, 'Patient')[0]?.['identifier']).toMatchObject([{ value: '00123' }]);
  });
});

describe('the message about a fault', () => {
  it('does not say what the row says', () => {
    const secret = '机密机密';
    const message = readRows([{ collected: secret, result: '' }, { name: secret, code: 'K' }, { name: '王芳', code: 'NA' }, { status: secret, report: 'R9' }]);
    expect(message.faults.length).toBeGreaterThan(2);
    expect(told(message).join('\n')).not.toContain(secret);
  });
});
