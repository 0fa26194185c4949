import { describe, expect, it } from 'vitest';
import type { Issue } from '../../../src/fhir/outcome.ts';
import type { TablePart } from '../../../src/intake/table/cut-table.ts';
import { cutWorkbook } from '../../../src/intake/table/cut-workbook.ts';
import { UnreadableMessage } from '../../../src/normalize/index.ts';
import { TABLE_LIMITS, type TableLimits, type TableMapping } from '../../../src/normalize/table/index.ts';
import { mapping, readBytes, resources, ROW, type SmallRow, told } from '../../normalize/table/samples.ts';
import { row, STYLES, workbook, workbookFiles, zip } from '../../normalize/table/workbook-writer.ts';

const HEADER = Object.keys(ROW);
const cells = (given: SmallRow = {}): string[] => Object.values({ ...ROW, ...given });

function cut(bytes: Buffer, { tables = [mapping()], limits = {} }: { tables?: TableMapping[]; limits?: Partial<TableLimits> } = {}): Promise<TablePart[]> {
  return Array.fromAsync(cutWorkbook(bytes, { tables, maxRows: 3, maxLength: 100_000, limits: { ...TABLE_LIMITS, ...limits } }));
}

describe('a large workbook', () => {
  it('is cut into CSV parts that say what the workbook says', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => cells({ report: `R${i}`, name: i === 3 ? '王"芳",\r\n' : '王芳', patient: `P${i}`, result: '<c><v>6.0999999999999996</v></c>', collected: '<c s="2"><v>45783.336805555555</v></c>' }));
    const bytes = workbook({ sheets: { S: [HEADER, ...rows].map((each, i) => row(i + 1, each)).join('') }, styles: STYLES });
    const parts = await cut(bytes);
    expect(parts.map(({ part, firstRow }) => [part, firstRow])).toEqual([[1, 2], [2, 5], [3, 8]]);
    const whole = readBytes(bytes, { delivery: { format: 'xlsx' } });
    const read = parts.map(({ bytes: part, firstRow }) => readBytes(part, { delivery: { firstRow } }));
    for (const type of ['Patient', 'Observation', 'DiagnosticReport']) {
      const saying = (resource: object): object => ({ ...resource, subject: undefined, result: undefined });
      expect(read.flatMap((message) => resources(message, type).map(saying))).toEqual(resources(whole, type).map(saying));
    }
    expect(read.flatMap((message) => message.entries.filter(({ resource }) => resource.resourceType === 'Observation').map(({ origin }) => origin!.at))).toEqual(rows.map((_, i) => `row ${i + 2}`));
  });

  it('keeps the numbers of its rows where some are left out', async () => {
    const content = row(2, HEADER) + row(5, cells({ report: 'A', result: '' })) + row(7, cells({ report: 'B', result: '' })) + row(900_000, cells({ report: 'C', result: '' }));
    const parts = await cut(workbook({ sheets: { S: content } }), { tables: [mapping({ headerRow: 2 })] });
    const places = parts.flatMap(({ bytes, firstRow }) => told(readBytes(bytes, { tables: [mapping({ headerRow: 2 })], delivery: { firstRow } }))).map((fault) => fault.split(':')[0]);
    expect(places).toEqual(['row 5, column result', 'row 7, column result', 'row 900000, column result']);
    expect(parts.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(1_000);
  });

  it('tells once, before its parts, of which other sheets nothing is taken in', async () => {
    const remarks: Issue[] = [];
    const sheet = [HEADER, ...Array.from({ length: 8 }, (_, i) => cells({ report: `R${i}` }))].map((each, i) => row(i + 1, each)).join('');
    const bytes = workbook({ sheets: { 说明: row(1, ['x']), 结果: sheet, 旧结果: sheet, 空: '', 空格: row(1, [' ']), 坏: '<worksheet><row>' } });
    const parts = cutWorkbook(bytes, { tables: [mapping({ sheet: '结果' })], maxRows: 3, maxLength: 100_000, limits: TABLE_LIMITS, onRemark: (remark) => remarks.push(remark) });
    await parts.next();
    expect(remarks).toEqual([expect.objectContaining({ location: 'sheet 结果', diagnostics: expect.stringMatching(/: 说明, 旧结果, 坏$/) })]);
    expect(await Array.fromAsync(parts)).toHaveLength(2);
    expect(remarks).toHaveLength(1);
  });

  it('writes its parts as the mapping reads them', async () => {
    const tables = [mapping({ delimiter: ';', encoding: 'gb18030', decimalComma: true })];
    const bytes = workbook({ sheets: { S: row(1, HEADER) + row(2, cells({ result: '<c><v>1.234</v></c>', name: '王;芳' })) } });
    const [part] = await cut(bytes, { tables });
    const message = readBytes(part!.bytes, { tables });
    expect(message.faults).toEqual([]);
    expect(resources(message, 'Observation')).toMatchObject([{ valueQuantity: { value: 1.234 } }]);
    expect(resources(message, 'Patient')).toMatchObject([{ name: [{ text: '王;芳' }] }]);
  });

  it('whose days count from 1904 means the same days after it is cut, and its results stay what they are', async () => {
    const tables = [mapping({ dates: ['excel'] })];
    const content = row(1, HEADER) + row(2, cells({ collected: '<c><v>44321.354166666664</v></c>', result: '<c><v>44321</v></c>' }));
    const [part] = await cut(workbook({ sheets: { S: content }, date1904: true }), { tables });
    expect(resources(readBytes(part!.bytes, { tables }), 'Observation')).toMatchObject([{ effectiveDateTime: '2025-05-06T08:30:00+08:00', valueQuantity: { value: 44321 } }]);
  });

  it('means what it shows after it is cut: percentages, zeros before a number, and dates that were none', async () => {
    const rows = [
      cells({ patient: '<c s="6"><v>1234</v></c>', result: '<c s="4"><v>0.42</v></c>', unit: '%' }), cells({ report: 'R2', result: '<c s="4"><v>0.42</v></c>', unit: 'L/L' }),
      cells({ report: 'R3', result: '<c s="1"><v>46024</v></c>' }), cells({ report: 'R4', range: '<c s="3"><v>0.05</v></c>' }),
    ];
    const parts = await cut(workbook({ sheets: { S: [HEADER, ...rows].map((each, i) => row(i + 1, each)).join('') }, styles: STYLES }));
    const messages = parts.map(({ bytes, firstRow }) => readBytes(bytes, { delivery: { firstRow } }));
    expect(messages.flatMap((message) => resources(message, 'Observation'))).toMatchObject([{ valueQuantity: { value: 42, unit: '%' } }]);
    expect(messages.flatMap((message) => resources(message, 'Patient'))).toMatchObject([{ identifier: [{ value: '00001234' }] }]);
    expect(messages.flatMap(told)).toEqual([
      expect.stringMatching(/^row 3, column result: The cell gives a percentage/), expect.stringMatching(/^row 4, column result: A spreadsheet has made a date/), expect.stringMatching(/^row 5, column range: A spreadsheet has made a date/),
    ]);
  });

  it.each([
    ['damaged', (content: Buffer) => ({ content, crc: 7 }), 'one of its files is damaged'],
    ['larger than it says', (content: Buffer) => ({ content: Buffer.concat([content, Buffer.alloc(500_000, ' ')]), size: content.length }), 'larger than it says'],
  ])('is refused when its sheet is %s', async (_what, change, sentence) => {
    const files = workbookFiles({ sheets: { S: row(1, HEADER) + row(2, cells()) } });
    const bytes = zip(files.map((file) => (file.name.endsWith('sheet1.xml') ? { ...file, ...change(Buffer.from(file.content)) } : file)));
    await expect(cut(bytes)).rejects.toThrow(sentence);
    await expect(cut(bytes)).rejects.toBeInstanceOf(UnreadableMessage);
  });

  it('is refused when it has no such table', async () => {
    await expect(cut(workbook({ sheets: { S: row(1, ['a']) } }))).rejects.toThrow('lacks the columns patient');
    await expect(cut(workbook({ sheets: { S: row(1, HEADER) } }), { tables: [mapping({ sheet: 'T' })] })).rejects.toThrow('No table mapping of this source fits');
    await expect(cut(workbook({ sheets: { S: row(1, HEADER) + row(2, cells()) } }), { limits: { columns: 9 } })).rejects.toThrow('more than 9 columns');
  });
});
