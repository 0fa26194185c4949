import { readingOf } from '../config.ts';
import type { Issue } from '../fhir/outcome.ts';
import { isAcceptable } from '../fhir/outcome.ts';
import { referencesOf } from '../fhir/references.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { isObject, referenceTo } from '../fhir/resource.ts';
import { takeTurns } from '../large-bodies.ts';
import type { Fault, Lookup, MessageKind, NormalizedEntry, ReadableMessage, Registry } from '../normalize/index.ts';
import { ALIAS_TYPE, faultAt, normalizeMessage, sourceOfUri, withOrigin } from '../normalize/index.ts';
import { withoutStamps } from '../recognition/index.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import type { Gap } from '../terminology/index.ts';
import { isUcum, mapObservation, specimensFor } from '../terminology/index.ts';
import { parseAlias } from './alias.ts';
import { demandedProfile } from './demanded-profile.ts';
import type { DocumentVersions } from './documents/find-versions.ts';
import { findVersions } from './documents/find-versions.ts';
import { saidInOrder } from './documents/said-in-order.ts';
import type { Source } from './source.ts';

/** One entry, ready to be committed; a contribution before it is joined to what is known is not validated yet. */
export interface PreparedEntry extends NormalizedEntry {
  readonly gaps: readonly Gap[];
  /** Of a contribution that was joined: where its elements come from, and what that rests on. */
  readonly note?: { readonly replaces: string | undefined; readonly text: string };
}

export interface PreparedMessage {
  readonly kind: MessageKind;
  readonly entryCount: number;
  /** All that could be read, also those with a fault. */
  readonly entries: readonly PreparedEntry[];
  /** Entries that are to be stored. */
  readonly accepted: readonly PreparedEntry[];
  readonly faults: readonly Fault[];
  /** What its sender should know, and refuses nothing. */
  readonly remarks: readonly Issue[];
  /** Stored records to which it refers and that it does not tell itself. */
  readonly mentioned: readonly ResourceKey[];
  /** Questions without an answer that are faults: what is missing may still come. */
  readonly unanswered: readonly Lookup[];
  /** When the sender says that it was sent, an instant; a document never before one that it replaces. */
  readonly saidAt: string | undefined;
  readonly versions: DocumentVersions;
}

/** The exchange writes these itself: a source that could would write the trace, or join records of others to one person. */
const OWN_TYPES: ReadonlySet<string> = new Set(['AuditEvent', 'Person', 'VerificationResult']);

/**
 * From the body of a message to resources that may be stored, with every fault on the way.
 *
 * @throws UnreadableMessage
 */
export async function prepareMessage(services: Services, source: Source, readable: ReadableMessage): Promise<PreparedMessage> {
  const sent = readable.read();
  const conventions = { sender: source, registry: registryOf(services), definitions: services.fhir.definitions };
  const message = normalizeMessage({ ...sent, entries: sent.entries.map((entry) => ({ ...entry, resource: withoutStamps(entry.resource) })) }, conventions);
  const answers = await answerLookups(services, source, message.lookups);
  const normalized = message.finish(answers);
  const specimens = await specimensFor(services, source.id, normalized.entries.map((entry) => entry.resource));
  const checked: Checked[] = [];
  for (const [index, entry] of normalized.entries.entries()) {
    await takeTurns(index);
    checked.push(checkEntry(services, source, entry, specimens));
  }
  const faults = [...normalized.faults, ...checked.flatMap((entry) => entry.faults).filter(isNotToldBy(normalized.faults)), ...(sent.entries.length + sent.faults.length === 0 ? [NOTHING] : [])];
  const entries = checked.map(({ entry }) => entry);
  const taken = await acceptEntries(services, sent.kind, entries, faults);
  // Of a document that a message tells a part of, they are found once the parts are joined.
  const versions = await findVersions(services, taken.accepted.filter(({ contribution }) => contribution === undefined));
  return {
    kind: sent.kind,
    entryCount: sent.entryCount ?? sent.entries.length,
    entries,
    ...taken,
    remarks: sent.remarks ?? [],
    mentioned: [...answers.values()],
    unanswered: message.lookups.filter(({ name, mustExist }) => mustExist && !answers.has(name)),
    saidAt: sent.saidAt !== undefined && (sent.kind === 'cda' || sent.kind === 'document') ? saidInOrder(sent.saidAt, versions) : sent.saidAt,
    versions,
  };
}

