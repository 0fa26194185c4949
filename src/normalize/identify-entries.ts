import type { Definitions } from '../fhir/definitions/model.ts';
import { mapReferences } from '../fhir/references.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import { deriveId } from './derive-id.ts';
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

/**
 * Gives each entry the id under which it is stored; the sender's own institution keeps that of its registration. Two
 * entries of one identity, or of one name, are refused, both named; but for contributions, which say parts of one record.
 */
export function identifyEntries(entries: readonly SentEntry[], sender: Sender, definitions: Vocabulary): { readonly identified: readonly IdentifiedEntry[]; readonly faults: readonly Fault[] } {
  const direct = new Map<SentEntry, ResourceKey>();
  for (const entry of entries) {
    const key = directKey(entry, sender);
    if (key !== undefined) direct.set(entry, key);
  }
  const keys = direct.size === entries.length ? direct : withContentKeys(entries, direct, { sender, definitions });
  const identified = entries.flatMap((entry): IdentifiedEntry[] => {
    const key = keys.get(entry);
    if (key === undefined) return [];
    const byOwnId = entry.ownId === undefined ? undefined : deriveId(sender.id, key.type, { kind: 'id', value: entry.ownId });
    return [{ entry, key, aliasId: byOwnId === key.id ? undefined : byOwnId }];
  });
  return { identified, faults: repetitions(identified) };
}

type Vocabulary = Pick<Definitions, 'structures'>;
interface Context { readonly sender: Sender; readonly definitions: Vocabulary }

function repetitions(identified: readonly IdentifiedEntry[]): Fault[] {
  const first = new Map<string, SentEntry>();
  return identified.flatMap(({ entry, key }) => {
    const names = [
      { name: `record ${referenceTo(key)}`, at: entry.at, what: `is the same ${key.type} as` },
      ...(entry.fullUrl === undefined ? [] : [{ name: `url ${entry.fullUrl}`, at: entry.at.replace(/resource$/, 'fullUrl'), what: 'has the same fullUrl as' }]),
      ...(entry.ownId === undefined ? [] : [{ name: `id ${key.type}/${entry.ownId}`, at: `${entry.at}.id`, what: 'has the same type and id as' }]),
    ];
    const repeated = names.find(({ name }) => first.has(name) && !(entry.contribution !== undefined && first.get(name)?.contribution !== undefined));
    for (const { name } of names) if (!first.has(name)) first.set(name, entry);
    if (repeated === undefined) return [];
    return [faultAt(entry.index, 'duplicate', repeated.at, `The entry ${repeated.what} ${first.get(repeated.name)?.at ?? ''}: a message holds each record once`)];
  });
}

function directKey(entry: SentEntry, sender: Sender): ResourceKey | undefined {
  const type = entry.resource.resourceType;
  const isOwn = type === 'Organization' && identifiersOf(entry.resource).some(({ value }) => value === sender.organization.uscc);
  if (isOwn) return { type, id: sender.organization.id };
  const local = localIdentityOf(entry, sender);
  return local === undefined ? undefined : { type, id: deriveId(sender.id, type, local) };
}

/**
 * Entries without any name are told apart by what they say. Their references among each other are placeholders, so a first
 * digest leaves those out, and the one that counts puts the first digests in their place.
 */
function withContentKeys(entries: readonly SentEntry[], direct: ReadonlyMap<SentEntry, ResourceKey>, context: Context): ReadonlyMap<SentEntry, ResourceKey> {
  const nameless = entries.filter((entry) => !direct.has(entry));
  const rough = new Map([...direct, ...contentKeys(nameless, namesOf(entries, direct), context)]);
  return new Map([...direct, ...contentKeys(nameless, namesOf(entries, rough), context)]);
}

/** `fullUrl` -> what stands for a reference to it in a digest. */
function namesOf(entries: readonly SentEntry[], known: ReadonlyMap<SentEntry, ResourceKey>): ReadonlyMap<string, string> {
  return new Map(entries.flatMap((entry) => {
    const key = known.get(entry);
    return entry.fullUrl === undefined ? [] : [[entry.fullUrl, key === undefined ? entry.resource.resourceType : referenceTo(key)] as const];
  }));
}

function contentKeys(entries: readonly SentEntry[], names: ReadonlyMap<string, string>, { sender, definitions }: Context): Map<SentEntry, ResourceKey> {
  return new Map(entries.map((entry) => {
    const { id: _id, meta: _meta, ...content } = mapReferences(entry.resource, definitions, ({ text }) => names.get(text));
    const type = entry.resource.resourceType;
    return [entry, { type, id: deriveId(sender.id, type, { kind: 'content', value: JSON.stringify(content) }) }] as const;
  }));
}
