import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { PersonDecision, Verdict } from './decision.ts';
import { decidePersons, judgedPair } from './decide-persons.ts';
import { comparedReview } from './show-review.ts';

export interface ReviewDecision { readonly id: string; readonly verdict: Verdict; readonly reason: string }

/** Of more persons than this, each pair is decided by itself. */
const MOST_PERSONS = 10;

/**
 * Answers a review: all of its persons are one, or each two of them are two. That is written down as decisions about the records
 * that speak most for one person, and closes the review in the same commit.
 *
 * @throws ServiceError as `decidePersons`; 'not-found'; 'rule-broken' for a review that is closed, or of too many persons
 */
export async function decideReview(services: Services, caller: Caller, { id, verdict, reason }: ReviewDecision): Promise<readonly PersonDecision[]> {
  await authorize(services, caller, { action: 'identity-decide' });
  const { entry, comparisons } = await comparedReview(services, id);
  if (entry.status !== 'requested') throw new ServiceError('rule-broken', `The review is ${entry.status}: there is nothing to decide`);
  const [first, ...others] = entry.persons;
  if (first === undefined || others.length === 0) throw new ServiceError('rule-broken', 'The persons of the review have changed; list the reviews again');
  if (others.length >= MOST_PERSONS) throw new ServiceError('rule-broken', `The review is about more than ${MOST_PERSONS} persons; decide about two records at a time, at POST /identity/decisions`);
  const answering = verdict === 'different' ? comparisons : comparisons.filter(({ persons }) => persons[0] === first.id);
  return decidePersons(services, caller, { judged: answering.map(({ left, right }) => judgedPair(left.patient, right.patient, verdict)), reason, review: id });
}
