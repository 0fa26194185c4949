import { mapReferences } from '../../fhir/references.ts';
import type { ResourceKey } from '../../fhir/resource.ts';
import { referenceTo } from '../../fhir/resource.ts';
import { deriveId } from '../derive-id.ts';
import type { Sender } from './local-identity.ts';
import { identifiersOf, localIdentityOf } from './local-identity.ts';
import type { Fault, SentEntry } from './message.ts';
import { faultAt } from './message.ts';

export interface IdentifiedEntry {
  readonly entry: SentEntry;
  readonly key: ResourceKey;
  /** Id derived from the source's own id, where an identifier gave the logical id: later messages may name it by that. */
  readonly aliasId: string | undefined;
}

export interface Registry {
  /** 统一社会信用代码 -> logical id of the Organization of a registered institution. */
  readonly organizations: ReadonlyMap<string, string>;
}

/**
 * Gives each entry the id under which it is stored. Two entries of one identity are refused, both named.
 *
 * @param registry an institution's own Organization keeps the id under which it is registered, whoever sends it
 */
export function identifyEntries(entries: readonly SentEntry[], sender: Sender, registry: Registry): { readonly identified: readonly IdentifiedEntry[]; readonly faults: readonly Fault[] } {
  const direct = new Map<SentEntry, ResourceKey>();
  for (const entry of entries) {
    const key = directKey(entry, sender, registry);
    if (key !== undefined) direct.set(entry, key);
  }
  const keys = direct.size === entries.length ? direct : withContentKeys(entries, direct, sender);
  const first = new Map<string, SentEntry>();
  const identified: IdentifiedEntry[] = [];
  const faults: Fault[] = [];
  for (const entry of entries) {
    const key = keys.get(entry);
    if (key === undefined) continue;
    const earlier = first.get(referenceTo(key));
    if (earlier !== undefined) faults.push(faultAt(entry.index, 'duplicate', entry.at, `The entry is the same ${key.type} as ${earlier.at}: a message holds each record once`));
    else first.set(referenceTo(key), entry);
    const byOwnId = entry.ownId === undefined ? undefined : deriveId(sender.id, key.type, { kind: 'id', value: entry.ownId });
    identified.push({ entry, key, aliasId: byOwnId === key.id ? undefined : byOwnId });
  }
  return { identified, faults };
}

function directKey(entry: SentEntry, sender: Sender, registry: Registry): ResourceKey | undefined {
  const type = entry.resource.resourceType;
  if (type === 'Organization') {
    const registered = identifiersOf(entry.resource).map(({ value }) => registry.organizations.get(value)).find((id) => id !== undefined);
    if (registered !== undefined) return { type, id: registered };
  }
  const local = localIdentityOf(entry, sender);
  return local === undefined ? undefined : { type, id: deriveId(sender.id, type, local) };
}

/**
 * Entries without any name are told apart by what they say. Their references among each other are placeholders, so a first
 * digest leaves those out, and the one that counts puts the first digests in their place.
 */
function withContentKeys(entries: readonly SentEntry[], direct: ReadonlyMap<SentEntry, ResourceKey>, sender: Sender): ReadonlyMap<SentEntry, ResourceKey> {
  const nameless = entries.filter((entry) => !direct.has(entry));
  const rough = new Map([...direct, ...contentKeys(nameless, namesOf(entries, direct), sender)]);
  return new Map([...direct, ...contentKeys(nameless, namesOf(entries, rough), sender)]);
}

/** `fullUrl` -> what stands for a reference to it in a digest. */
function namesOf(entries: readonly SentEntry[], known: ReadonlyMap<SentEntry, ResourceKey>): ReadonlyMap<string, string> {
  return new Map(entries.flatMap((entry) => {
    const key = known.get(entry);
    return entry.fullUrl === undefined ? [] : [[entry.fullUrl, key === undefined ? entry.resource.resourceType : referenceTo(key)] as const];
  }));
}

function contentKeys(entries: readonly SentEntry[], names: ReadonlyMap<string, string>, sender: Sender): Map<SentEntry, ResourceKey> {
  return new Map(entries.map((entry) => {
    const { id: _id, meta: _meta, ...content } = mapReferences(entry.resource, ({ text }) => names.get(text));
    const type = entry.resource.resourceType;
    return [entry, { type, id: deriveId(sender.id, type, { kind: 'content', value: JSON.stringify(content) }) }] as const;
  }));
}
