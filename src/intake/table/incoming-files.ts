import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { TableFormat } from '../../normalize/table/index.ts';

/** A file that a source put into its folder. */
export interface IncomingFile {
  readonly source: string;
  /** For people and records: without characters that would not show, or show wrongly. */
  readonly name: string;
  readonly format: TableFormat;
  readonly path: string;
}

/** What tells whether a file is still being written, or is another one under the same name. */
export interface FileState { readonly size: number; readonly modifiedMs: number; readonly inode: number }

const SOURCE = /^[A-Za-z0-9.-]{1,64}$/;
/** `~$` begins the mark of a workbook that somebody has open. */
const WANTED = /^(?!\.|~\$).*\.(csv|xlsx)$/is;
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff/\\:]/g;
const LONGEST_NAME = 120;

/** Names of the sources that have a folder in `dir`; what only links to a folder is none. */
export async function sourcesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && SOURCE.test(entry.name) && !/^\.+$/.test(entry.name)).map(({ name }) => name).sort();
}

/** The tables that wait in the folder of a source, by name. Links and whatever else is no file are left alone. */
export async function incomingFiles(dir: string, source: string): Promise<IncomingFile[]> {
  const folder = path.join(dir, source, 'in');
  if (!await isFolder(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const format = WANTED.exec(entry.name)?.[1]?.toLowerCase();
    return entry.isFile() && (format === 'csv' || format === 'xlsx') ? [{ source, name: shownName(entry.name), format, path: path.join(folder, entry.name) } as const] : [];
  }).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @returns undefined for what is gone, or no file */
export async function stateOf({ path: file }: IncomingFile): Promise<FileState | undefined> {
  const stats = await lstat(file).catch(ignoreMissing);
  return stats?.isFile() === true ? { size: stats.size, modifiedMs: stats.mtimeMs, inode: stats.ino } : undefined;
}

export function isSameState(a: FileState | undefined, b: FileState | undefined): boolean {
  return a !== undefined && b !== undefined && a.size === b.size && a.modifiedMs === b.modifiedMs && a.inode === b.inode;
}

/**
 * Opens a file for reading. A link that has taken its place meanwhile is not followed.
 *
 * @throws Error of the system, `ELOOP` for a link
 */
export function openIncoming(file: IncomingFile): Promise<FileHandle> {
  return open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW);
}

/** True for a folder; false for a link to one, and for what is not there. */
export async function isFolder(folder: string): Promise<boolean> {
  return (await lstat(folder).catch(ignoreMissing))?.isDirectory() === true;
}

export function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

function shownName(name: string): string {
  const shown = name.replace(UNSEEN, '_');
  const extension = path.extname(shown);
  return shown.length <= LONGEST_NAME ? shown : shown.slice(0, LONGEST_NAME - extension.length).toWellFormed() + extension;
}
