import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { UnreadableMessage } from '../../../src/normalize/index.ts';
import { readTable, RowScanner, TABLE_LIMITS } from '../../../src/normalize/table/index.ts';
import { cell, csv, mapping, numberOf, onlyResult, readBytes, readRows, resources, ROW, senderWith, told } from './samples.ts';

/** All rows of a text, which comes in pieces that end at these places. */
function scan(text: string, delimiter: string, cuts: readonly number[] = []): string[][] {
  const scanner = new RowScanner(delimiter);
  const rows: string[][] = [];
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  for (const [i, start] of [0, ...places].entries()) {
    scanner.append(text.slice(start, places[i] ?? text.length), i === places.length);
    while (scanner.next()) rows.push(scanner.cells);
  }
  return rows;
}

const anyCell = fc.string({ unit: fc.constantFrom('a', '血', '"', ',', ';', '\r', '\n', ' ', '😀', ''), maxLength: 6 });
const anyTable = fc.integer({ min: 1, max: 5 }).chain((width) => fc.array(fc.array(anyCell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));

describe('CSV text', () => {
  it('is read back as it was written, in whatever pieces it comes', () => {
    fc.assert(fc.property(anyTable, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), fc.array(fc.nat(400)), (table, end, endsInLine, cuts) => {
      // A row of one empty cell at the very end is no row.
      const text = table.map((row) => row.map(cell).join(',')).join(end) + (endsInLine || table.at(-1)?.join('') === '' ? end : '');
      expect(scan(text, ',', cuts)).toEqual(table);
    }), { numRuns: 2_000 });
  });

  it('gives the same rows in whatever pieces it comes, sound or not', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n'), maxLength: 40 }), fc.array(fc.nat(40)), (text, cuts) => {
      expect(scan(text, ',', cuts)).toEqual(scan(text, ','));
    }), { numRuns: 3_000 });
  });

  it('may have quotes in a cell that does not begin with one', () => {
    expect(scan('5" tube,a"b"\n', ',')).toEqual([['5" tube', 'a"b"']]);
  });

  it.each([[';'], ['\t'], ['|'], [',']])('may be delimited by %j, which is found out', (delimiter) => {
    const text = csv([{}]).replaceAll(',', delimiter);
    expect(numberOf(onlyResult(readBytes(Buffer.from(text))))).toBe('R1:GLU');
  });

  it('counts rows as a spreadsheet does: with line ends in cells, and with empty rows', () => {
    const message = readBytes(Buffer.from(`${csv([{ name: '王\r\n芳' }])}\r\n\r\n${csv([{ code: 'K', result: '' }]).split('\r\n')[1]}`));
    expect(told(message)[0]).toMatch(/^row 5, column result/);
  });

  it('may have rows above its header', () => {
    const tables = [mapping({ headerRow: 3 })];
    const message = readBytes(Buffer.from(`检验结果\r\n\r\n${csv([{}, { code: 'K', result: '' }])}`), { tables });
    expect(told(message)[0]).toMatch(/^row 5, column result/);
  });
});

describe('a row whose cells cannot be told apart', () => {
  it.each([
    ['too few cells', 'P1,王芳,R1', 'The row has 3 cells and the header 10'],
    ['too many cells', `${Object.values(ROW).join(',')},more`, 'The row has 11 cells and the header 10'],
    ['a quote in a quoted cell that is not doubled', Object.values({ ...ROW, name: '"王"芳"' }).join(','), 'Something stands between the closing quote'],
  ])('is refused with %s, and the next is read', (_what, row, sentence) => {
    const message = readBytes(Buffer.from(`${Object.keys(ROW).join(',')}\r\n${row}\r\n${Object.values({ ...ROW, code: 'K' }).join(',')}\r\n`));
    expect(told(message)).toEqual([expect.stringContaining(`row 2: ${sentence}`)]);
    expect(resources(message, 'Observation').map(numberOf)).toEqual(['R1:K']);
  });

  it('may have empty cells too many', () => {
    expect(readBytes(Buffer.from(`${csv([{}]).trim()},,\r\n`)).faults).toEqual([]);
  });
});

