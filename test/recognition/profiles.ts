import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadSources } from '../../src/intake/index.ts';
import type { RecognitionFiles } from '../../src/recognition/catalogue/load-recognition-files.ts';
import { loadRecognitionFiles } from '../../src/recognition/catalogue/load-recognition-files.ts';
import type { LiveRecognition } from '../../src/recognition/index.ts';
import { liveRecognition } from '../../src/recognition/index.ts';
import { loadCodeTables } from '../../src/terminology/index.ts';
import type { Parsed } from '../http/server.ts';

export const PROFILES = path.resolve(import.meta.dirname, '../../profiles');
const codes = await loadCodeTables(path.join(PROFILES, 'codes'));
const sources = [...(await loadSources(path.join(PROFILES, 'sources'))).values()];

/** The folder as it is shipped. */
export const FOLDER = path.join(PROFILES, 'recognition');

export function load(folder: string = FOLDER): Promise<RecognitionFiles> {
  return loadRecognitionFiles(folder, { items: codes.items, sources });
}

/** Tables of files alone. */
export function tablesOf(files: RecognitionFiles): LiveRecognition {
  return liveRecognition(files, codes, sources, 480);
}

/** Loads a copy of the folder in which one file is changed. @param change of the parsed file, or a text in its place */
export async function loadChanged(file: string, change: string | ((content: Parsed) => unknown)): Promise<RecognitionFiles> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bund-recognition-'));
  try {
    await cp(FOLDER, folder, { recursive: true });
    const at = path.join(folder, file);
    await writeFile(at, typeof change === 'string' ? change : JSON.stringify(change(JSON.parse(await readFile(at, 'utf8')))));
    return await load(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
