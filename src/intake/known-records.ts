import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import { keysOfPlan } from './plan-entries.ts';
import type { PreparedEntry } from './prepare-message.ts';
import type { Source } from './source.ts';

/** What is stored under the keys of a message's entries, with what stands beside it: by reference. */
export type KnownRecords = ReadonlyMap<string, Stored>;

/** Reads in one go all that joining, judging and planning the entries needs. The commit expects just these versions. */
export async function readKnown({ store }: Pick<Services, 'store'>, source: Source, entries: readonly PreparedEntry[]): Promise<KnownRecords> {
  if (entries.length === 0) return new Map();
  return new Map((await store.readMany(keysOfPlan(entries, source.id))).map((item) => [referenceTo(item), item]));
}
