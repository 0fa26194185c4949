import { hash, randomUUIDv7 } from 'node:crypto';
import path from 'node:path';
import pino from 'pino';
import { openKeys } from './access/keys.ts';
import { type Config, ConfigError, type Reading, readingOf } from './config.ts';
import { DefinitionFault } from './fhir/definitions/load.ts';
import type { Fhir } from './fhir/fhir.ts';
import { loadFhir } from './fhir/load.ts';
import { internalTerms, loadSources, requireKnownProfiles } from './intake/index.ts';
import { loadMatchModel, withIdentityTerms } from './identity/index.ts';
import { liveRecognition, loadRecognitionFiles, recognitionTerms } from './recognition/index.ts';
import type { Keys, Services } from './services.ts';
import { storeFault } from './start-faults.ts';
import type { Store, StoreOptions } from './store/store.ts';
import { liveCodes, loadCodeFiles } from './terminology/index.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
export const PROFILES_DIR = path.join(ROOT, 'profiles');
/** Beside the packages that it is distilled from, so that an upgrade of them starts anew. */
export const CACHE_DIR = path.join(ROOT, 'node_modules', '.cache', 'bund');

/** To be raised when the code of `fhir/search/`, `intake/internal-terms.ts` or `identity/` finds other terms in the same resource: also by another key or feature of a Patient. */
const TERMS_VERSION = 4;

const clock = (): Date => new Date();

/**
 * Opens everything that use cases work with. Whoever opens it closes `store`.
 *
 * @param writer names this process's audit chain, unique among the processes alive on one store
 */
export async function openServices(config: Config, writer: string): Promise<Services> {
  const [fhir, sources, codeFiles, matching] = await Promise.all([
    openFhir(readingOf(config)),
    loadSources(path.join(PROFILES_DIR, 'sources')),
    loadCodeFiles(path.join(PROFILES_DIR, 'codes')),
    loadMatchModel(path.join(PROFILES_DIR, 'identity', 'model.json')),
  ]);
  requireKnownProfiles(sources, fhir.definitions);
  const codes = liveCodes(codeFiles);
  const recognition = liveRecognition(await loadRecognitionFiles(path.join(PROFILES_DIR, 'recognition'), { items: codes.tables.items, sources: sources.values() }), codes.tables, sources.values(), config.offsetMinutes);
  const store = await openStore(config, fhir, { writer, indexVersion: indexVersionOf(config, fhir) });
  const keys = await orClose(store, async () => {
    // Before the first message: what was approved must hold for it.
    await codes.refresh(store);
    await recognition.refresh(store);
    return openKeys(config.dataDir);
  });
  return { config, store, fhir, sources, codes: codes.tables, liveCodes: codes, matching, recognition, keys, clock, newId: randomUUIDv7, log: pino({ level: config.logLevel }) };
}

/** What comes after the store: one that is named by mistake must not get keys beside it. */
async function orClose(store: Store, open: () => Promise<Keys>): Promise<Keys> {
  try {
    return await open();
  } catch (error) {
    await store.close();
    throw error;
  }
}

export function openFhir(reading: Reading = { offsetMinutes: 0 }): Promise<Fhir> {
  return loadFhir({ profilesDir: path.join(PROFILES_DIR, 'fhir'), cacheDir: CACHE_DIR, ...reading }).catch((error: unknown) => {
    throw error instanceof DefinitionFault ? new ConfigError(`profiles/fhir: ${error.message}`, { cause: error }) : error;
  });
}

/**
 * The store alone, for a tool that must not touch the keys. An adapter is loaded only when it is used: the embedded store does
 * not wait for the MongoDB driver. With an `indexVersion` an index of another one is built anew, which is a gateway's affair.
 *
 * @throws ConfigError for a store that cannot be one, ServiceError 'unavailable' for one that does not answer
 */
export async function openStore({ store }: Pick<Config, 'store'>, fhir: Fhir, options: Pick<StoreOptions, 'writer' | 'indexVersion'>): Promise<Store> {
  const opened: StoreOptions = { extract: (resource) => internalTerms(resource) ?? recognitionTerms(resource) ?? withIdentityTerms(resource, fhir.extractTerms(resource)), clock, ...options };
  try {
    return await openAdapter(store, opened);
  } catch (error) {
    throw await storeFault(error, store);
  }
}

async function openAdapter(store: Config['store'], options: StoreOptions): Promise<Store> {
  if (store.kind === 'sqlite') {
    const { openSqlite } = await import('./store/sqlite/open.ts');
    return openSqlite(store.file, options);
  }
  const { openMongo } = await import('./store/mongo/open.ts');
  return openMongo(store.uri, options);
}

/** Changes with all that decides by what a resource is found: search parameters, how references and dates are read, the code itself. */
function indexVersionOf(config: Config, fhir: Fhir): string {
  return hash('sha256', JSON.stringify([TERMS_VERSION, readingOf(config), fhir.definitions.searchParameters, [...fhir.definitions.preferredSystems]])).slice(0, 16);
}
