import { UnreadableMessage } from '../../message.ts';
import type { Header } from '../choose-mapping.ts';
import { chooseMapping } from '../choose-mapping.ts';
import type { TableLimits } from '../limits.ts';
import type { TableMapping } from '../mapping.ts';
import type { OpenTable } from '../open-csv.ts';
import { isEmpty } from '../open-csv.ts';
import { resultColumnsIn } from '../plan-columns.ts';
import type { TableDelivery } from '../read-table.ts';
import { remarksOnSheets } from '../remarks.ts';
import type { ArchiveFile } from './archive.ts';
import { broken, unpack } from './archive.ts';
import { readNumberMeanings } from './number-formats.ts';
import type { WorkbookFiles } from './relationships.ts';
import { findFiles } from './relationships.ts';
import { readSharedTexts } from './shared-texts.ts';
import type { CellContext, SheetRow } from './sheet-reader.ts';
import { SheetReader, withoutDatesIn } from './sheet-reader.ts';
import { walkXmlFile } from './walk-xml.ts';

/** @throws UnreadableMessage for what is no workbook, is over a limit, or fits no mapping */
export function openWorkbook(bytes: Buffer, tables: readonly TableMapping[], delivery: TableDelivery, limits: TableLimits): OpenTable {
  const files = findFiles(bytes, limits);
  const context = cellContext(files, limits);
  const sheets = new Map<string, readonly SheetRow[]>();
  const rowsFor = (mapping: TableMapping): readonly SheetRow[] => {
    const sheet = sheetOf(files, mapping);
    const name = `${sheet?.name ?? ''}\n${mapping.decimalComma}`;
    const rows = sheets.get(name) ?? (sheet === undefined ? [] : readSheet(sheet, { ...context, decimalComma: mapping.decimalComma }));
    sheets.set(name, rows);
    return rows;
  };
  const { mapping, header } = chooseMapping(tables, delivery.fileName, (candidate) => headerIn(rowsFor(candidate), candidate));
  const ofResults = resultColumnsIn(mapping, header.cells);
  const rows = rowsFor(mapping).filter(({ row, cells }) => row > mapping.headerRow && !isEmpty(cells)).map((each) => ({ row: each.row, cells: withoutDatesIn(ofResults, each) }));
  if (rows.length > limits.rows) throw new UnreadableMessage('limit', `The sheet has more than ${limits.rows} rows: deliver it in parts`);
  const sheet = sheetOf(files, mapping);
  const unread = files.sheets.filter((other) => other !== sheet && isFilled(other, { ...context, decimalComma: false })).map(({ name }) => name);
  return { mapping, header: header.cells, rows, is1904: files.is1904, remarks: remarksOnSheets(mapping, sheet?.name ?? '', unread) };
}

/** The sheet that a mapping names, else the first. */
export function sheetOf({ sheets }: WorkbookFiles, mapping: TableMapping): { readonly name: string; readonly file: ArchiveFile } | undefined {
  if (sheets.length === 0) throw broken('it has no sheet');
  return mapping.sheet === undefined ? sheets[0] : sheets.find(({ name }) => name === mapping.sheet);
}

export function cellContext(files: WorkbookFiles, limits: TableLimits): Omit<CellContext, 'decimalComma'> {
  return { sharedTexts: readSharedTexts(files.sharedTexts, limits), meanings: readNumberMeanings(files.styles), is1904: files.is1904, limits };
}

/** The names of the columns; a cell that is left out has none. */
export function headerIn(rows: readonly SheetRow[], { headerRow }: TableMapping): Header[] {
  const header = rows.find(({ row }) => row === headerRow);
  return header === undefined ? [] : [{ delimiter: ',', cells: header.cells }];
}

function readSheet({ file }: { readonly file: ArchiveFile }, context: CellContext): readonly SheetRow[] {
  const rows: SheetRow[] = [];
  walkXmlFile(unpack(file), new SheetReader(context, (row) => rows.push(row)));
  return rows;
}

/** What cannot be read holds something too. */
function isFilled({ file }: { readonly file: ArchiveFile }, context: CellContext): boolean {
  let found = false;
  const reader = new SheetReader(context, (row) => { found ||= holdsText(row); });
  try {
    walkXmlFile(unpack(file), reader, () => found);
    return found;
  } catch (error) {
    if (error instanceof UnreadableMessage) return true;
    throw error;
  }
}

/** True for a row with more than blanks. */
export function holdsText({ cells }: SheetRow): boolean {
  return cells.some((cell) => cell.trim() !== '');
}
