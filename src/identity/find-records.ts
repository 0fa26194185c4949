import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
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

/**
 * The Patients that share a key.
 *
 * @param limits further clauses, such as those of a permit
 */
export async function recordsWithKeys(services: Pick<Services, 'store'>, keys: readonly string[], limits: readonly Clause[] = []): Promise<FoundRecords> {
  if (keys.length === 0) return { records: [], crowded: [], assuming: [] };
  const page = await search(services, keys, limits);
  // While all of them together are few, none of them is crowded.
  const { items, crowded } = page.next === undefined ? { items: page.items, crowded: [] } : await searchEach(services, keys, limits);
  const used = keys.filter((key) => !crowded.includes(key));
  return {
    records: items.map(({ id, body }) => storedRecord(id, body)),
    crowded,
    assuming: used.length === 0 ? [] : [{ type: 'Patient', where: [sharing(used), ...limits], ids: items.map(({ id }) => id) }],
  };
}

async function searchEach(services: Pick<Services, 'store'>, keys: readonly string[], limits: readonly Clause[]): Promise<{ readonly items: readonly Stored[]; readonly crowded: readonly string[] }> {
  const items = new Map<string, Stored>();
  const crowded: string[] = [];
  for (const key of keys) {
    const page = await search(services, [key], limits);
    if (page.next === undefined) for (const item of page.items) items.set(item.id, item);
    else crowded.push(key);
  }
  return { items: [...items.values()], crowded };
}

function search({ store }: Pick<Services, 'store'>, keys: readonly string[], limits: readonly Clause[]): Promise<Page> {
  return store.search({ type: 'Patient', where: [sharing(keys), ...limits], sort: [], limit: MOST_PER_KEY });
}

function sharing(keys: readonly string[]): Clause {
  return { kind: 'uri', param: MATCH_PARAM, match: 'exact', anyOf: keys.map(keyTerm) };
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
