import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableMessage } from '../../../src/normalize/index.ts';
import type { TableLimits, TableMapping } from '../../../src/normalize/table/index.ts';
import { meaningOfFormat } from '../../../src/normalize/table/xlsx/number-formats.ts';
import { dateText, numberText, paddedText, percentText } from '../../../src/normalize/table/xlsx/number-text.ts';
import { mapping, numberOf, onlyResult, readBytes, resources, ROW, told } from './samples.ts';
import { row, STYLES, workbook, workbookFiles, zip, type ZipFile } from './workbook-writer.ts';

const HEADER = Object.keys(ROW);
const cells = (given: Partial<typeof ROW> = {}): string[] => Object.values({ ...ROW, ...given });
const read = (bytes: Buffer, tables?: TableMapping[], limits: Partial<TableLimits> = {}): ReturnType<typeof readBytes> => readBytes(bytes, { delivery: { format: 'xlsx' }, limits, ...(tables === undefined ? {} : { tables }) });
const sheet = (...rows: readonly (readonly string[])[]): string => [HEADER, ...rows].map((each, i) => row(i + 1, each)).join('');

describe('a workbook', () => {
  it('is read like CSV', () => {
    const message = read(workbook({ sheets: { Sheet1: sheet(cells(), cells({ code: 'K', result: '' })) } }));
    expect(told(message)).toEqual(['row 3, column result: The cell is empty: if that is meant, the mapping must say in absent why there is none']);
    expect(resources(message, 'Observation').map(numberOf)).toEqual(['R1:GLU']);
  });

  it('has its table in the first sheet, or in that which the mapping names', () => {
    const bytes = workbook({ sheets: { 说明: row(1, ['x']), 结果: sheet(cells()) } });
    expect(read(bytes, [mapping({ sheet: '结果' })]).faults).toEqual([]);
    expect(() => read(bytes)).toThrow('lacks the columns patient');
    expect(() => read(bytes, [mapping({ sheet: '没有' })])).toThrow('No table mapping of this source fits');
  });

  it('tells of which other sheets nothing is taken in, but for those that hold nothing', () => {
    const bytes = workbook({ sheets: { 结果: sheet(cells()), 旧结果: sheet(cells()), 空: '', 空格: row(1, ['', ' ']), 说明: row(7, ['x']), 坏: '<worksheet><row>' } });
    expect(read(bytes).remarks).toEqual([{
      severity: 'warning', code: 'informational', location: 'sheet 结果', diagnostics: 'The mapping small reads this sheet alone, and nothing is taken in of these others that hold something: 旧结果, 说明, 坏',
    }]);
    expect(read(workbook({ sheets: { 结果: sheet(cells()), Sheet2: '' } })).remarks).toEqual([]);
  });

  it('may leave out rows and cells, and counts them as Excel does', () => {
    const content = `<row r="2"><c r="B2" t="str"><v>检验结果</v></c></row>${row(4, HEADER)}<row r="9"><c r="A9" t="str"><v>P1</v></c><c r="D9" t="str"><v>GLU</v></c><c r="E9"><v>5.2</v></c></row>`;
    const message = read(workbook({ sheets: { S: content } }), [mapping({ headerRow: 4 })]);
    expect(told(message)).toEqual([expect.stringMatching(/^row 9, column report/), expect.stringMatching(/^row 9, column collected/)]);
  });

  it('shares texts, in runs of several fonts and without how they are read aloud', () => {
    const sharedStrings = '<sst><si><t>P1</t></si><si><r><t>王</t></r><r><t>芳</t></r><rPh sb="0" eb="1"><t>wang</t></rPh></si><si><t xml:space="preserve">a_x000D_b_x005F_x000D_</t></si></sst>';
    const message = read(workbook({ sheets: { S: sheet(['<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>', ...cells({ result: '' }).slice(2, 4), '<c t="s"><v>2</v></c>', ...cells().slice(5)]) }, sharedStrings }));
    expect(resources(message, 'Patient')).toMatchObject([{ name: [{ text: '王芳' }] }]);
    expect(onlyResult(message)['valueString']).toBe('a\rb_x000D_');
  });

  it('keeps numbers as Excel shows them, with all their digits', () => {
    const value = (cell: string): string => JSON.stringify((onlyResult(read(workbook({ sheets: { S: sheet([...cells().slice(0, 4), cell, ...cells().slice(5)]) }, styles: STYLES })))['valueQuantity'] as { value: unknown }).value);
    expect(value('<c><v>6.0999999999999996</v></c>')).toBe('6.1');
    expect(value('<c t="n"><v>128</v></c>')).toBe('128');
    expect(value('<c><f>5.4+0.7</f><v>6.1000000000000005</v></c>')).toBe('6.1');
    expect(value('<c t="str"><f>"&lt;"&amp;1</f><v>&lt;1.50</v></c>')).toBe('1.50');
  });

  it.each([
    ['a date', '<c s="1"><v>45783</v></c>', '2025-05-06'], ['a date with its time', '<c s="2"><v>45783.336805555555</v></c>', '2025-05-06T08:05:00+08:00'],
    ['a date with its time at midnight', '<c s="2"><v>45783</v></c>', '2025-05-06'], ['ISO 8601', '<c t="d"><v>2025-05-06T08:05:00</v></c>', '2025-05-06T08:05:00+08:00'],
    ['a text', '<c t="str"><v>2025/5/6 8:05</v></c>', '2025-05-06T08:05:00+08:00'],
  ])('knows a date by its format: %s', (_what, cell, date) => {
    const message = read(workbook({ sheets: { S: sheet([...cells().slice(0, 8), cell, '']) }, styles: STYLES }));
    expect(told(message)).toEqual([]);
    expect(onlyResult(message)['effectiveDateTime']).toBe(date);
  });

  it('may count days from 1904', () => {
    const day = (tables?: TableMapping[], style = 1): unknown => onlyResult(read(workbook({ sheets: { S: sheet([...cells().slice(0, 8), `<c s="${style}"><v>44321</v></c>`, '']) }, styles: STYLES, date1904: true }), tables))['effectiveDateTime'];
    expect(day()).toBe('2025-05-06');
    expect(day([mapping({ dates: ['excel'] })], 0)).toBe('2025-05-06');
  });

  it('says an error of its formulas, and when one was never calculated', () => {
    const result = (cell: string): string[] => told(read(workbook({ sheets: { S: sheet([...cells().slice(0, 4), cell, ...cells().slice(5)]) } })));
    expect(result('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>')).toEqual(['row 2, column result: The cell holds the spreadsheet error #DIV/0!']);
    expect(result('<c><f>1+1</f></c>')).toEqual(['row 2, column result: The cell holds the spreadsheet error #UNCALCULATED!']);
    expect(result('<c t="b"><v>1</v></c>')).toEqual([]);
  });

  it('writes numbers with a comma where the mapping reads texts so', () => {
    const message = read(workbook({ sheets: { S: sheet([...cells().slice(0, 4), '<c><v>1.234</v></c>', ...cells().slice(5)]) } }), [mapping({ decimalComma: true })]);
    expect(onlyResult(message)['valueQuantity']).toMatchObject({ value: 1.234 });
  });

  it('shows that a number of a patient has lost its last digits', () => {
    const message = read(workbook({ sheets: { S: sheet(['<c><v>310101195001010022</v></c>', ...cells().slice(1)]) } }));
    expect(told(message)[0]).toContain('row 2, column patient: A spreadsheet has shortened this number');
  });

  const withCells = (given: Partial<typeof ROW>, tables?: TableMapping[]): ReturnType<typeof read> => read(workbook({ sheets: { S: sheet(cells(given)) }, styles: STYLES }), tables);

  it.each([4, 5])('reads a percentage as it is shown, in format %i', (style) => {
    const percent = (value: string): string => `<c s="${style}"><v>${value}</v></c>`;
    const result = (value: string, unit: string): unknown => JSON.parse(JSON.stringify(onlyResult(withCells({ result: percent(value), unit }))['valueQuantity']));
    expect(result('0.42', '%')).toEqual({ value: 42, unit: '%' });
    expect(result('0.42', '')).toEqual({ value: 42, unit: '%' });
    expect(result('7.0000000000000007E-2', '％')).toEqual({ value: 7, unit: '％' });
    expect(told(withCells({ result: percent('0.42'), unit: 'L/L' }))).toEqual(['row 2, column result: The cell gives a percentage, and the unit of the result is L/L: one of the two is wrong']);
    expect(onlyResult(withCells({ result: percent('0.425') }, [mapping({ decimalComma: true, facts: { unit: undefined } })]))['valueQuantity']).toMatchObject({ value: 42.5, unit: '%' });
  });

  it('reads numbers of records with the zeros that are shown', () => {
    const message = withCells({ patient: '<c s="6"><v>1234</v></c>', report: '<c s="6"><v>56</v></c>', result: '<c s="6"><v>7</v></c>' });
    expect(numberOf(resources(message, 'Patient')[0]!)).toBe('00001234');
    expect(onlyResult(message)).toMatchObject({ identifier: [{ value: '00000056:GLU' }], valueQuantity: { value: 7 } });
  });

  it.each([
    ['a result that became a date', { result: '<c s="1"><v>46024</v></c>' }, 'result'], ['a ratio that became a time', { result: '<c s="3"><v>0.05</v></c>' }, 'result'],
    ['a date of ISO 8601', { result: '<c t="d"><v>2026-01-02</v></c>' }, 'result'], ['a range that became a date', { range: '<c s="1"><v>46086</v></c>' }, 'range'],
  ])('is refused by row where a spreadsheet has lost what was meant: %s', (_what, given, column) => {
    expect(told(withCells(given))).toEqual([`row 2, column ${column}: A spreadsheet has made a date or a time of this cell, and what it said before is lost: export the column as text`]);
  });

  it('names the column of each test of which a spreadsheet has made a date', () => {
    const tables = [mapping({ kind: 'report', results: [{ column: 'result', code: 'A' }], facts: { itemCode: undefined, result: undefined, unit: undefined, range: undefined, flag: undefined } } as Parameters<typeof mapping>[0])];
    expect(told(withCells({ result: '<c s="1"><v>46024</v></c>' }, tables))).toEqual([expect.stringMatching(/^row 2, column result: A spreadsheet has made a date/)]);
  });

  it('may have names with a prefix, and be UTF-16', () => {
    const prefixed = `<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="m"><x:sheetData>${sheet(cells()).replace(/<(\/?)(?=[a-z])/g, '<$1x:')}</x:sheetData></x:worksheet>`;
    const bytes = zip(workbookFiles({ sheets: { S: '' } }).map((file) => (file.name.endsWith('sheet1.xml') ? { ...file, content: Buffer.from(`\ufeff${prefixed}`, 'utf16le') } : file)));
    expect(numberOf(onlyResult(read(bytes)))).toBe('R1:GLU');
  });

  it('may be stored without being packed, and have a comment', () => {
    const bytes = zip(workbookFiles({ sheets: { S: sheet(cells()) } }).map((file) => ({ ...file, method: 0 })), { comment: 'PK' });
    expect(read(bytes).faults).toEqual([]);
  });
});

