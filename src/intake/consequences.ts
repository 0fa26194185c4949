import type { Resource } from '../fhir/resource.ts';
import { NO_ENTRY } from '../normalize/index.ts';
import type { Change, PutBeside, Stored } from '../store/store.ts';
import type { EntryResult } from './plan-entries.ts';
import type { PreparedEntry } from './prepare-message.ts';

/** What follows from what a message says for its own entries and for what is stored. */
export interface Consequences {
  /** The entries of the message, as they are to be stored. */
  readonly entries: readonly PreparedEntry[];
  /** Writes of stored records that no entry tells, and what became of each. */
  readonly changes: readonly Change[];
  readonly results: readonly EntryResult[];
}

/** A stored record as it is to be from now on. */
export interface Rewrite { readonly stored: Pick<Stored, 'type' | 'id' | 'version'>; readonly resource: Resource; readonly beside?: PutBeside }

/** A record that is rewritten belongs to no entry, and its new version has its Provenance all the same. */
export function consequencesOf(entries: readonly PreparedEntry[], rewrites: readonly Rewrite[] = []): Consequences {
  return {
    entries,
    changes: rewrites.map(({ stored: { id, version }, resource, beside }) => ({ kind: 'put', resource: { ...resource, id }, expectedVersion: version, ...(beside === undefined ? {} : { beside }) })),
    results: rewrites.map(({ stored: { type, id, version } }) => ({ index: NO_ENTRY, key: { type, id }, outcome: 'updated', version: version + 1 })),
  };
}
