/** Tables that laboratories deliver, CSV and XLSX, to records. Pure. */
export { type Header, chooseMapping } from './choose-mapping.ts';
export { type Encoding, encodingFault, isProbablyUtf8, markedEncoding, refuseOtherFormats, requireText, withoutMark } from './decode-text.ts';
export { TABLE_LIMITS, type TableLimits } from './limits.ts';
export { parseTableMessageId, tableMessageId } from './message-id.ts';
export { DELIMITERS, type TableMapping, tableMappingSchema, type WrittenTableMapping } from './mapping.ts';
export { headersIn } from './open-csv.ts';
export { columnAt, dateColumnsIn, resultColumnsIn } from './plan-columns.ts';
export { type ReadableTable, readTable, type TableDelivery, type TableFormat } from './read-table.ts';
export { RowScanner } from './row-scanner.ts';
export { type ArchiveFile, broken } from './xlsx/archive.ts';
export { remarksOnSheets } from './remarks.ts';
export { cellContext, headerIn, holdsText, sheetOf } from './xlsx/open-workbook.ts';
export { findFiles, type WorkbookFiles } from './xlsx/relationships.ts';
export { type CellContext, SheetReader, type SheetRow, withoutDatesIn } from './xlsx/sheet-reader.ts';
export { walkXml, xmlDecoder } from './xlsx/walk-xml.ts';
