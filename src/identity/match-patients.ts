import type { ResidentId } from './person.ts';

/** What two records are compared by. */
export interface Traits {
  /** Valid, checked; undefined where the record carries none. */
  readonly residentId: ResidentId | undefined;
  /** After `normalizeName`; '' where the record carries none. */
  readonly name: string;
}

export type Match =
  | { readonly grade: 'certain'; readonly reason: 'resident-id-and-name' }
  | { readonly grade: 'probable'; readonly reason: 'resident-id-other-name' }
  | { readonly grade: 'new'; readonly reason: 'no-common-resident-id' };

/**
 * Whether two records are of one person. Certain ones are linked; probable ones go to a human and are never linked by
 * themselves, since lent cards are common; all others are persons of their own.
 *
 * This is the one place that judges: a rule by name, birth date and address belongs here as another 'probable'.
 */
export function matchPatients(a: Traits, b: Traits): Match {
  if (a.residentId === undefined || b.residentId === undefined || a.residentId.number !== b.residentId.number) return { grade: 'new', reason: 'no-common-resident-id' };
  return a.name !== '' && a.name === b.name ? { grade: 'certain', reason: 'resident-id-and-name' } : { grade: 'probable', reason: 'resident-id-other-name' };
}
