import { randomUUID } from 'node:crypto';
import path from 'node:path';
import pino from 'pino';
import { openKeys } from './access/keys.ts';
import type { Config } from './config.ts';
import { loadFhir } from './fhir/load.ts';
import type { Resource } from './fhir/resource.ts';
import type { IndexTerms } from './fhir/search/terms.ts';
import { internalTerms } from './intake/records.ts';
import type { Services } from './services.ts';
import type { Store, StoreOptions } from './store/store.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
export const PROFILES_DIR = path.join(ROOT, 'profiles');
/** Beside the packages that it is distilled from, so that an upgrade of them starts anew. */
export const CACHE_DIR = path.join(ROOT, 'node_modules', '.cache', 'bund');

/**
 * Opens everything that use cases work with. Whoever opens it closes `store`.
 *
 * @param writer names this process's audit chain, unique among the processes alive on one store
 */
export async function openServices(config: Config, writer: string): Promise<Services> {
  const clock = (): Date => new Date();
  const [fhir, keys] = await Promise.all([loadFhir({ profilesDir: PROFILES_DIR, cacheDir: CACHE_DIR }), openKeys(config.dataDir)]);
  const extract = (resource: Resource): IndexTerms => internalTerms(resource) ?? fhir.extractTerms(resource);
  const store = await openStore(config.store, { extract, writer, clock });
  return { config, store, fhir, keys, clock, newId: randomUUID, log: pino({ level: config.logLevel }) };
}

/** An adapter is loaded only when it is used: the embedded store does not wait for the MongoDB driver. */
async function openStore(store: Config['store'], options: StoreOptions): Promise<Store> {
  if (store.kind === 'sqlite') {
    const { openSqlite } = await import('./store/sqlite/open.ts');
    return openSqlite(store.file, options);
  }
  const { openMongo } = await import('./store/mongo/open.ts');
  return openMongo(store.uri, options);
}
