import { hash, randomUUIDv7 } from 'node:crypto';
import path from 'node:path';
import pino from 'pino';
import { openKeys } from './access/keys.ts';
import { type Config, type Reading, readingOf } from './config.ts';
import type { Fhir } from './fhir/fhir.ts';
import { loadFhir } from './fhir/load.ts';
import { internalTerms, loadSources, requireKnownProfiles } from './intake/index.ts';
import type { Services } from './services.ts';
import type { Store, StoreOptions } from './store/store.ts';
import { loadCodeTables } from './terminology/index.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
export const PROFILES_DIR = path.join(ROOT, 'profiles');
/** Beside the packages that it is distilled from, so that an upgrade of them starts anew. */
export const CACHE_DIR = path.join(ROOT, 'node_modules', '.cache', 'bund');

/** To be raised when the code of `fhir/search/` or `intake/records.ts` finds other terms in the same resource. */
const TERMS_VERSION = 1;

const clock = (): Date => new Date();

/**
 * Opens everything that use cases work with. Whoever opens it closes `store`.
 *
 * @param writer names this process's audit chain, unique among the processes alive on one store
 */
export async function openServices(config: Config, writer: string): Promise<Services> {
  const [fhir, sources, codes, keys] = await Promise.all([
    openFhir(readingOf(config)),
    loadSources(path.join(PROFILES_DIR, 'sources')),
    loadCodeTables(path.join(PROFILES_DIR, 'codes')),
    openKeys(config.dataDir),
  ]);
  requireKnownProfiles(sources, fhir.definitions);
  const store = await openStore(config, fhir, { writer, indexVersion: indexVersionOf(config, fhir) });
  return { config, store, fhir, sources, codes, keys, clock, newId: randomUUIDv7, log: pino({ level: config.logLevel }) };
}

export function openFhir(reading: Reading = { offsetMinutes: 0 }): Promise<Fhir> {
  return loadFhir({ profilesDir: path.join(PROFILES_DIR, 'fhir'), cacheDir: CACHE_DIR, ...reading });
}

/**
 * The store alone, for a tool that must not touch the keys. An adapter is loaded only when it is used: the embedded store does
 * not wait for the MongoDB driver. With an `indexVersion` an index of another one is built anew, which is a gateway's affair.
 */
export async function openStore({ store }: Pick<Config, 'store'>, fhir: Fhir, options: Pick<StoreOptions, 'writer' | 'indexVersion'>): Promise<Store> {
  const opened: StoreOptions = { extract: (resource) => internalTerms(resource) ?? fhir.extractTerms(resource), clock, ...options };
  if (store.kind === 'sqlite') {
    const { openSqlite } = await import('./store/sqlite/open.ts');
    return openSqlite(store.file, opened);
  }
  const { openMongo } = await import('./store/mongo/open.ts');
  return openMongo(store.uri, opened);
}

/** Changes with all that decides by what a resource is found: search parameters, how references and dates are read, the code itself. */
function indexVersionOf(config: Config, fhir: Fhir): string {
  return hash('sha256', JSON.stringify([TERMS_VERSION, readingOf(config), fhir.definitions.searchParameters])).slice(0, 16);
}
