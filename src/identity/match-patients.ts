import type { ResidentId } from './person.ts';

/** What two records are compared by. */
export interface Traits {
  /** Valid, checked; undefined where the record carries none. */
  readonly residentId: ResidentId | undefined;
  /** After `normalizeName`; '' where the record carries none. */
  readonly name: string;
}

export type Match = 'certain' | 'probable' | 'new';

/**
 * Whether two records are of one person. Certain ones are linked; probable ones go to a human and are never linked by
 * themselves, since lent cards are common; all others are persons of their own.
 *
 * This is the one place that judges: a rule by name, birth date and address belongs here as another 'probable'.
 */
export function matchPatients(a: Traits, b: Traits): Match {
  if (a.residentId === undefined || b.residentId === undefined || a.residentId.number !== b.residentId.number) return 'new';
  return a.name !== '' && a.name === b.name ? 'certain' : 'probable';
}