/** What could not be read is missing then: one cause is told once. */
function isNotToldBy(faults: readonly Fault[]): (fault: Fault) => boolean {
  const places = new Set(faults.flatMap(({ issue: { location } }) => (location === undefined ? [] : [location])));
  return ({ issue: { code, location } }) => code !== 'required' || location === undefined || !places.has(location);
}

/** Silence would look like success. */
const NOTHING: Fault = { entry: undefined, issue: { severity: 'error', code: 'required', diagnostics: 'The message holds no record' } };

/** These are taken in as far as they are right; of all others, one fault refuses the whole. */
export const TAKEN_IN_PART: ReadonlySet<string> = new Set<MessageKind>(['batch', 'table']);

/** Which entries can be stored, given the faults found. */
export async function acceptEntries(services: Services, kind: MessageKind, entries: readonly PreparedEntry[], faults: readonly Fault[]): Promise<Pick<PreparedMessage, 'accepted' | 'faults'>> {
  if (TAKEN_IN_PART.has(kind) && faults.every((fault) => fault.entry !== undefined)) return withoutRefused(services, entries, faults);
  return { accepted: faults.length === 0 ? entries : [], faults };
}

function registryOf({ sources, config }: Services): Registry {
  return { organizations: new Map([...sources.values()].map(({ organization }) => [organization.uscc, organization.id])), base: readingOf(config).baseUrl };
}

/** Asks all questions at once. An id as the exchange gave it counts only for what this source may refer to. */
export async function answerLookups({ store }: Services, source: Source, lookups: readonly Pick<Lookup, 'name' | 'keys'>[]): Promise<ReadonlyMap<string, ResourceKey>> {
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

function checkEntry(services: Services, source: Source, entry: NormalizedEntry, specimens: Awaited<ReturnType<typeof specimensFor>>): Checked {
  const { codes } = services;
  const { resource, gaps } = mapObservation(entry.resource, { tables: codes, source: codes.sources.get(source.id), isUcum, specimens });
  const stamped = services.recognition.stamp(resource, source.organization.id);
  const mapped = { ...entry, resource: { ...stamped, id: entry.resource.id }, gaps };
  const own = OWN_TYPES.has(resource.resourceType) ? [faultAt(entry.index, 'business-rule', entry.at, `A source sends no ${resource.resourceType}: the exchange keeps it itself`)] : [];
  return { entry: mapped, faults: [...own, ...entry.contribution === undefined ? faultsOf(services, source, mapped) : []] };
}

/** What R4 and the profile that is demanded of its kind find wrong with an entry. */
export function faultsOf({ fhir }: Services, source: Source, entry: PreparedEntry): readonly Fault[] {
  const profile = demandedProfile(entry.resource, source);
  const issues = fhir.validate(entry.resource, { at: entry.at, ...(profile === undefined ? {} : { profiles: [profile] }) });
  return issues.filter((issue: Issue) => !isAcceptable([issue])).map((issue) => withOrigin({ entry: entry.index, issue }, entry));
}

/** Of a batch or table, what can be stored without the entries that were refused: an entry that refers to one of those is refused too. */
async function withoutRefused({ store }: Services, entries: readonly PreparedEntry[], faults: readonly Fault[]): Promise<Pick<PreparedMessage, 'accepted' | 'faults'>> {
  const refused = new Set(faults.map((fault) => fault.entry));
  const keyOf = ({ resource }: PreparedEntry): ResourceKey => ({ type: resource.resourceType, id: resource.id });
  const candidates = entries.filter((entry) => refused.has(entry.index)).map(keyOf);
  const stored = new Set(candidates.length === 0 ? [] : (await store.readMany(candidates)).filter((item) => !item.deleted).map(referenceTo));
  const missing = new Set(candidates.map(referenceTo).filter((reference) => !stored.has(reference)));
  const found: Fault[] = [...faults];
  for (let before = -1; missing.size > 0 && before !== refused.size;) {
    before = refused.size;
    for (const entry of entries.filter(({ index }) => !refused.has(index))) {
      const broken = referencesOf(entry.resource).find(({ reference }) => missing.has(reference));
      if (broken === undefined) continue;
      refused.add(entry.index);
      missing.add(referenceTo(keyOf(entry)));
      found.push(withOrigin(faultAt(entry.index, 'not-found', pathWithin(entry, broken.path), 'The reference leads to an entry that was refused'), entry));
    }
  }
  return { accepted: entries.filter(({ index }) => !refused.has(index)), faults: found };
}

function pathWithin({ at, resource }: { readonly at: string; readonly resource: Resource }, path: string): string {
  return at + path.slice(resource.resourceType.length);
}
