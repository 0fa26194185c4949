import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { cutTable, type CutOptions, type TablePart } from '../../../src/intake/table/cut-table.ts';
import { UnreadableMessage } from '../../../src/normalize/index.ts';
import { RowScanner, type TableMapping } from '../../../src/normalize/table/index.ts';
import { csv, mapping, numberOf, readBytes, resources, ROW, type SmallRow, told } from '../../normalize/table/samples.ts';

const SIZE = { maxRows: 3, maxLength: 1_000_000 };

async function cut(bytes: Buffer, { pieces = [], ...options }: Partial<CutOptions> & { pieces?: readonly number[] } = {}): Promise<TablePart[]> {
  const places = [...new Set(pieces.map((piece) => piece % (bytes.length + 1)))].sort((a, b) => a - b);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (const [i, start] of [0, ...places].entries()) yield await Promise.resolve(bytes.subarray(start, places[i] ?? bytes.length));
  }
  return Array.fromAsync(cutTable(chunks(), { tables: [mapping()], ...SIZE, ...options }));
}

/** Numbers of the results of each part. */
function results(parts: readonly TablePart[], tables?: TableMapping[]): string[][] {
  return parts.map(({ bytes, firstRow }) => resources(readBytes(bytes, { delivery: { firstRow }, ...(tables === undefined ? {} : { tables }) }), 'Observation').map(numberOf));
}

const table = (...rows: readonly SmallRow[]): Buffer => Buffer.from(csv(rows));

describe('a large table', () => {
  it('is cut into parts that are tables themselves, each row once', async () => {
    const parts = await cut(table(...['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((report) => ({ report }))));
    expect(results(parts)).toEqual([['A:GLU', 'B:GLU', 'C:GLU'], ['D:GLU', 'E:GLU', 'F:GLU'], ['G:GLU']]);
    expect(parts.map(({ part, firstRow }) => [part, firstRow])).toEqual([[1, 2], [2, 5], [3, 8]]);
  });

  it('is cut where a report ends, as long as a report is no larger than a part', async () => {
    const rows = [['A', 'K'], ['A', 'NA'], ['B', 'K'], ['B', 'NA'], ['C', 'K'], ['C', 'NA'], ['C', 'CL'], ['C', 'CA']].map(([report, code]) => ({ report: report!, code: code! }));
    expect(results(await cut(table(...rows)))).toEqual([['A:K', 'A:NA'], ['B:K', 'B:NA'], ['C:K', 'C:NA', 'C:CL'], ['C:CA']]);
  });

  it('tells faults with the row of the whole', async () => {
    const parts = await cut(table({ report: 'A' }, { report: 'B' }, { report: 'C' }, { report: 'D' }, { report: 'E', result: '' }));
    expect(parts.flatMap(({ bytes, firstRow }) => told(readBytes(bytes, { delivery: { firstRow } })))).toEqual([expect.stringMatching(/^row 6, column result/)]);
  });

  it('keeps the count over empty rows, and leaves out parts of nothing else', async () => {
    const text = csv([{ report: 'A' }]) + '\r\n'.repeat(20) + csv([{ report: 'B', result: '' }]).split('\r\n')[1]!;
    const parts = await cut(Buffer.from(text));
    expect(parts).toHaveLength(2);
    expect(told(readBytes(parts[1]!.bytes, { delivery: { firstRow: parts[1]!.firstRow } }))[0]).toMatch(/^row 23, column result/);
  });

  it('is cut before a part becomes too long', async () => {
    const rows = ['A', 'B', 'C'].map((report) => ({ report, name: 'x'.repeat(600) }));
    expect(await cut(table(...rows), { maxLength: 1_000 })).toHaveLength(3);
  });

  it('is nothing when nothing stands below its header', async () => {
    expect(await cut(Buffer.from(`${Object.keys(ROW).join(',')}\r\n\r\n`))).toEqual([]);
  });

  it('gives the same rows as the whole, wherever its bytes are cut and whatever its encoding', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '血', '"', ',', '\r\n', '😀', ' '), maxLength: 8 });
    const rows = fc.array(fc.record({ report: fc.constantFrom('A', 'B', 'C'), code: fc.constantFrom('K', 'NA', 'CL'), name: text }), { minLength: 1, maxLength: 12 });
    await fc.assert(fc.asyncProperty(rows, fc.constantFrom('utf8', 'gb18030'), fc.array(fc.nat(2_000), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), async (given, encoding, pieces, maxRows) => {
      const whole = csv(given);
      const parts = await cut(iconv.encode(whole, encoding), { pieces, maxRows });
      const [header, ...expected] = scan(whole);
      expect(parts.map(({ bytes }) => scan(bytes.toString('utf8').slice(1))[0])).toEqual(parts.map(() => header));
      expect(parts.flatMap(({ bytes }) => scan(bytes.toString('utf8').slice(1)).slice(1))).toEqual(expected);
      let row = 2;
      for (const { bytes, firstRow } of parts) {
        const count = scan(bytes.toString('utf8')).length - 1;
        expect([firstRow, count <= maxRows]).toEqual([row, true]);
        row += count;
      }
    }), { numRuns: 400 });
  });

  it('never has more of it in memory than two parts and what was read at once', async () => {
    const header = Buffer.from(`${Object.keys(ROW).join(',')}\r\n`);
    const chunk = Buffer.from(Array.from({ length: 500 }, (_, i) => Object.values({ ...ROW, report: `R${i % 50}` }).join(',')).join('\r\n') + '\r\n');
    let produced = header.length;
    async function* chunks(): AsyncGenerator<Buffer> {
      yield header;
      for (let i = 0; i < 1_200; i++) {
        produced += chunk.length;
        yield await Promise.resolve(chunk);
      }
    }
    let consumed = 0;
    let most = 0;
    for await (const { bytes } of cutTable(chunks(), { tables: [mapping()], maxRows: 5_000, maxLength: 1_000_000 })) {
      most = Math.max(most, produced - consumed);
      consumed += bytes.length - header.length - 3;
    }
    expect(consumed).toBe(produced - header.length);
    expect(produced).toBeGreaterThan(30_000_000);
    expect(most).toBeLessThan(2_000_000);
  });
});

