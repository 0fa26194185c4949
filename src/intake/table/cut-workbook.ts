import type { Issue } from '../../fhir/outcome.ts';
import { UnreadableMessage } from '../../normalize/index.ts';
import type { CellContext, SheetRow, TableLimits, TableMapping, WorkbookFiles } from '../../normalize/table/index.ts';
import { broken, cellContext, chooseMapping, columnAt, dateColumnsIn, findFiles, headerIn, holdsText, remarksOnSheets, resultColumnsIn, sheetOf, withoutDatesIn } from '../../normalize/table/index.ts';
import type { CutOptions } from './cut-table.ts';
import { PartBuilder, type TablePart } from './part-builder.ts';
import { sheetRows } from './sheet-rows.ts';

export interface WorkbookOptions extends CutOptions {
  readonly limits: TableLimits;
  /** Told, before the first part, what no part can say: of which other sheets nothing is taken in. */
  readonly onRemark?: (remark: Issue) => void;
}

/** So many rows that a sheet leaves out are filled with blank ones; behind a wider gap a new part begins. */
const WIDEST_GAP = 100;

/**
 * Cuts the sheet of a workbook into CSV parts as `cutTable` does with a CSV table. The workbook is in memory as it came,
 * packed; its sheet never is as a whole.
 *
 * @throws UnreadableMessage where the workbook cannot be read on: the parts before are sound
 */
export async function* cutWorkbook(bytes: Buffer, options: WorkbookOptions): AsyncGenerator<TablePart> {
  const files = findFiles(bytes, options.limits);
  // No more than a row is in memory at once.
  const context = cellContext(files, { ...options.limits, cells: Number.POSITIVE_INFINITY });
  const { mapping, header, sheet } = await chooseSheet(files, context, options);
  for (const remark of remarksOnSheets(mapping, sheet.name, await filledSheets(files.sheets.filter((other) => other !== sheet), context))) options.onRemark?.(remark);
  const serials = files.is1904 && mapping.dates.includes('excel') ? dateColumnsIn(mapping, header) : NONE;
  const delimiter = mapping.delimiter === 'auto' ? ',' : mapping.delimiter;
  const reportAt = columnAt(mapping, 'reportNumber', header);
  const ofResults = resultColumnsIn(mapping, header);
  let head = '';
  let headRows = 0;
  let builder: PartBuilder | undefined;
  for await (const sheetRow of sheetRows(sheet.file, { ...context, decimalComma: mapping.decimalComma })) {
    const { row } = sheetRow;
    if (row <= mapping.headerRow) {
      head += '\r\n'.repeat(row - headRows - 1) + lineOf(row === mapping.headerRow ? header : sheetRow.cells, delimiter);
      headRows = row;
      continue;
    }
    builder ??= new PartBuilder(head, row, options);
    const gap = row - builder.nextRow > WIDEST_GAP ? builder.flush(row) : undefined;
    if (gap !== undefined) yield gap;
    while (builder.nextRow < row) yield* some(builder.add('\r\n', undefined, true));
    const cells = withoutDatesIn(ofResults, sheetRow);
    yield* some(builder.add(lineOf(from1900(fitted(cells, header.length), serials), delimiter), reportAt === undefined ? undefined : cells[reportAt] ?? '', false));
  }
  yield* some(builder?.flush());
}

function some(part: TablePart | undefined): readonly TablePart[] {
  return part === undefined ? [] : [part];
}

/** A sheet leaves out empty cells at the end, and people write beside a table; a part has as many cells as its header. */
function fitted(cells: readonly string[], width: number): readonly string[] {
  return Array.from({ length: width }, (_, at) => cells[at] ?? '');
}

/** Days between the beginnings of the two calendars of spreadsheets. */
const DAYS_TO_1904 = 1462;
const SERIAL = /^\d+(?:\.\d+)?$/;
const NONE: ReadonlySet<number> = new Set();

/** A part is read as CSV, whose numbers of days count from 1900. @param columns that hold dates */
function from1900(cells: readonly string[], columns: ReadonlySet<number>): readonly string[] {
  return columns.size === 0 ? cells : cells.map((cell, at) => (columns.has(at) && SERIAL.test(cell) ? String(Number(cell) + DAYS_TO_1904) : cell));
}

function lineOf(cells: readonly string[], delimiter: string): string {
  return `${cells.map((cell) => (cell.includes('"') || cell.includes(delimiter) || /[\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\r\n`;
}

interface ChosenSheet { readonly mapping: TableMapping; readonly header: readonly string[]; readonly sheet: Sheet }
type Sheet = WorkbookFiles['sheets'][number];

/** Reads no more than the headers of the sheets that the mappings speak of. */
async function chooseSheet(files: WorkbookFiles, context: Omit<CellContext, 'decimalComma'>, { tables, fileName }: CutOptions): Promise<ChosenSheet> {
  const heads = new Map<TableMapping, readonly SheetRow[]>();
  for (const mapping of tables) {
    const sheet = sheetOf(files, mapping);
    if (sheet !== undefined) heads.set(mapping, await headOf(sheet.file, { ...context, decimalComma: false }, mapping.headerRow));
  }
  const { mapping, header } = chooseMapping(tables, fileName, (candidate) => headerIn(heads.get(candidate) ?? [], candidate));
  const sheet = sheetOf(files, mapping);
  if (sheet === undefined) throw broken('it has no such sheet');
  return { mapping, header: header.cells, sheet };
}

async function headOf(file: Sheet['file'], context: CellContext, headerRow: number): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const row of sheetRows(file, context)) {
    if (row.row > headerRow) break;
    rows.push(row);
  }
  return rows;
}

/** The names of those that hold something. */
async function filledSheets(sheets: readonly Sheet[], context: Omit<CellContext, 'decimalComma'>): Promise<readonly string[]> {
  const filled: string[] = [];
  for (const { name, file } of sheets) if (await isFilled(file, { ...context, decimalComma: false })) filled.push(name);
  return filled;
}

/** Reads no further than the first row that holds something. What cannot be read holds something too. */
async function isFilled(file: Sheet['file'], context: CellContext): Promise<boolean> {
  try {
    for await (const row of sheetRows(file, context)) if (holdsText(row)) return true;
    return false;
  } catch (error) {
    if (error instanceof UnreadableMessage) return true;
    throw error;
  }
}
