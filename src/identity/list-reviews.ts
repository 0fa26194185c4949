import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Resource } from '../fhir/resource.ts';
import { textOf } from '../fhir/resource.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { StoredPerson } from './persons.ts';
import { facilitiesOfPerson } from './person.ts';
import { toStoredPerson } from './persons.ts';
import type { ReviewReason } from './review.ts';
import { IDENTITY_REVIEW, parseReview, personsOfReview, reasonOfReview, scoreOfReview, TASK_SYSTEM } from './review.ts';

/** Persons that may be one. Who they are is not told: that is seen in the review itself. */
export interface ReviewEntry {
  /** Logical id of the Task. */
  readonly id: string;
  readonly status: string;
  readonly authoredOn: string;
  readonly reason: ReviewReason;
  /** Of the surest pair: what is certain is asked only where something contradicts it. */
  readonly grade: 'certain' | 'probable';
  readonly score: number | undefined;
  readonly persons: readonly ReviewedPerson[];
}

export interface ReviewedPerson { readonly id: string; readonly patients: readonly string[]; readonly knownAt: readonly string[] }

export interface ReviewPage { readonly reviews: readonly ReviewEntry[]; readonly next: string | undefined }

/**
 * Doubts about who is who, the last first.
 *
 * @param filter status of the Task: `requested` ones are open
 * @throws ServiceError 'forbidden'
 */
export async function listReviews(services: Services, caller: Caller, filter: { readonly status?: string | undefined }, page: { readonly count: number; readonly after: string | undefined }): Promise<ReviewPage> {
  await authorize(services, caller, { action: 'intake-review' });
  const where: Clause[] = [
    // What a source sends has `meta.source`: only the exchange's own Tasks count.
    { kind: 'missing', param: '_source', of: 'uri', isMissing: true },
    { kind: 'token', param: 'code', anyOf: [{ system: TASK_SYSTEM, code: IDENTITY_REVIEW }] },
    ...(filter.status === undefined ? [] : [{ kind: 'token' as const, param: 'status', anyOf: [{ code: filter.status }] }]),
  ];
  const { items, next } = await services.store.search({ type: 'Task', where, sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const tasks = items.map((item) => ({ id: item.id, task: parseReview(item.body) }));
  const persons = await readPersons(services, tasks.flatMap(({ task }) => personsOfReview(task)));
  const reviews = tasks.map(({ id, task }) => reviewEntry(id, task, persons));
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-review', outcome: 'success', query: 'reviews', patients: reviews.flatMap(patientsOfReview) });
  return { reviews, next };
}

export function reviewEntry(id: string, task: Resource, persons: ReadonlyMap<string, StoredPerson>): ReviewEntry {
  const reason = reasonOfReview(task);
  return {
    id, status: textOf(task['status']), authoredOn: textOf(task['authoredOn']), reason,
    grade: reason === 'contradiction' ? 'certain' : 'probable', score: scoreOfReview(task),
    persons: personsOfReview(task).flatMap((person) => {
      const found = persons.get(person);
      return found === undefined ? [] : [{ id: person, patients: found.links.map(({ patient }) => `Patient/${patient}`), knownAt: facilitiesOfPerson(found).map((organization) => `Organization/${organization}`) }];
    }),
  };
}

/** References of all Patients that a review is about. */
export function patientsOfReview({ persons }: ReviewEntry): readonly string[] {
  return persons.flatMap(({ patients }) => patients);
}

export async function readPersons({ store }: Services, ids: readonly string[]): Promise<ReadonlyMap<string, StoredPerson>> {
  const stored = ids.length === 0 ? [] : await store.readMany([...new Set(ids)].map((id) => ({ type: 'Person', id })));
  return new Map(stored.filter((item) => !item.deleted).map(toStoredPerson).map((person) => [person.id, person]));
}