describe('the encoding of a table', () => {
  const text = csv([{ name: '王芳', unit: 'μmol/L', result: '弱阳性' }]);
  it.each([
    ['UTF-8', Buffer.from(text)], ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)], ['GB18030', iconv.encode(text, 'gb18030')], ['GBK', iconv.encode(text, 'gbk')],
    ['GB18030 with a mark', iconv.encode(`\ufeff${text}`, 'gb18030')], ['UTF-16LE with a mark', iconv.encode(text, 'utf-16le', { addBOM: true })], ['UTF-16BE with a mark', iconv.encode(text, 'utf-16be', { addBOM: true })],
  ])('is found out: %s', (_name, bytes) => {
    const message = readBytes(bytes);
    expect(resources(message, 'Patient')).toMatchObject([{ name: [{ text: '王芳' }] }]);
    expect(onlyResult(message)).toMatchObject({ valueString: '弱阳性', referenceRange: [{ low: { unit: 'μmol/L' } }] });
  });

  it('may be fixed by the mapping, but a mark is believed more', () => {
    const tables = [mapping({ encoding: 'gb18030' })];
    expect(readBytes(iconv.encode(text, 'gb18030'), { tables }).faults).toEqual([]);
    expect(resources(readBytes(Buffer.from(`\ufeff${text}`), { tables }), 'Patient')).toMatchObject([{ name: [{ text: '王芳' }] }]);
    expect(() => readBytes(iconv.encode(text, 'gb18030'), { tables: [mapping({ encoding: 'utf-8' })] })).toThrow('The table is not UTF-8, as the mapping says');
  });

  it('is not taken for UTF-8 because of a character that could be a Cyrillic letter there', () => {
    const named = (bytes: Buffer): unknown => resources(readBytes(bytes), 'Patient');
    expect(named(iconv.encode(csv([{ name: '血' }]), 'gb18030'))).toMatchObject([{ name: [{ text: '血' }] }]);
    expect(named(Buffer.from(csv([{ name: 'β', unit: 'µmol/L' }])))).toMatchObject([{ name: [{ text: 'β' }] }]);
  });

  it('keeps characters of four bytes', () => {
    expect(resources(readBytes(iconv.encode(csv([{ name: '㐀𠀀' }]), 'gb18030')), 'Patient')).toMatchObject([{ name: [{ text: '㐀𠀀' }] }]);
  });
});

describe('a body that is no table', () => {
  const read = (bytes: Buffer): unknown => readTable(bytes, { format: 'csv' }, senderWith([mapping()]), TABLE_LIMITS);
  it.each([
    ['nothing', Buffer.alloc(0), 'there is no header row'],
    ['another table', Buffer.from('a,b\r\n1,2\r\n'), 'No table mapping of this source fits. For small, row 1 lacks the columns patient'],
    ['a workbook', Buffer.from('504b030414000600', 'hex'), 'The body is no CSV but a ZIP archive'],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'an old Excel workbook (.xls)'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'NUL'],
    ['bytes of no encoding', Buffer.from('7061ff80ff', 'hex'), 'The table is neither UTF-8 nor GB18030'],
    ['a quote that nothing closes', Buffer.from(csv([{}, {}]).replace('王芳', '"王芳')), 'Row 2 opens a quote that nothing closes'],
  ])('is refused: %s', (_what, bytes, sentence) => {
    expect(() => read(bytes)).toThrow(UnreadableMessage);
    expect(() => read(bytes)).toThrow(sentence);
  });

  it('is one whose source has no mapping', () => {
    expect(() => readTable(Buffer.from(csv([{}])), { format: 'csv' }, senderWith([]), TABLE_LIMITS)).toThrow('No table mapping is kept with this source');
  });

  it.each([
    ['rows', { rows: 2 }, 'more than 2 rows'], ['columns', { columns: 9 }, 'more than 9 columns'],
  ])('is one of too many %s', (_what, limits, sentence) => {
    expect(() => readRows([{}, { code: 'A' }, { code: 'B' }], { limits })).toThrow(expect.objectContaining({ reason: 'limit', message: expect.stringContaining(sentence) }));
  });

  it('is not one of which a cell is too long: that row is', () => {
    const message = readRows([{ name: 'x'.repeat(101) }, { code: 'K' }], { limits: { cellLength: 100 } });
    expect(told(message)).toEqual(['row 2: A cell is longer than 100 characters']);
  });

  it('is refused or read with a place for every fault, whatever its bytes are', () => {
    const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const nearly = fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.boolean()).map(([at, bytes, isGb]) => {
      const good = isGb ? iconv.encode(csv([{}, { code: 'K' }]), 'gb18030') : Buffer.from(csv([{}, { code: 'K' }]));
      const place = at % good.length;
      return Buffer.concat([good.subarray(0, place), bytes, good.subarray(place + bytes.length)]);
    });
    fc.assert(fc.property(fc.oneof(noise, nearly), (bytes) => {
      try {
        const message = readBytes(bytes);
        for (const { issue } of message.faults) expect(issue.location).toMatch(/^row \d+/);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableMessage);
      }
    }), { numRuns: 3_000 });
  });
});
