import { derivedId } from '../fhir/derived-id.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import { isObject, objectsOf, textOf } from '../fhir/resource.ts';
import { rounded } from './link-evidence.ts';
import { idOf } from './person.ts';

/** Code system of the exchange's Tasks. */
export const TASK_SYSTEM = 'https://bund.example/CodeSystem/task';
export const IDENTITY_REVIEW = 'identity-review';

/**
 * `same-number`: records of several names carry one resident ID. `likely-one`: two persons are probably one by all that is
 * known of them. `contradiction`: two persons are certainly one by some of their records, and contradict each other by others.
 */
export const REVIEW_REASONS = ['same-number', 'likely-one', 'contradiction'] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** A question for a human: which of these persons are one. */
export interface Doubt {
  /** Logical id of its one Task. */
  readonly id: string;
  readonly reason: ReviewReason;
  /** Logical ids of the Persons, sorted. */
  readonly persons: readonly string[];
  /** Of the surest pair of their records. */
  readonly score: number;
}

/** Logical id of the one review of a resident ID. */
export function reviewIdOfNumber(number: string): string {
  return derivedId(IDENTITY_REVIEW, number);
}

/** Logical id of the one review of two Persons. */
export function reviewIdOfPersons(persons: readonly string[]): string {
  return derivedId(IDENTITY_REVIEW, 'persons', ...persons);
}

/** A Task with the version that a change of it expects. */
export interface StoredReview { readonly review: Resource; readonly version: number }

/**
 * The Task of a doubt as it must be from now on.
 *
 * @param current as stored, if it is
 * @param now instant, for a new one
 * @returns undefined where nothing needs to be written
 */
export function openReview(doubt: Doubt, current: Resource | undefined, now: string): (Resource & { readonly id: string }) | undefined {
  const task = taskOf(doubt, textOf(current?.['authoredOn']) || now);
  const isSame = current !== undefined && isOpen(current) && JSON.stringify(contentOf(current)) === JSON.stringify(contentOf(task));
  return isSame ? undefined : task;
}

/**
 * The Task of a doubt that is gone.
 *
 * @param as `completed` by a human, `cancelled` by itself
 * @returns undefined where it is closed already
 */
export function closedReview(id: string, current: Resource, as: 'completed' | 'cancelled'): (Resource & { readonly id: string }) | undefined {
  return isOpen(current) ? { ...current, id, status: as } : undefined;
}

/** Logical ids of the Persons that a review is about, sorted. */
export function personsOfReview(review: Resource): readonly string[] {
  return objectsOf(review['input']).flatMap((input) => idOf(input['valueReference'], 'Person') ?? []).sort();
}

/** Reviews of before reasons were told are about numbers. */
export function reasonOfReview(review: Resource): ReviewReason {
  const { reasonCode } = review;
  const code = isObject(reasonCode) ? objectsOf(reasonCode['coding'])[0]?.['code'] : undefined;
  return REVIEW_REASONS.find((known) => known === code) ?? 'same-number';
}

export function scoreOfReview(review: Resource): number | undefined {
  const score = objectsOf(review['input']).map((input) => input['valueDecimal']).find((value) => typeof value === 'number');
  return typeof score === 'number' ? score : undefined;
}

/** True for a Task that the exchange made to ask who is who. What a source sends has `meta.source`. */
export function isReview(task: Resource): boolean {
  const { code, meta } = task;
  return meta?.['source'] === undefined && isObject(code) && objectsOf(code['coding']).some((coding) => coding['system'] === TASK_SYSTEM && coding['code'] === IDENTITY_REVIEW);
}

export function isOpen({ status }: Resource): boolean {
  return status !== 'cancelled' && status !== 'completed';
}

/** @param body a stored Task, JSON text */
export function parseReview(body: string): Resource {
  const review: unknown = JSON.parse(body);
  if (!isObject(review) || typeof review['resourceType'] !== 'string') throw new TypeError('A stored Task is no resource');
  return { ...review, resourceType: review['resourceType'] };
}

const QUESTIONS: Readonly<Record<ReviewReason, string>> = {
  'same-number': 'Records of several names carry one resident ID: is it one person, or was a card lent?',
  'likely-one': 'Two persons are probably one: are they?',
  contradiction: 'Two persons are one by some of their records, and cannot be by others: which is right?',
};

function taskOf({ id, reason, persons, score }: Doubt, authoredOn: string): Resource & { readonly id: string } {
  return {
    resourceType: 'Task',
    id,
    status: 'requested',
    intent: 'order',
    code: concept(IDENTITY_REVIEW),
    description: QUESTIONS[reason],
    authoredOn,
    reasonCode: concept(reason),
    input: [
      ...persons.map((person) => ({ type: concept('person'), valueReference: { reference: `Person/${person}` } })),
      { type: concept('score'), valueDecimal: rounded(score) },
    ],
  };
}

function concept(code: string): JsonObject {
  return { coding: [{ system: TASK_SYSTEM, code }] };
}

/** What a review asks, whatever has become of it. */
function contentOf({ description, reasonCode, input }: Resource): readonly unknown[] {
  return [description, reasonCode, input];
}
