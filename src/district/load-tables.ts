import path from 'node:path';
import { loadSources } from '../intake/index.ts';
import { loadCodeTables } from '../terminology/index.ts';
import type { DistrictTables } from './message.ts';

const PROFILES_DIR = path.resolve(import.meta.dirname, '../../profiles');

/** The profiles that the exchange itself works with. @throws SourceError, CodeTableError */
export async function loadDistrictTables(): Promise<DistrictTables> {
  const [sources, codes] = await Promise.all([loadSources(path.join(PROFILES_DIR, 'sources')), loadCodeTables(path.join(PROFILES_DIR, 'codes'))]);
  return { sources, codes };
}
