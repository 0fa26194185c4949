import path from 'node:path';
import { loadSources } from '../intake/index.ts';
import { loadCodeTables } from '../terminology/index.ts';
import type { DistrictTables } from './message.ts';

/**
 * Reads what the district is made from, without a store or keys.
 *
 * @param profilesDir the folder `profiles`, with which the exchange itself works
 * @throws SourceError, CodeTableError
 */
export async function loadDistrictTables(profilesDir: string): Promise<DistrictTables> {
  const [sources, codes] = await Promise.all([loadSources(path.join(profilesDir, 'sources')), loadCodeTables(path.join(profilesDir, 'codes'))]);
  return { sources, codes };
}
