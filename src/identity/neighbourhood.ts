import type { Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Assumption } from '../store/store.ts';
import { Around } from './around.ts';
import type { PersonDecision } from './decision.ts';
import { recordsOf, unchangedRecords } from './find-records.ts';
import type { Judging } from './judging.ts';
import type { MatchRecord } from './match-record.ts';
import { hasId, matchRecord } from './match-record.ts';
import type { StoredPerson } from './persons.ts';

/** What is about to change. */
export interface Changing {
  /** Patients to be created or changed, with their ids. */
  readonly written: readonly Resource[];
  /** Logical ids of Patients to be deleted. */
  readonly deleted: readonly string[];
  /** Logical ids of Patients that stay as they are and whose person is asked for anew. */
  readonly touched: readonly string[];
  /** Decisions as they will be, each in place of the stored one of its id. */
  readonly decided: readonly PersonDecision[];
}

/** Records whose persons may change, all that may be of the same person, and what must still hold when that is written. */
export interface Neighbourhood {
  /** Whose persons are formed anew: what hangs together by certain pairs, decisions, merges and former persons. */
  readonly members: ReadonlyMap<string, MatchRecord>;
  /** Other records that share a key with a member, or with what a member was before. */
  readonly others: ReadonlyMap<string, MatchRecord>;
  /** As they were, of those records that change. */
  readonly before: readonly MatchRecord[];
  readonly persons: readonly StoredPerson[];
  /** In force, and about members. */
  readonly decisions: readonly PersonDecision[];
  readonly judging: Judging;
  /** The records, members and others, that share a key with one of them. */
  readonly sharing: (record: MatchRecord) => readonly MatchRecord[];
  readonly assuming: readonly Assumption[];
}

/**
 * Looks around those who change, from what they were and what they will be, until nothing new is reached.
 *
 * @returns only what must still hold, where nothing changes by which a record is joined to a person
 */
export async function neighbourhoodOf(services: Services, changing: Changing): Promise<Neighbourhood | { readonly unchanged: readonly Assumption[] }> {
  const written = changing.written.filter(hasId).map(matchRecord);
  const before = await recordsOf(services, [...written.map(({ patient }) => patient), ...changing.deleted]);
  if (changing.deleted.length + changing.touched.length + changing.decided.length === 0 && areSame(written, before)) return { unchanged: unchangedRecords(before) };
  const around = new Around(services, changing, written);
  await around.lookFrom(before);
  return around.found(before);
}

/** A record that stays the same to the digest is joined already as it must be. */
function areSame(written: readonly MatchRecord[], before: readonly MatchRecord[]): boolean {
  const digests = new Map(before.map(({ patient, digest }) => [patient, digest]));
  return written.every(({ patient, digest }) => digests.get(patient) === digest);
}
