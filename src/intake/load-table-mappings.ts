import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { TableMapping } from '../normalize/index.ts';
import { tableMappingSchema } from '../normalize/index.ts';
import { parseDescription } from './parse-description.ts';

const schema = z.array(tableMappingSchema).min(1);

/**
 * Reads how the tables of each source are read: one file a source, named after it.
 *
 * @param dir the folder `profiles/tables`, which may be missing
 * @returns mappings by source
 * @throws SourceError
 * @see profiles/tables/README.md
 */
export async function loadTableMappings(dir: string): Promise<ReadonlyMap<string, readonly TableMapping[]>> {
  const files = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  return new Map(await Promise.all(files.map(async (file) => [file.slice(0, -'.json'.length), parseDescription(`profiles/tables/${file}`, await readFile(path.join(dir, file), 'utf8'), schema)] as const)));
}
