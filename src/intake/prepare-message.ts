import { readingOf } from '../config.ts';
import type { ScannedBundle } from '../fhir/bundle.ts';
import type { Issue } from '../fhir/outcome.ts';
import { isAcceptable } from '../fhir/outcome.ts';
import { referencesOf } from '../fhir/references.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { isObject, referenceTo } from '../fhir/resource.ts';
import { takeTurns } from '../large-bodies.ts';
import type { Fault, Lookup, MessageKind, NormalizedEntry, Registry } from '../normalize/index.ts';
import { ALIAS_TYPE, faultAt, normalizeMessage, readMessage, sourceOfUri, timeMembersOf } from '../normalize/index.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import type { Gap } from '../terminology/index.ts';
import { isUcum, mapObservation } from '../terminology/index.ts';
import { parseAlias } from './alias.ts';
import { demandedProfile } from './demanded-profile.ts';
import type { Source } from './source.ts';

/** One entry, ready to be committed. */
export interface PreparedEntry extends NormalizedEntry { readonly gaps: readonly Gap[] }

export interface PreparedMessage {
  readonly kind: MessageKind;
  readonly entryCount: number;
  /** Entries without fault. */
  readonly accepted: readonly PreparedEntry[];
  readonly faults: readonly Fault[];
}

/** The exchange writes these itself: a source that could would write the trace, or join records of others to one person. */
const OWN_TYPES: ReadonlySet<string> = new Set(['AuditEvent', 'Person']);

/**
 * From the body of a message to resources that may be stored, with every fault on the way.
 *
 * @param bundle the scanned body; @param bytes the body
 * @throws JsonError for a single resource that is nested too deep
 */
export async function prepareMessage(services: Services, source: Source, bundle: ScannedBundle, bytes: Buffer): Promise<PreparedMessage> {
  const sent = readMessage(bundle, bytes);
  const conventions = { sender: source, registry: registryOf(services), timeMembers: timeMembersOf(services.fhir.definitions) };
  const message = normalizeMessage(sent, conventions);
  const normalized = message.finish(await answerLookups(services, source, message.lookups));
  const checked: Checked[] = [];
  for (const [index, entry] of normalized.entries.entries()) {
    await takeTurns(index);
    checked.push(checkEntry(services, source, entry));
  }
  const faults = [...normalized.faults, ...checked.flatMap((entry) => entry.faults)];
  const outcome = { kind: sent.kind, entryCount: bundle.entryCount || sent.entries.length };
  if (sent.kind !== 'batch' || faults.some((fault) => fault.entry === undefined)) {
    return { ...outcome, accepted: faults.length === 0 ? checked.map(({ entry }) => entry) : [], faults };
  }
  return { ...outcome, ...await withoutRefused(services, checked.map(({ entry }) => entry), faults) };
}

function registryOf({ sources, config }: Services): Registry {
  return { organizations: new Map([...sources.values()].map(({ organization }) => [organization.uscc, organization.id])), base: readingOf(config).baseUrl };
}

/** Asks all questions at once. An id as the exchange gave it counts only for what this source may refer to. */
async function answerLookups({ store }: Services, source: Source, lookups: readonly Lookup[]): Promise<ReadonlyMap<string, ResourceKey>> {
  if (lookups.length === 0) return new Map();
  const stored = new Map((await store.readMany(lookups.flatMap((lookup) => lookup.keys))).filter((item) => !item.deleted).map((item) => [referenceTo(item), item]));
  return new Map(lookups.flatMap(({ name, keys }) => {
    const target = keys.map((key) => targetOf(stored.get(referenceTo(key)), source)).find((key) => key !== undefined);
    return target === undefined ? [] : [[name, target] as const];
  }));
}

function targetOf(item: Stored | undefined, source: Source): ResourceKey | undefined {
  if (item === undefined) return undefined;
  if (item.type === ALIAS_TYPE) return parseAlias(item.body).target;
  return item.type === 'Organization' || sourceOf(item) === source.id ? { type: item.type, id: item.id } : undefined;
}

function sourceOf({ body }: Stored): string | undefined {
  const resource: unknown = JSON.parse(body);
  const meta = isObject(resource) ? resource['meta'] : undefined;
  return isObject(meta) ? sourceOfUri(meta['source']) : undefined;
}

interface Checked { readonly entry: PreparedEntry; readonly faults: readonly Fault[] }

function checkEntry(services: Services, source: Source, entry: NormalizedEntry): Checked {
  const { fhir, codes } = services;
  const { resource, gaps } = mapObservation(entry.resource, { tables: codes, source: codes.sources.get(source.id), isUcum });
  const profile = demandedProfile(resource, source);
  const issues = fhir.validate(resource, { at: entry.at, ...(profile === undefined ? {} : { profiles: [profile] }) });
  const faults = issues.filter((issue: Issue) => !isAcceptable([issue])).map((issue) => ({ entry: entry.index, issue }));
  const own = OWN_TYPES.has(resource.resourceType) ? [faultAt(entry.index, 'business-rule', entry.at, `A source sends no ${resource.resourceType}: the exchange keeps it itself`)] : [];
  return { entry: { ...entry, resource: { ...resource, id: entry.resource.id }, gaps }, faults: [...own, ...faults] };
}

/** Of a batch, what can be stored without the entries that were refused: an entry that refers to one of those is refused too. */
async function withoutRefused({ store }: Services, entries: readonly PreparedEntry[], faults: readonly Fault[]): Promise<Pick<PreparedMessage, 'accepted' | 'faults'>> {
  const refused = new Set(faults.map((fault) => fault.entry));
  const keyOf = ({ resource }: PreparedEntry): ResourceKey => ({ type: resource.resourceType, id: resource.id });
  const candidates = entries.filter((entry) => refused.has(entry.index)).map(keyOf);
  const stored = new Set(candidates.length === 0 ? [] : (await store.readMany(candidates)).filter((item) => !item.deleted).map(referenceTo));
  const missing = new Set(candidates.map(referenceTo).filter((reference) => !stored.has(reference)));
  const found: Fault[] = [...faults];
  for (let before = -1; before !== refused.size;) {
    before = refused.size;
    for (const entry of entries.filter(({ index }) => !refused.has(index))) {
      const broken = referencesOf(entry.resource).find(({ reference }) => missing.has(reference));
      if (broken === undefined) continue;
      refused.add(entry.index);
      missing.add(referenceTo(keyOf(entry)));
      found.push(faultAt(entry.index, 'not-found', pathWithin(entry, broken.path), 'The reference leads to an entry that was refused'));
    }
  }
  return { accepted: entries.filter(({ index }) => !refused.has(index)), faults: found };
}

function pathWithin({ at, resource }: { readonly at: string; readonly resource: Resource }, path: string): string {
  return at + path.slice(resource.resourceType.length);
}
