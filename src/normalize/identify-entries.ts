import type { Definitions } from '../fhir/definitions/model.ts';
import { derivedId } from '../fhir/derived-id.ts';
import { mapReferences } from '../fhir/references.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import { deriveId } from './derive-id.ts';
import type { Sender } from './local-identity.ts';
import { identifiersOf, localIdentityOf } from './local-identity.ts';
import type { Fault, SentEntry } from './message.ts';
import { faultAt } from './message.ts';
import { ringsOf } from './rings.ts';

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
 * Entries without any name are told apart by what they say, and by what those say that they refer to, however far away: their
 * references among each other are placeholders, and a digest has the digest of the target in the place of each. Those that
 * refer to each other in a ring stand for each other with a rough digest, which leaves the ring out.
 */
function withContentKeys(entries: readonly SentEntry[], direct: ReadonlyMap<SentEntry, ResourceKey>, context: Context): ReadonlyMap<SentEntry, ResourceKey> {
  const keys = new Map(direct);
  const names = new Map(entries.flatMap((entry) => {
    const key = direct.get(entry);
    return entry.fullUrl === undefined ? [] : [[entry.fullUrl, key === undefined ? entry.resource.resourceType : referenceTo(key)] as const];
  }));
  const nameless = entries.filter((entry) => !direct.has(entry));
  const targetsOf = targetsAmong(nameless, context);
  for (const ring of ringsOf(nameless, (entry) => targetsOf.get(entry) ?? [])) {
    for (const [entry, key] of ringKeys(ring, targetsOf, names, context)) {
      keys.set(entry, key);
      if (entry.fullUrl !== undefined) names.set(entry.fullUrl, referenceTo(key));
    }
  }
  return keys;
}

/** @param names `fullUrl` -> what stands for a reference to it: its type alone for the entries of the ring */
function ringKeys(ring: readonly SentEntry[], targetsOf: ReadonlyMap<SentEntry, readonly SentEntry[]>, names: ReadonlyMap<string, string>, context: Context): readonly (readonly [SentEntry, ResourceKey])[] {
  const rough = ring.map((entry) => [entry, contentKey(entry, (text) => names.get(text), context)] as const);
  const [only] = ring;
  if (ring.length === 1 && only !== undefined && targetsOf.get(only)?.includes(only) !== true) return rough;
  const roughNames = new Map(rough.flatMap(([{ fullUrl }, key]) => (fullUrl === undefined ? [] : [[fullUrl, referenceTo(key)] as const])));
  // One or two say all of each other. In a larger ring each refers to some of it only, and the others count as well.
  const whole = ring.length > 2 ? derivedId(...rough.map(([, { id }]) => id).sort()) : undefined;
  return ring.map((entry) => [entry, contentKey(entry, (text) => roughNames.get(text) ?? names.get(text), context, whole)] as const);
}

/** Which of the entries each refers to, by their `fullUrl`. */
function targetsAmong(entries: readonly SentEntry[], { definitions }: Context): ReadonlyMap<SentEntry, readonly SentEntry[]> {
  const byUrl = new Map(entries.flatMap((entry) => (entry.fullUrl === undefined ? [] : [[entry.fullUrl, entry] as const])));
  return new Map(entries.map((entry) => {
    const targets = new Set<SentEntry>();
    mapReferences(entry.resource, definitions, ({ text }) => {
      const target = byUrl.get(text);
      if (target !== undefined) targets.add(target);
      return undefined;
    });
    return [entry, [...targets]] as const;
  }));
}

/**
 * @param nameOf what stands for a reference, undefined where it stays
 * @param whole what else tells it apart
 */
function contentKey({ resource }: SentEntry, nameOf: (text: string) => string | undefined, { sender, definitions }: Context, whole?: string): ResourceKey {
  const { id: _id, meta: _meta, ...content } = mapReferences(resource, definitions, ({ text }) => nameOf(text));
  const value = JSON.stringify(whole === undefined ? content : [content, whole]);
  const type = resource.resourceType;
  return { type, id: deriveId(sender.id, type, { kind: 'content', value }) };
}
