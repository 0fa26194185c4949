import { UnreadableMessage } from '../message.ts';
import type { FactSource, TableMapping } from './mapping.ts';
import { isFileName } from './message-id.ts';

/** The cells of a header as one way of reading the delivery gives them. */
export interface Header { readonly delimiter: string; readonly cells: readonly string[] }
export interface ChosenMapping { readonly mapping: TableMapping; readonly header: Header }

/** The name of a column, in which full and half width and white space around it make no difference. */
export function columnKey(name: string): string {
  return name.normalize('NFKC').trim();
}

/**
 * Finds the mapping that a delivery was made for: the first whose file name and columns fit.
 *
 * @param fileName undefined, or another name than that of a file, where the delivery has none: it is then known by its columns
 * @param headersOf the header of the delivery in each way that the mapping allows to read it
 * @throws UnreadableMessage that names the columns which are missing for the mapping that comes nearest
 */
export function chooseMapping(tables: readonly TableMapping[], fileName: string | undefined, headersOf: (mapping: TableMapping) => readonly Header[]): ChosenMapping {
  if (tables.length === 0) throw new UnreadableMessage('syntax', 'No table mapping is kept with this source: its description must say what the columns mean');
  let nearest: { readonly mapping: TableMapping; readonly missing: readonly string[] } | undefined;
  for (const mapping of tables) {
    if (!fitsName(mapping, fileName)) continue;
    const found = bestHeader(mapping, headersOf(mapping));
    if (found === undefined) continue;
    if (found.missing.length === 0) return { mapping, header: found.header };
    if (nearest === undefined || found.missing.length < nearest.missing.length) nearest = { mapping, missing: found.missing };
  }
  if (nearest === undefined) throw new UnreadableMessage('syntax', `No table mapping of this source fits: the file name ${fileName ?? '(none)'} is of none of ${tables.map(shown).join(', ')}, or there is no header row`);
  throw new UnreadableMessage('syntax', `No table mapping of this source fits. For ${nearest.mapping.name}, row ${nearest.mapping.headerRow} lacks the columns ${nearest.missing.join(', ')}`);
}

function shown({ name, recognise: { fileName } }: TableMapping): string {
  return fileName === undefined ? name : `${name} (${fileName})`;
}

/** Of several delimiters the one that finds most of the columns which the mapping speaks of. */
function bestHeader(mapping: TableMapping, headers: readonly Header[]): { readonly header: Header; readonly missing: readonly string[] } | undefined {
  const spoken = columnsOf(mapping);
  const rated = headers.map((header) => {
    const names = new Set(header.cells.map(columnKey));
    return { header, missing: (mapping.recognise.headers ?? []).filter((name) => !names.has(columnKey(name))), known: spoken.filter((name) => names.has(columnKey(name))).length };
  });
  return rated.sort((a, b) => a.missing.length - b.missing.length || b.known - a.known)[0];
}

function columnsOf(mapping: TableMapping): string[] {
  const sources: readonly (FactSource | undefined)[] = Object.values(mapping.facts);
  const columns = sources.map((source) => (typeof source === 'string' ? source : source !== undefined && 'column' in source ? source.column : undefined));
  return [...columns, ...(mapping.kind === 'report' ? mapping.results.map(({ column }) => column) : [])].filter((name) => name !== undefined);
}

function fitsName({ recognise: { fileName, headers } }: TableMapping, given: string | undefined): boolean {
  if (fileName === undefined) return true;
  return given === undefined || !isFileName(given) ? headers !== undefined : patternOf(fileName).test(given);
}

/** File names are compared as Windows does, where most exports come from. */
function patternOf(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 'isu');
}
