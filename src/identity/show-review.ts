import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { recordsOf } from './find-records.ts';
import { judging } from './judging.ts';
import { rounded } from './link-evidence.ts';
import type { ReviewEntry } from './list-reviews.ts';
import { patientsOfReview, readPersons, reviewEntry } from './list-reviews.ts';
import type { MatchRecord } from './match-record.ts';
import type { Judgement } from './matching/index.ts';
import type { RecordView } from './record-view.ts';
import { recordView } from './record-view.ts';
import { isReview, parseReview, personsOfReview } from './review.ts';

/** Two records of different persons, the ones that speak most for one person. */
export interface Comparison {
  /** Logical ids of the two Persons. */
  readonly persons: readonly [string, string];
  readonly left: RecordView;
  readonly right: RecordView;
  readonly grade: Judgement['grade'];
  readonly rule: Judgement['rule'];
  readonly score: number;
  readonly fields: Judgement['fields'];
}

export interface ReviewView extends ReviewEntry { readonly comparisons: readonly Comparison[] }

/** Of persons with more records than this, the first are compared. */
const MOST_COMPARED = 50;

/**
 * A doubt with both sides, field by field: what an operator needs in order to decide. Names, sex and birth date are told as they
 * are; of numbers only the end.
 *
 * @param id logical id of the Task
 * @throws ServiceError 'forbidden'; 'not-found'
 */
export async function showReview(services: Services, caller: Caller, id: string): Promise<ReviewView> {
  await authorize(services, caller, { action: 'identity-read' });
  const { entry, comparisons } = await comparedReview(services, id);
  const view = { ...entry, comparisons: comparisons.map(({ persons, left, right, judgement: { grade, rule, score, fields } }) => ({
    persons, left: recordView(left), right: recordView(right), grade, rule, score: rounded(score), fields: fields.map((field) => ({ ...field, weight: rounded(field.weight) })),
  })) };
  await recordTrace(services, caller, { action: 'read', interaction: 'identity-read', outcome: 'success', resources: [`Task/${id}`], patients: patientsOfReview(entry) });
  return view;
}

export interface ComparedPair { readonly persons: readonly [string, string]; readonly left: MatchRecord; readonly right: MatchRecord; readonly judgement: Judgement }
export interface ComparedReview { readonly entry: ReviewEntry; readonly comparisons: readonly ComparedPair[] }

/** For each two persons of a review the pair of their records that speaks most for one person. Nothing is traced. @throws ServiceError 'not-found' */
export async function comparedReview(services: Services, id: string): Promise<ComparedReview> {
  const stored = await services.store.read({ type: 'Task', id });
  const task = stored === undefined || stored.deleted ? undefined : parseReview(stored.body);
  if (task === undefined || !isReview(task)) throw new ServiceError('not-found', 'There is no review of this id');
  const persons = await readPersons(services, personsOfReview(task));
  const entry = reviewEntry(id, task, persons);
  const sides = await Promise.all(entry.persons.map(async (person) => ({ person: person.id, records: await recordsOf(services, person.patients.slice(0, MOST_COMPARED).map((reference) => reference.slice('Patient/'.length))) })));
  const { of } = judging(services.matching);
  const comparisons = sides.flatMap((one, at) => sides.slice(at + 1).flatMap((other): ComparedPair[] => {
    const pairs = one.records.flatMap((left) => other.records.map((right): ComparedPair => ({ persons: [one.person, other.person], left, right, judgement: of(left, right) })));
    const [best] = pairs.sort((a, b) => b.judgement.score - a.judgement.score || (a.left.patient + a.right.patient < b.left.patient + b.right.patient ? -1 : 1));
    return best === undefined ? [] : [best];
  }));
  return { entry, comparisons };
}