describe('a body that is no workbook', () => {
  const good = workbookFiles({ sheets: { S: sheet(cells()) }, sharedStrings: '<sst><si><t>x</t></si></sst>' });
  const changed = (name: string, change: (file: ZipFile) => ZipFile): Buffer => zip(good.map((file) => (file.name.endsWith(name) ? change(file) : file)));
  const content = (xml: string) => (file: ZipFile): ZipFile => ({ ...file, content: xml });

  it.each([
    ['nothing', Buffer.alloc(0), 'no ZIP archive'],
    ['CSV', Buffer.from('a,b\r\n'), 'no ZIP archive'],
    ['half a workbook', zip(good).subarray(0, 900), 'no ZIP archive'],
    ['an archive of something else', zip([{ name: 'a.txt', content: 'a' }]), 'it holds no workbook'],
    ['an archive of nothing', zip([]), 'it holds no workbook'],
    ['a workbook with a password', changed('sheet1.xml', (file) => ({ ...file, flags: 1 })), 'it has a password'],
    ['another method of packing', changed('sheet1.xml', (file) => ({ ...file, method: 12 })), 'by a method that workbooks do not use'],
    ['a wrong checksum', changed('sheet1.xml', (file) => ({ ...file, crc: 1 })), 'one of its files is damaged'],
    ['two files of one name', zip([...good, good[3]!]), 'two files of one name'],
    ['files that share their bytes', zip([...good, { name: 'b', content: 'b', at: 0 }]), 'share their bytes'],
    ['broken XML', changed('sheet1.xml', content('<worksheet><row>')), 'no XML'],
    ['a document type', changed('sheet1.xml', content('<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>')), 'declares a document type'],
    ['a deep nesting', changed('sheet1.xml', content('<a>'.repeat(100))), 'nested too deep'],
    ['a text that is not there', changed('sheet1.xml', content('<w><row r="1"><c t="s"><v>7</v></c></row></w>')), 'refers to a text that is not there'],
    ['rows out of order', changed('sheet1.xml', content('<w><row r="2"/><row r="1"/></w>')), 'rows of its sheet are out of order'],
    ['cells out of order', changed('sheet1.xml', content('<w><row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></w>')), 'cells of its sheet are out of order'],
    ['a cell without a place', changed('sheet1.xml', content('<w><row r="1"><c r="11"/></row></w>')), 'has no place'],
    ['a number that is none', changed('sheet1.xml', content('<w><row r="1"><c><v>x</v></c></row></w>')), 'holds something else'],
  ])('is refused: %s', (_what, bytes, sentence) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ reason: 'syntax', message: expect.stringContaining(sentence) }));
  });

  const bomb = Buffer.alloc(3_000_000, '<!-- -->');
  it.each([
    ['too many files', zip([...good, { name: 'a', content: '' }, { name: 'b', content: '' }]), { archiveFiles: 6 }, 'more than 6 files'],
    ['files that are too large', zip([...good, { name: 'a', content: bomb }]), { inflatedBytes: 1_000_000 }, 'larger than 1000000 bytes'],
    ['a file that is packed too well', zip([...good, { name: 'a', content: bomb }]), {}, 'more than 200 times smaller'],
    ['too many rows', workbook({ sheets: { S: sheet(cells(), cells(), cells()) } }), { rows: 2 }, 'more than 2 rows'],
    ['too many columns', workbook({ sheets: { S: `<row r="1"><c r="XFD1"><v>1</v></c></row>` } }), {}, 'more than 1000 columns'],
    ['too many empty cells before others', workbook({ sheets: { S: '<row r="1"><c r="AA1"><v>1</v></c></row><row r="2"><c r="AA2"><v>1</v></c></row>' } }), { cells: 53 }, 'more than 53 cells'],
    ['too many cells', workbook({ sheets: { S: sheet(cells()) } }), { cells: 15 }, 'more than 15 cells'],
    ['too long a cell', workbook({ sheets: { S: sheet(cells({ name: 'x'.repeat(50) })) } }), { cellLength: 49 }, 'Row 2 has a cell longer than 49'],
    ['too many shared texts', changed('sharedStrings.xml', content('<s><si/><si/><si/></s>')), { sharedTexts: 2 }, 'more than 2 shared texts'],
    ['too long shared texts', changed('sharedStrings.xml', content('<s><si><t>abcdef</t></si></s>')), { sharedTextLength: 5 }, 'longer than 5 characters'],
  ])('is refused as too large: %s', (_what, bytes, limits, sentence) => {
    expect(() => read(bytes, undefined, limits)).toThrow(expect.objectContaining({ reason: 'limit', message: expect.stringContaining(sentence) }));
  });

  it('is refused when a file is larger than the archive says, before it is unpacked', () => {
    expect(() => read(changed('sheet1.xml', (file) => ({ ...file, content: bomb, size: 1_000 })))).toThrow('larger than it says');
  });

  it('is refused or read with a place for every fault, whichever of its bytes are changed', () => {
    const bytes = zip(good);
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const damaged = Buffer.from(bytes);
      for (const [at, byte] of changes) damaged[at] = byte;
      try {
        for (const { issue } of read(damaged).faults) expect(issue.location).toMatch(/^row \d+/);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableMessage);
      }
    }), { numRuns: 1_000 });
  });

  it('is refused or read with a place for every fault, whatever XML its sheet is', () => {
    const tag = fc.constantFrom('<row r="1">', '<row>', '</row>', '<c>', '<c r="B2" t="s">', '<c t="e">', '<c t="inlineStr">', '</c>', '<v>', '1', 'P1', '</v>', '<is>', '</is>', '<t>', '</t>', '<f>', '</f>', '<rPh>', '</rPh>', '&amp;', '&x;', '<![CDATA[x]]>');
    fc.assert(fc.property(fc.array(tag, { maxLength: 30 }), (tags) => {
      const bytes = zip(good.map((file) => (file.name.endsWith('sheet1.xml') ? { ...file, content: `<w>${sheet(cells()).slice(0, -6)}${tags.join('')}</w>` } : file)));
      try {
        for (const { issue } of read(bytes).faults) expect(issue.location).toMatch(/^row \d+/);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableMessage);
      }
    }), { numRuns: 500 });
  });
});

