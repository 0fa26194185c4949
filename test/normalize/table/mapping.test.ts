import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable, TABLE_LIMITS, tableMappingSchema } from '../../../src/normalize/table/index.ts';
import { parseTableMessageId, tableMessageId } from '../../../src/normalize/table/message-id.ts';
import { PROFILES_DIR } from '../../../src/open-services.ts';
import { csv, mapping, mappingsOf, senderWith } from './samples.ts';

const RESULT = { name: 'x', kind: 'result', recognise: { headers: ['a'] }, facts: { patientNumber: 'p', itemCode: 'c', result: 'r', collected: 't' } };
const REPORT = { name: 'x', kind: 'report', recognise: { headers: ['a'] }, facts: { patientNumber: 'p', collected: 't' }, results: [{ column: 'GLU', code: 'GLU' }] };

describe('a table mapping', () => {
  it.each([[RESULT], [REPORT]])('needs no more than this', (written) => {
    expect(tableMappingSchema.parse(written)).toMatchObject({ encoding: 'auto', delimiter: 'auto', headerRow: 1, dates: [], decimalComma: false, absent: {} });
  });

  it.each([
    ['nothing to recognise it by', { recognise: {} }, 'must say fileName, headers or both'],
    ['no patient', { facts: { ...RESULT.facts, patientNumber: undefined } }, 'must map patientNumber or residentId'],
    ['no test', { facts: { ...RESULT.facts, itemCode: undefined } }, 'must be mapped in a table of kind result'],
    ['a fact that there is not', { facts: { ...RESULT.facts, weight: 'w' } }, 'weight'],
    ['a form that is no date', { dates: ['HH:mm'] }, 'must be made of yyyy'],
    ['a delimiter of two characters', { delimiter: '::' }, 'delimiter'],
    ['values that are no codes', { facts: { ...RESULT.facts, sex: { column: 's', values: { 男: 'man' } } } }, 'values gives man, which is none of male, female'],
    ['values of what is no code', { facts: { ...RESULT.facts, unit: { column: 'u', values: { a: 'b' } } } }, 'values are for facts that are codes'],
    ['a constant that is no code', { facts: { ...RESULT.facts, status: { constant: 'ok' } } }, 'constant must be one of registered'],
    ['a constant time', { facts: { ...RESULT.facts, reported: { constant: '2025-01-01' } } }, 'is a time, which is not the same in every row'],
    ['a doctor without an order', { facts: { ...RESULT.facts, doctor: 'd' } }, 'needs orderNumber too: it is told of an order'],
    ['a time of receipt without a specimen', { facts: { ...RESULT.facts, received: 'd' } }, 'needs specimenNumber too: it is told of a specimen'],
    ['a conclusion without a report', { facts: { ...RESULT.facts, conclusion: 'd' } }, 'needs reportNumber too: it is told of a report'],
    ['two columns of one test', { ...REPORT, results: [{ column: 'GLU', code: 'GLU' }, { column: 'Glucose', code: 'GLU' }] }, 'GLU of column Glucose is the code of an earlier column'],
    ['results in two places', { ...REPORT, facts: { ...REPORT.facts, itemCode: 'c' } }, 'is told in results in a table of kind report'],
  ])('is refused with %s', (_what, written, sentence) => {
    const parsed = tableMappingSchema.safeParse(JSON.parse(JSON.stringify({ ...RESULT, ...written })));
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n')).toContain(sentence);
  });

  it.each(readdirSync(path.join(PROFILES_DIR, 'tables')).filter((file) => file.endsWith('.json')))('is right in profiles/tables/%s', (file) => {
    expect(mappingsOf(path.basename(file, '.json')).length).toBeGreaterThan(0);
  });
});

describe('which mapping reads a table', () => {
  const daily = mapping({ name: 'daily', recognise: { fileName: 'LIS_*.csv', headers: ['patient'] } });
  const byName = mapping({ name: 'by-name', recognise: { fileName: 'old?.csv' } });
  const other = mapping({ name: 'other', recognise: { headers: ['patient', 'printed'] } });
  const chosen = (fileName: string | undefined, text: string): string =>
    readTable(Buffer.from(text), { format: 'csv', fileName }, senderWith([daily, byName, other]), TABLE_LIMITS).mapping;

  it('is said by the name of the file, by the columns, or by both', () => {
    expect(chosen('lis_20250506.CSV', csv([{}]))).toBe('daily');
    expect(chosen('OLD1.csv', csv([{}]))).toBe('by-name');
    expect(chosen('x.csv', csv([{ printed: '' }]))).toBe('other');
  });

  it('is said by the columns where there is no name', () => {
    expect(chosen(undefined, csv([{}]))).toBe('daily');
    expect(chosen('batch 17', csv([{}]))).toBe('daily');
  });

  it('is none for a name and columns that do not fit', () => {
    expect(() => chosen('x.csv', csv([{}]))).toThrow('For other, row 1 lacks the columns printed');
  });
});

describe('what a delivery is called in the inbox', () => {
  it('tells its file and, of a part, where it begins', () => {
    const read = readTable(Buffer.from(csv([{}])), { format: 'csv', fileName: 'a.csv', firstRow: 5002 }, senderWith([mapping()]), TABLE_LIMITS);
    expect(read.messageId).toBe('a.csv#row=5002');
    expect(parseTableMessageId('a.csv#row=5002')).toEqual({ fileName: 'a.csv', firstRow: 5002 });
    expect(parseTableMessageId(tableMessageId('a#row=7.csv'))).toEqual({ fileName: 'a_row=7.csv', firstRow: undefined });
    expect(parseTableMessageId(tableMessageId('a.csv#row=7')).firstRow).toBeUndefined();
  });

  it.each(['', 'ab0123456789', 'batch 17'])('tells no file name when it is "%s"', (messageId) => {
    expect(parseTableMessageId(messageId)).toEqual({ fileName: undefined, firstRow: undefined });
  });

  it('is nothing where it has no file', () => {
    const read = readTable(Buffer.from(csv([{ printed: '1' }])), { format: 'csv' }, senderWith([mapping()]), TABLE_LIMITS);
    expect(read.messageId).toBeUndefined();
  });

  it('names the columns of which the mapping does not speak', () => {
    const remarksOn = (header: Readonly<Record<string, string>>): unknown => readTable(Buffer.from(csv([header])), { format: 'csv' }, senderWith([mapping()]), TABLE_LIMITS).read().remarks;
    expect(remarksOn({ printed: '1' })).toMatchObject([{ severity: 'warning', location: 'row 1', diagnostics: expect.stringMatching(/taken in: printed$/) }]);
    const many = Object.fromEntries(Array.from({ length: 23 }, (_, at) => [`${at} ${'长'.repeat(60)}`, 'x']));
    expect(remarksOn(many)).toMatchObject([{ diagnostics: expect.stringMatching(/: 0 长{38}, 1 长{38}, .*, 19 长{37} and 3 more$/) }]);
  });
});
