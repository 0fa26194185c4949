import { derivedId } from '../fhir/derived-id.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';
import type { Person, ResidentId } from './person.ts';
import { idOf, listOf } from './person.ts';

/** Code system of the exchange's Tasks. */
export const TASK_SYSTEM = 'https://bund.example/CodeSystem/task';
export const IDENTITY_REVIEW = 'identity-review';

/** Logical id of the one review of a resident ID. */
export function reviewIdOf({ number }: ResidentId): string {
  return derivedId(IDENTITY_REVIEW, number);
}

/**
 * The review of a resident ID under which several persons are known, as it must be from now on.
 *
 * @param persons those who carry the ID, with Patients
 * @param current the review as stored, if there is one
 * @param now instant, for a new review
 * @returns undefined where nothing needs to be written: there is no doubt and never was one, or a human has judged these very persons
 */
export function reviewOf(residentId: ResidentId, persons: readonly Person[], current: Resource | undefined, now: string): (Resource & { readonly id: string }) | undefined {
  const doubtful = persons.length > 1 ? persons.map((person) => person.id).sort() : [];
  if (doubtful.length === 0) return current === undefined || current['status'] === 'cancelled' ? undefined : { ...current, id: reviewIdOf(residentId), status: 'cancelled' };
  if (current !== undefined && current['status'] !== 'cancelled' && personsOfReview(current).join() === doubtful.join()) return undefined;
  return task(residentId, doubtful, authoredOn(current) ?? now);
}

/** Logical ids of the Persons that a review is about, sorted. */
export function personsOfReview(review: Resource): readonly string[] {
  return listOf(review['input']).flatMap((input) => idOf(input['valueReference'], 'Person') ?? []).sort();
}

/** @param body a stored Task, JSON text */
export function parseReview(body: string): Resource {
  const review: unknown = JSON.parse(body);
  if (!isObject(review) || typeof review['resourceType'] !== 'string') throw new TypeError('A stored Task is no resource');
  return { ...review, resourceType: review['resourceType'] };
}

function task(residentId: ResidentId, persons: readonly string[], authored: string): Resource & { readonly id: string } {
  const kind: JsonObject = { coding: [{ system: TASK_SYSTEM, code: 'person' }] };
  return {
    resourceType: 'Task',
    id: reviewIdOf(residentId),
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: TASK_SYSTEM, code: IDENTITY_REVIEW }] },
    description: 'Records of several names carry one resident ID: is it one person, or was a card lent?',
    authoredOn: authored,
    input: persons.map((id) => ({ type: kind, valueReference: { reference: `Person/${id}` } })),
  };
}

function authoredOn(review: Resource | undefined): string | undefined {
  const authored = review?.['authoredOn'];
  return typeof authored === 'string' ? authored : undefined;
}