describe('a number in a cell', () => {
  it.each([
    ['6.0999999999999996', '6.1'], ['6.10', '6.10'], ['0.1', '0.1'], ['1E-3', '0.001'], ['1.5E-7', '0.00000015'], ['2.2250738585072014E-308', '2.2250738585072e-308'], ['123456789012345', '123456789012345'],
    ['1234567890123456', '1.23456789012346E+15'], ['-0.30000000000000004', '-0.3'], ['1E+2', '100'], ['99999999999999.99', '100000000000000'], ['1.0000000000000002', '1'], ['0', '0'],
  ])('%s is shown as %s', (stored, shown) => {
    expect(numberText(stored)).toBe(shown);
  });

  it.each(['', ' ', 'x', 'NaN', 'Infinity', '1e999'])('"%s" is none', (stored) => expect(numberText(stored)).toBeUndefined());

  it('of at most 15 digits is shown as it was entered', () => {
    fc.assert(fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 6 }), (digits, places) => {
      const entered = digits / 10 ** places;
      // As Excel writes it: 17 digits.
      expect(Number(numberText(entered.toPrecision(17)))).toBe(entered);
    }));
  });

  it.each([
    ['General', 'number'], ['0.00', 'number'], ['#,##0.00_);[Red]\\(#,##0.00\\)', 'number'], ['0.00E+00', 'number'], ['"day" 0', 'number'], ['@', 'number'], ['\\d0', 'number'], ['[$-409]0', 'number'],
    ['yyyy\\-mm\\-dd', 'date'], ['yyyy"年"m"月"d"日"', 'date'], ['[$-804]yyyy/m/d h:mm', 'date'], ['mmm-yy', 'date'], ['m/d', 'date'], ['mmmm', 'date'], ['[Red]d', 'date'],
    ['h:mm AM/PM', 'time'], ['[h]:mm:ss', 'time'], ['mm:ss', 'time'], ['[mm]', 'date'],
    ['0%', 'percent'], ['0.00%;[Red]-0.00%;0', 'percent'], ['0.0"%"', 'number'], ['0\\%', 'number'], ['[<1]0%;0.0', 'unclear'], ['[<1]0%;0.0%', 'percent'],
    ['0', 'number'], ['00.00', 'number'], ['#,##0', 'number'], ['0000E+0', 'number'], ['00/00', 'number'],
  ])('in the format %s is a %s', (code, meaning) => expect(meaningOfFormat(code)).toBe(meaning));

  it.each([
    ['00000000', '1234', '00001234'], ['00', '123', '123'], ['0000\\-00\\-00', '20250506', '2025-05-06'], ['"P"0000;-0', '12', 'P0012'], ['000-0000', '12345678', '1234-5678'], ['[$-804]000_ ', '7', '007'],
    ['00000000', '-5', '-5'], ['00000000', '1.5', '1.5'], ['00000000', '1234567890123456', '1.23456789012346E+15'],
  ])('in the format %s with fixed digits, %s is shown as %s', (code, stored, shown) => {
    const meaning = meaningOfFormat(code);
    if (typeof meaning === 'string') throw new Error(`${code} is a ${meaning}`);
    expect(paddedText(stored, meaning)).toBe(shown);
  });

  it.each([['0.42', '42%'], ['0.285', '28.5%'], ['6.0999999999999999E-2', '6.1%'], ['1', '100%'], ['-0.055', '-5.5%'], ['0', '0%'], ['x', undefined]])('that is the percentage of %s is shown as %s', (stored, shown) => {
    expect(percentText(stored)).toBe(shown);
  });

  it('is a fault where its format alone decides whether it is a percentage', () => {
    const styles = STYLES.replace('0.0%;[Red]-0.0%', '[&lt;1]0.0%;0.0');
    expect(told(read(workbook({ sheets: { S: sheet(cells({ result: '<c s="5"><v>0.5</v></c>' })) }, styles })))).toEqual(['row 2, column result: The cell holds the spreadsheet error #FORMAT!']);
  });

  it('is shown as a time of day where its format says so', () => {
    expect(dateText('0.5', 'time', false)).toBe('12:00:00');
    expect(dateText('45783.5', 'time', false)).toBe('2025-05-06 12:00:00');
    expect(dateText('-1', 'date', false)).toBe('-1');
  });
});
