import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import type { ScannedBundle, ScannedEntry } from '../fhir/bundle.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Resource } from '../fhir/resource.ts';
import { parseReference } from '../fhir/references.ts';
import { takeTurns } from '../large-bodies.ts';
import type { Services } from '../services.ts';
import type { Assumption, Stored } from '../store/store.ts';
import type { EntryPlace } from './entry-faults.ts';
import { EntryFaults } from './entry-faults.ts';
import { conditionalReferencesOf } from './entry-references.ts';
import type { Replacements } from './entry-references.ts';
import { writeAddress } from './entry-request.ts';
import type { EntryRequest } from './entry-request.ts';
import { refused, requireResource, requireType } from './incoming.ts';
import { findOne, targetOfCreate, targetOfDelete, targetOfUpdate } from './target.ts';
import type { Target } from './target.ts';

/** An entry that writes, and what it will touch; no target: there is nothing to delete. */
export interface ResolvedEntry {
  readonly request: EntryRequest;
  readonly target: Target | undefined;
  /** What a delete hides. */
  readonly current?: Stored;
}

export interface ResolvedEntries extends Replacements { readonly entries: readonly ResolvedEntry[] }

const QUESTION_MARK = '?'.charCodeAt(0);

/**
 * Finds out which resource each entry of a transaction will write, and with that what references between them become.
 * @throws ServiceError with every fault of every entry: two that write one resource or have one fullUrl, a condition that
 *   matches several, a conditional reference that matches none
 */
export async function resolveEntries(services: Services, caller: Caller, bundle: ScannedBundle, requests: readonly EntryRequest[]): Promise<ResolvedEntries> {
  const faults = new EntryFaults();
  const entries: ResolvedEntry[] = [];
  const fullUrls = new Map<string, string>();
  const asked: AskedReference[] = [];
  const claims = new Claims();
  for (const request of requests.filter(({ method }) => method !== 'GET')) {
    await takeTurns(request.index);
    await faults.collect(request, async () => {
      const sent = bundle.entry(request.index);
      const resource = request.method === 'DELETE' ? undefined : sentResource(services, sent, request);
      const entry = await resolveEntry(services, caller, request, resource);
      claims.add(entry);
      if (request.fullUrl !== undefined && entry.target !== undefined) fullUrls.set(request.fullUrl, referenceTo(entry.target.key));
      entries.push(entry);
      if (resource !== undefined && sent.bytes.includes(QUESTION_MARK)) asked.push(...conditionalReferencesOf(resource).map((reference) => ({ index: request.index, at: request.at, reference })));
    });
  }
  const conditional = await resolveConditional(services, asked, { entries, faults });
  faults.throwIfAny();
  return { entries, fullUrls, conditional };
}

function sentResource(services: Services, { value }: ScannedEntry, request: EntryRequest): Resource {
  const { type, id } = writeAddress(request);
  requireType(services, type);
  return requireResource(value['resource'], id === undefined ? { type } : { type, id }, `${request.at}.resource`);
}

async function resolveEntry(services: Services, caller: Caller, request: EntryRequest, resource: Resource | undefined): Promise<ResolvedEntry> {
  const { method, query, conditions, ifNoneExist } = request;
  const { type, id } = writeAddress(request);
  requireType(services, type);
  const action = method === 'DELETE' ? 'delete' : method === 'PUT' ? 'update' : 'create';
  await authorize(services, caller, { action, type, ...(id === undefined ? {} : { id }) });
  if (method === 'POST') return { request, target: await targetOfCreate(services, type, ifNoneExist) };
  const address = { type, ...(id === undefined ? { query } : { id }) };
  if (method === 'PUT') return { request, target: await targetOfUpdate(services, { ...address, ...(resource?.id === undefined ? {} : { resourceId: resource.id }) }, conditions) };
  const target = await targetOfDelete(services, address, conditions);
  return target === undefined ? { request, target } : { request, target, current: target.current };
}

/** A conditional reference, and where its entry stands. */
interface AskedReference extends EntryPlace { readonly reference: string }

/** Once all entries are known: a reference may mean what an entry makes that states the same condition, wherever it stands. */
async function resolveConditional(services: Services, asked: readonly AskedReference[], { entries, faults }: { readonly entries: readonly ResolvedEntry[]; readonly faults: EntryFaults }): Promise<ReadonlyMap<string, string>> {
  const made = new Map(entries.flatMap(({ target }) => (target === undefined || target.action === 'delete' ? [] : target.assuming.map((assumption) => [conditionOf(assumption), referenceTo(target.key)] as const))));
  const conditional = new Map<string, string>();
  for (const [count, { reference, ...place }] of asked.entries()) {
    await takeTurns(count);
    const parsed = parseReference(reference);
    if (parsed.kind !== 'conditional' || conditional.has(reference)) continue;
    await faults.collect(place, async () => {
      requireType(services, parsed.type);
      const { match, assumption } = await findOne(services, parsed.type, parsed.query);
      const target = match === undefined ? made.get(conditionOf(assumption)) : referenceTo(match);
      if (target === undefined) throw refused('invalid', 'not-found', `No ${parsed.type} matches a conditional reference of the entry, and no entry states the same condition`, `${place.at}.resource`);
      conditional.set(reference, target);
    });
  }
  return conditional;
}

/** Two conditions that ask the same are the same text. */
function conditionOf({ type, where }: Assumption): string {
  return JSON.stringify([type, where]);
}

/** Who writes what: two entries must not write one resource, state one condition or have one fullUrl. */
class Claims {
  readonly #byKey = new Map<string, string>();

  add({ request, target }: ResolvedEntry): void {
    const { at, method, path, query, ifNoneExist, fullUrl } = request;
    if (fullUrl !== undefined) this.#claim(`fullUrl ${fullUrl}`, at, { what: 'has the same fullUrl as', element: 'fullUrl' });
    const condition = method === 'POST' ? ifNoneExist : query;
    if (condition !== undefined && condition !== '') this.#claim(`condition ${path[0] ?? ''}?${condition}`, at, { what: 'states the same condition as', element: 'request' });
    if (target !== undefined && target.found === undefined) this.#claim(referenceTo(target.key), at, { what: 'writes the same resource as', element: 'request.url' });
  }

  #claim(key: string, at: string, { what, element }: { what: string; element: string }): void {
    const other = this.#byKey.get(key);
    if (other !== undefined) throw refused('invalid', 'duplicate', `The entry ${what} ${other}; a transaction names each once`, `${at}.${element}`);
    this.#byKey.set(key, at);
  }
}
