import { UnreadableMessage } from '../../normalize/index.ts';
import { chooseMapping, columnAt, headersIn, RowScanner, type TableMapping } from '../../normalize/table/index.ts';
export type { TablePart } from './part-builder.ts';
import { PartBuilder, type PartSize, type TablePart } from './part-builder.ts';
import { StreamDecoder } from './stream-decoder.ts';

export interface CutOptions extends PartSize {
  /** Mappings of the source. */
  readonly tables: readonly TableMapping[];
  readonly fileName?: string | undefined;
}

/** The header is looked for in the beginning of this length, UTF-16 units. */
const HEAD_LENGTH = 262_144;
/** Longer than any row; a quote that nothing closes would make the rest of the table one row. */
const LONGEST_ROW = 1_048_576;

/**
 * Cuts a CSV table of any size into parts that can each be read by `readTable`, and never holds more than one part and
 * one row of it in memory. Rows keep the number that they have in the whole.
 *
 * @param chunks of the file; rows and characters may be cut anywhere
 * @throws UnreadableMessage where the table cannot be read on: the parts before are sound
 */
export async function* cutTable(chunks: AsyncIterable<Buffer>, options: CutOptions): AsyncGenerator<TablePart> {
  const cutter = new Cutter(options);
  for await (const chunk of chunks) yield* cutter.push(chunk, false);
  yield* cutter.push(Buffer.alloc(0), true);
}

class Cutter {
  readonly #options: CutOptions;
  readonly #decoder: StreamDecoder;
  #head = '';
  #rows: RowsOfTable | undefined;

  constructor(options: CutOptions) {
    this.#options = options;
    this.#decoder = new StreamDecoder(encodingOf(options.tables));
  }

  *push(chunk: Buffer, isLast: boolean): Generator<TablePart> {
    const text = this.#decoder.push(chunk, isLast);
    if (this.#rows !== undefined) {
      yield* this.#rows.push(text, isLast);
      return;
    }
    this.#head += text;
    if (this.#head.length < HEAD_LENGTH && !isLast) return;
    this.#rows = this.#begin();
    yield* this.#rows.push(this.#head, isLast);
    this.#head = '';
  }

  #begin(): RowsOfTable {
    const { tables, fileName } = this.#options;
    const { mapping, header } = chooseMapping(tables, fileName, (candidate) => headersIn(this.#head, candidate));
    const { encoding } = this.#decoder;
    if (mapping.encoding !== 'auto' && encoding !== undefined && encoding !== mapping.encoding && !hasOneEncoding(tables)) {
      throw new UnreadableMessage('syntax', `The table is not ${mapping.encoding.toUpperCase()}, as the mapping ${mapping.name} says`);
    }
    return new RowsOfTable({ delimiter: header.delimiter, headerRow: mapping.headerRow, reportAt: columnAt(mapping, 'reportNumber', header.cells) }, this.#options);
  }
}

function hasOneEncoding(tables: readonly TableMapping[]): boolean {
  return new Set(tables.map(({ encoding }) => encoding)).size <= 1;
}

/** Mappings that differ in their encoding leave it to the bytes. */
function encodingOf(tables: readonly TableMapping[]): TableMapping['encoding'] {
  return hasOneEncoding(tables) ? tables[0]?.encoding ?? 'auto' : 'auto';
}

interface Layout { readonly delimiter: string; readonly headerRow: number; readonly reportAt: number | undefined }

/** Goes through the rows of a table whose layout is known. */
class RowsOfTable {
  readonly #layout: Layout;
  readonly #size: PartSize;
  readonly #scanner: RowScanner;
  #headRows = 0;
  #head = '';
  #builder: PartBuilder | undefined;

  constructor(layout: Layout, size: PartSize) {
    this.#layout = layout;
    this.#size = size;
    this.#scanner = new RowScanner(layout.delimiter);
  }

  *push(text: string, isLast: boolean): Generator<TablePart> {
    const scanner = this.#scanner;
    scanner.append(text, isLast);
    while (scanner.next()) {
      if (scanner.isOpen) yield* this.#refuse('opens a quote that nothing closes, so that the rows behind it cannot be told apart');
      const part = this.#add();
      if (part !== undefined) yield part;
    }
    if (scanner.waiting > LONGEST_ROW) yield* this.#refuse(`is longer than ${LONGEST_ROW} characters: perhaps a quote in it is never closed`);
    const last = isLast ? this.#builder?.flush() : undefined;
    if (last !== undefined) yield last;
  }

  #add(): TablePart | undefined {
    const { cells, rawRow } = this.#scanner;
    const { headerRow, reportAt } = this.#layout;
    if (this.#builder !== undefined) return this.#builder.add(rawRow, reportAt === undefined ? undefined : cells[reportAt] ?? '', cells.every((cell) => cell === ''));
    this.#head += rawRow;
    if (++this.#headRows === headerRow) this.#builder = new PartBuilder(this.#head, headerRow + 1, this.#size);
    return undefined;
  }

  /** The rows before are sound, and are handed over first. */
  *#refuse(why: string): Generator<TablePart> {
    const row = this.#builder?.nextRow ?? this.#headRows + 1;
    const last = this.#builder?.flush();
    if (last !== undefined) yield last;
    throw new UnreadableMessage('syntax', `Row ${row} ${why}`);
  }
}
