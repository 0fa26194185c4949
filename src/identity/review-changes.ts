import type { Services } from '../services.ts';
import { searchAll } from '../store/search-all.ts';
import type { Change } from '../store/store.ts';
import type { PersonDecision } from './decision.ts';
import { doubtsOf } from './doubts.ts';
import { REVIEWED_PARAM } from './index-terms.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import type { Person } from './person.ts';
import type { StoredPerson } from './persons.ts';
import type { Doubt, StoredReview } from './review.ts';
import { closedReview, openReview, parseReview, reasonOfReview, reviewIdOfNumber } from './review.ts';

/** What has become of the persons around. */
export interface Formation {
  /** What its source merged into another record. */
  readonly isMerged: (patient: string) => boolean;
  readonly formed: readonly Person[];
  readonly before: ReadonlyMap<string, StoredPerson>;
  /** What a human decides now: the questions that it answers are completed. */
  readonly decided: readonly PersonDecision[];
}

/** The reviews as they must be when these persons have been formed: doubts that came up are asked, those that are gone closed. */
export async function reviewChanges(services: Services, around: Neighbourhood, formation: Formation): Promise<readonly Change[]> {
  const numbers = numbersOf(around, formation);
  const doubts = new Map(doubtsFor(around, formation, numbers).map((doubt) => [doubt.id, doubt]));
  const stored = await storedReviews(services, { doubts: [...doubts.values()], numbers, formation });
  const now = services.clock().toISOString();
  const as = formation.decided.some(({ status }) => status === 'active') ? 'completed' : 'cancelled';
  return [...new Set([...doubts.keys(), ...stored.keys()])].flatMap((id): Change[] => {
    const doubt = doubts.get(id);
    const current = stored.get(id);
    const review = doubt === undefined ? current && closedReview(id, current.review, as) : openReview(doubt, current?.review, now);
    return review === undefined ? [] : [{ kind: 'put', resource: review, expectedVersion: current?.version ?? 0 }];
  });
}

/** Resident IDs that a record carries now, or carried. */
function numbersOf({ members, before }: Neighbourhood, formation: Formation): readonly string[] {
  const carried = [...members.values(), ...before].flatMap(({ traits: { residentId } }) => residentId?.number ?? []);
  const known = [...formation.before.values(), ...formation.formed].flatMap(({ residentIds }) => residentIds.map(({ number }) => number));
  return [...new Set([...carried, ...known])];
}

function doubtsFor({ members, others, persons, decisions, judging, sharing }: Neighbourhood, { isMerged, formed }: Formation, numbers: readonly string[]): readonly Doubt[] {
  if (others.size === 0 && formed.length < 2) return [];
  const personOf = new Map<string, string>();
  for (const { id, links } of [...persons, ...formed]) for (const { patient } of links) personOf.set(patient, id);
  return doubtsOf({
    records: [...members.values(), ...others.values()], members: new Set(members.keys()), numbers,
    personOf: (patient) => personOf.get(patient), isMerged, decisions, judging, sharing,
  });
}

interface Wanted { readonly doubts: readonly Doubt[]; readonly numbers: readonly string[]; readonly formation: Formation }

/** The reviews that may change: by their ids, and those of two persons by each of the persons. */
async function storedReviews({ store }: Services, { doubts, numbers, formation: { before, formed } }: Wanted): Promise<ReadonlyMap<string, StoredReview>> {
  const ids = new Set([...doubts.map(({ id }) => id), ...numbers.map(reviewIdOfNumber)]);
  const stored = ids.size === 0 ? [] : [...await store.readMany([...ids].map((id) => ({ type: 'Task', id })))];
  // Without a Person of before, nobody can have asked about one.
  const asked = before.size === 0 ? [] : [...new Set([...before.keys(), ...formed.map(({ id }) => id)])];
  if (asked.length > 0) stored.push(...await searchAll(store, { type: 'Task', where: [{ kind: 'uri', param: REVIEWED_PARAM, match: 'exact', anyOf: asked }], limit: 200 }));
  const live = stored.filter((item) => !item.deleted).map((item) => [item.id, { review: parseReview(item.body), version: item.version }] as const);
  // What is asked of a number changes with its carriers alone, all of whom are known where the number is looked at.
  return new Map(live.filter(([id, { review }]) => ids.has(id) || reasonOfReview(review) !== 'same-number'));
}
