import { isStoredAs } from '../fhir/body.ts';
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import { ALIAS_TYPE } from '../normalize/index.ts';
import type { Change, Stored } from '../store/store.ts';
import { UNMAPPED_TYPE, unmappedTerm } from '../terminology/index.ts';
import { aliasChange } from './alias.ts';
import { isToldLater } from './facts.ts';
import type { Speaker } from './mark.ts';
import { markOf } from './mark.ts';
import type { PreparedEntry } from './prepare-message.ts';

/** What becomes of one entry. `kept`: a message received later has written it. */
export interface EntryResult {
  readonly index: number;
  readonly key: ResourceKey;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'kept';
  /** Version that the resource has then. */
  readonly version: number;
}

export interface EntryPlan {
  readonly results: readonly EntryResult[];
  readonly changes: readonly Change[];
  /** Patients that are created or changed. */
  readonly patients: readonly Resource[];
}

/** Everything that must be known of the store to plan the entries: by reference. */
export function keysOfPlan(entries: readonly PreparedEntry[], source: string): ResourceKey[] {
  return entries.flatMap(({ resource, aliasId, gaps }) => [
    keyOf(resource),
    ...(aliasId === undefined ? [] : [{ type: ALIAS_TYPE, id: aliasId }]),
    ...gaps.map((gap) => ({ type: UNMAPPED_TYPE, id: unmappedTerm(source, gap, '').id })),
  ]);
}

/**
 * The writes of a message's entries over what is stored now. Each expects the version it was planned over, also where it
 * leaves a resource unchanged, so that the versions in the answer are true or the commit fails.
 *
 * @param stored by reference, with what stands beside each; @param now instant
 */
export function planEntries(entries: readonly PreparedEntry[], context: {
  readonly source: string; readonly stored: ReadonlyMap<string, Stored>; readonly speaker: Speaker; readonly now: string;
}): EntryPlan {
  const { source, stored, speaker, now } = context;
  const mark = markOf(speaker);
  const results = entries.map((entry) => resultOf(entry, stored.get(referenceTo(keyOf(entry.resource))), { ...speaker, mark }));
  const having = (...outcomes: readonly EntryResult['outcome'][]): PreparedEntry[] => entries.filter((_, at) => outcomes.some((outcome) => outcome === results[at]?.outcome));
  const records = new Map<string, Change>();
  for (const { resource, aliasId, gaps } of entries) {
    const current = stored.get(referenceTo({ type: ALIAS_TYPE, id: aliasId ?? '' }));
    const alias = aliasId === undefined ? undefined : aliasChange(aliasId, keyOf(resource), bodyOf(current));
    const unmapped = gaps.map((gap) => unmappedTerm(source, gap, now)).filter((term) => stored.get(referenceTo(keyOf(term)))?.deleted !== false);
    for (const record of [...(alias === undefined ? [] : [alias]), ...unmapped]) records.set(referenceTo(keyOf(record)), put(record, stored));
  }
  return {
    results,
    changes: [...having('created', 'updated', 'unchanged').map((entry) => putEntry(entry, stored, mark)), ...records.values()],
    patients: having('created', 'updated').map(({ resource }) => resource).filter((resource) => resource.resourceType === 'Patient'),
  };
}

function resultOf({ index, resource, note }: PreparedEntry, current: Stored | undefined, speaker: Speaker & { readonly mark: string }): EntryResult {
  const key = keyOf(resource);
  if (current === undefined) return { index, key, outcome: 'created', version: 1 };
  if (current.deleted) return { index, key, outcome: 'created', version: current.version + 1 };
  if (isStoredAs(resource, key.id, current)) return { index, key, outcome: 'unchanged', version: current.version };
  // What joins others element by element has its order within.
  if (note === undefined && isSpokenOfLater(current, speaker)) return { index, key, outcome: 'kept', version: current.version };
  return { index, key, outcome: 'updated', version: current.version + 1 };
}

/** The message may have waited, or be so large that a newer one was faster. */
export function isSpokenOfLater({ beside }: Stored, speaker: Speaker & { readonly mark: string }): boolean {
  return (beside?.mark !== undefined && beside.mark > speaker.mark) || (beside?.note !== undefined && isToldLater(beside.note, speaker));
}

function putEntry({ resource, note }: PreparedEntry, stored: ReadonlyMap<string, Stored>, mark: string): Change {
  const replaces = stored.get(referenceTo(keyOf(resource)))?.beside?.note;
  return { ...put(resource, stored), beside: note === undefined ? { mark, note: { replaces } } : { note } };
}

function put(resource: Resource & { readonly id: string }, stored: ReadonlyMap<string, Stored>): Extract<Change, { kind: 'put' }> {
  const current = stored.get(referenceTo(keyOf(resource)));
  return { kind: 'put', resource, expectedVersion: current === undefined || current.deleted ? 0 : current.version };
}

function bodyOf(stored: Stored | undefined): string | undefined {
  return stored === undefined || stored.deleted ? undefined : stored.body;
}

function keyOf({ resourceType, id }: Resource & { readonly id: string }): ResourceKey {
  return { type: resourceType, id };
}