function scan(text: string): string[][] {
  const scanner = new RowScanner(',');
  scanner.append(text, true);
  const rows: string[][] = [];
  while (scanner.next()) rows.push(scanner.cells);
  return rows;
}

describe('the encoding of a large table', () => {
  it('is found out late, when all before was ASCII', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ report: `R${i}`, name: i === 29 ? '王芳' : 'Wang' }));
    const bytes = iconv.encode(csv(rows), 'gb18030');
    const parts = await cut(bytes, { pieces: [100, 500, 900] });
    expect(parts.at(-1)!.bytes.toString('utf8')).toContain('王芳');
  });

  it('may be one that only a mark or the mapping can tell', async () => {
    const text = csv([{ report: 'A' }]);
    expect(results(await cut(iconv.encode(text, 'utf-16le', { addBOM: true }), { pieces: [1, 33] }))).toEqual([['A:GLU']]);
    const tables = [mapping({ encoding: 'utf-16be' })];
    expect(results(await cut(iconv.encode(text, 'utf-16be'), { tables, pieces: [33] }), tables)).toEqual([['A:GLU']]);
  });

  it('must be one all through', async () => {
    const bytes = Buffer.concat([table({ report: 'A', name: '王芳'.repeat(100_000) }), iconv.encode('王芳', 'gb18030')]);
    await expect(cut(bytes, { pieces: [500_000] })).rejects.toThrow('The table is not UTF-8');
  });
});

describe('a large table that cannot be read on', () => {
  it('gives the parts before the fault, then tells its row', async () => {
    const rows = ['A', 'B', 'C', 'D', 'E'].map((report) => ({ report }));
    const bytes = Buffer.from(csv(rows).replace('D,GLU', 'D,"GLU'));
    const parts: TablePart[] = [];
    await expect((async () => {
      async function* chunks(): AsyncGenerator<Buffer> { yield await Promise.resolve(bytes); }
      for await (const part of cutTable(chunks(), { tables: [mapping()], maxRows: 2, maxLength: 1_000 })) parts.push(part);
    })()).rejects.toThrow('Row 5 opens a quote that nothing closes');
    expect(results(parts)).toEqual([['A:GLU', 'B:GLU'], ['C:GLU']]);
  });

  it('is refused as soon as a row is longer than any can be', async () => {
    let produced = 0;
    async function* chunks(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(csv([{ report: 'A' }]) + '"'));
      for (;;) {
        produced += 100_000;
        yield await Promise.resolve(Buffer.alloc(100_000, 'x'));
      }
    }
    await expect(Array.fromAsync(cutTable(chunks(), { tables: [mapping()], ...SIZE }))).rejects.toThrow('Row 3 is longer than 1048576 characters');
    expect(produced).toBeLessThan(2_000_000);
  });

  it.each([
    ['a workbook', Buffer.from('504b0304', 'hex'), 'a ZIP archive'], ['another table', Buffer.from('a,b\r\n1,2\r\n'), 'lacks the columns patient'], ['nothing', Buffer.alloc(0), 'no header row'],
    ['a picture', Buffer.from('474946383961000000', 'hex'), 'NUL'],
  ])('is none: %s', async (_what, bytes, sentence) => {
    await expect(cut(bytes, { pieces: [1, 2, 3] })).rejects.toThrow(sentence);
    await expect(cut(bytes)).rejects.toBeInstanceOf(UnreadableMessage);
  });
});
