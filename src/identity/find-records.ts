import type { Clause } from '../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import { searchAll } from '../store/search-all.ts';
import type { Assumption, Page, Stored } from '../store/store.ts';
import { digestTerm, keyTerm, MATCH_PARAM } from './index-terms.ts';
import type { MatchRecord } from './match-record.ts';
import { storedRecord } from './match-record.ts';

/** A key that more records share is passed over: it tells nobody apart, and each of its records would be compared with all others. */
export const MOST_PER_KEY = 200;

/** Records that share keys, and the searches behind them as assumptions that a commit can rest on. */
export interface FoundRecords {
  readonly records: readonly MatchRecord[];
  /** Keys that more than `MOST_PER_KEY` records share. */
  readonly crowded: readonly string[];
  readonly assuming: readonly Assumption[];
}

/** So many keys are asked for at once. */
const KEYS_A_SEARCH = 100;
/** What one search for several keys is expected to find at most, for each key. */
const EXPECTED_PER_KEY = 10;

/**
 * The Patients that share a key.
 *
 * @param limits further clauses, such as those of a permit
 */
export async function recordsWithKeys(services: Pick<Services, 'store'>, keys: readonly string[], limits: readonly Clause[] = []): Promise<FoundRecords> {
  const records = new Map<string, MatchRecord>();
  const crowded: string[] = [];
  const assuming: Assumption[] = [];
  for (let start = 0; start < keys.length; start += KEYS_A_SEARCH) {
    const found = await recordsWithSome(services, keys.slice(start, start + KEYS_A_SEARCH), limits);
    for (const record of found.records) records.set(record.patient, record);
    crowded.push(...found.crowded);
    assuming.push(...found.assuming);
  }
  return { records: [...records.values()], crowded, assuming };
}

async function recordsWithSome(services: Pick<Services, 'store'>, keys: readonly string[], limits: readonly Clause[]): Promise<FoundRecords> {
  const page = await search(services, keys, limits, Math.min(MAX_PAGE_SIZE, Math.max(MOST_PER_KEY, keys.length * EXPECTED_PER_KEY)));
  const { items, overfull } = page.next === undefined ? { items: page.items, overfull: [] } : await searchEach(services, keys, limits);
  const found = items.map(({ id, body }) => storedRecord(id, body));
  const crowded = keys.filter((key) => overfull.includes(key) || found.filter((record) => record.keys.includes(key)).length > MOST_PER_KEY);
  const used = new Set(keys.filter((key) => !crowded.includes(key)));
  const records = crowded.length === 0 ? found : found.filter((record) => record.keys.some((key) => used.has(key)));
  return { records, crowded, assuming: used.size === 0 ? [] : [{ type: 'Patient', where: [sharing([...used]), ...limits], ids: records.map(({ patient }) => patient) }] };
}

async function searchEach(services: Pick<Services, 'store'>, keys: readonly string[], limits: readonly Clause[]): Promise<{ readonly items: readonly Stored[]; readonly overfull: readonly string[] }> {
  const items = new Map<string, Stored>();
  const overfull: string[] = [];
  for (const key of keys) {
    const page = await search(services, [key], limits, MOST_PER_KEY);
    if (page.next === undefined) for (const item of page.items) items.set(item.id, item);
    else overfull.push(key);
  }
  return { items: [...items.values()], overfull };
}

function search({ store }: Pick<Services, 'store'>, keys: readonly string[], limits: readonly Clause[], limit: number): Promise<Page> {
  return store.search({ type: 'Patient', where: [sharing(keys), ...limits], sort: [], limit });
}

function sharing(keys: readonly string[]): Clause {
  return { kind: 'uri', param: MATCH_PARAM, match: 'exact', anyOf: keys.map(keyTerm) };
}

/** The Patients that were merged into one of these, or into which one of these was merged, by their own account. */
export async function recordsReferringTo({ store }: Pick<Services, 'store'>, patients: readonly string[]): Promise<Omit<FoundRecords, 'crowded'>> {
  const where: readonly Clause[] = [{ kind: 'reference', param: 'link', anyOf: patients.map((id) => ({ type: 'Patient', id })) }];
  const records = (await searchAll(store, { type: 'Patient', where })).map(({ id, body }) => storedRecord(id, body));
  return { records, assuming: [{ type: 'Patient', where, ids: records.map(({ patient }) => patient) }] };
}

/** The Patients of these ids, as far as they exist. */
export async function recordsOf({ store }: Pick<Services, 'store'>, patients: readonly string[]): Promise<readonly MatchRecord[]> {
  const stored = patients.length === 0 ? [] : await store.readMany(patients.map((id) => ({ type: 'Patient', id })));
  return stored.filter((item) => !item.deleted).map(({ id, body }) => storedRecord(id, body));
}

/** That each of these records still is what it was when it was looked at. */
export function unchangedRecords(records: readonly MatchRecord[]): readonly Assumption[] {
  if (records.length === 0) return [];
  const ids = records.map(({ patient }) => patient);
  return [{ type: 'Patient', where: [{ kind: 'id', anyOf: ids }, { kind: 'uri', param: MATCH_PARAM, match: 'exact', anyOf: records.map(({ digest }) => digestTerm(digest)) }], ids }];
}
