import type { Issue } from '../../fhir/outcome.ts';
import { UnreadableMessage } from '../message.ts';
import type { Header } from './choose-mapping.ts';
import { chooseMapping } from './choose-mapping.ts';
import { decodeText } from './decode-text.ts';
import type { TableLimits } from './limits.ts';
import type { TableMapping } from './mapping.ts';
import { DELIMITERS } from './mapping.ts';
import type { TableRow } from './read-row.ts';
import type { TableDelivery } from './read-table.ts';
import { RowScanner } from './row-scanner.ts';

/** The rows of a table, and the mapping that was made for it. */
export interface OpenTable {
  readonly mapping: TableMapping;
  readonly header: readonly string[];
  /** Below the header; empty ones are left out. */
  readonly rows: readonly TableRow[];
  /** Numbers of days count from 1904. */
  readonly is1904: boolean;
  /** On what is in the delivery besides. */
  readonly remarks: readonly Issue[];
}

/** @throws UnreadableMessage for what is no CSV, is over a limit, or fits no mapping */
export function openCsv(bytes: Buffer, tables: readonly TableMapping[], delivery: TableDelivery, limits: TableLimits): OpenTable {
  const texts = new Map<TableMapping['encoding'], string | UnreadableMessage>();
  for (const { encoding } of tables) if (!texts.has(encoding)) texts.set(encoding, tryDecoding(bytes, encoding));
  const [first] = texts.values();
  if (first instanceof UnreadableMessage && texts.values().every((text) => text instanceof UnreadableMessage)) throw first;
  const textFor = ({ encoding }: TableMapping): string => {
    const text = texts.get(encoding);
    return typeof text === 'string' ? text : '';
  };
  const { mapping, header } = chooseMapping(tables, delivery.fileName, (candidate) => headersIn(textFor(candidate), candidate));
  return { mapping, header: header.cells, rows: readRows(textFor(mapping), mapping, header, { firstRow: delivery.firstRow, limits }), is1904: false, remarks: [] };
}

function tryDecoding(bytes: Buffer, encoding: TableMapping['encoding']): string | UnreadableMessage {
  try {
    return decodeText(bytes, encoding);
  } catch (error) {
    if (error instanceof UnreadableMessage) return error;
    throw error;
  }
}

/** The header row of a text for each delimiter that a mapping allows; none where the text ends before it. */
export function headersIn(text: string, { delimiter, headerRow }: TableMapping): Header[] {
  return (delimiter === 'auto' ? DELIMITERS : [delimiter]).flatMap((character) => {
    const scanner = new RowScanner(character);
    scanner.append(text, true);
    for (let row = 1; row <= headerRow; row++) if (!scanner.next()) return [];
    return [{ delimiter: character, cells: scanner.cells }];
  });
}

function readRows(text: string, { headerRow }: TableMapping, { delimiter, cells }: Header, { firstRow = headerRow + 1, limits }: { firstRow: number | undefined; limits: TableLimits }): TableRow[] {
  const scanner = new RowScanner(delimiter);
  scanner.append(text, true);
  for (let row = 1; row <= headerRow; row++) scanner.next();
  if (cells.length > limits.columns) throw new UnreadableMessage('limit', `The table has more than ${limits.columns} columns`);
  const rows: TableRow[] = [];
  for (let row = firstRow; scanner.next(); row++) {
    if (isEmpty(scanner.cells)) continue;
    if (rows.length >= limits.rows) throw new UnreadableMessage('limit', `The table has more than ${limits.rows} rows: send it in parts`);
    if (scanner.isOpen) throw new UnreadableMessage('syntax', `Row ${row} opens a quote that nothing closes, so that the rows behind it cannot be told apart`);
    rows.push({ row, cells: scanner.cells, broken: faultOfCells(scanner, cells.length, limits) });
  }
  return rows;
}

export function isEmpty(cells: readonly string[]): boolean {
  for (const cell of cells) if (cell !== '') return false;
  return true;
}

function faultOfCells({ cells, isBroken }: RowScanner, width: number, { cellLength }: TableLimits): string | undefined {
  if (isBroken) return 'Something stands between the closing quote of a cell and the next delimiter: quotes inside a cell are doubled';
  if (cells.length < width) return `The row has ${cells.length} cells and the header ${width}`;
  for (let at = width; at < cells.length; at++) if (cells[at] !== '') return `The row has ${cells.length} cells and the header ${width}`;
  for (const cell of cells) if (cell.length > cellLength) return `A cell is longer than ${cellLength} characters`;
  return undefined;
}
