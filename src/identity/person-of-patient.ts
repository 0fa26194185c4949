import type { Services } from '../services.ts';
import type { Evidence } from './partition.ts';
import type { Person } from './person.ts';
import { personsOf } from './persons.ts';

/** A record of the same person, and how sure that is. */
export interface LinkedPatient {
  /** Logical id. */
  readonly patient: string;
  /** Only certain records are linked: a probable one waits for a human and is told to nobody. */
  readonly grade: 'certain';
  /** Why; undefined for the only record of a person. */
  readonly evidence: Evidence | undefined;
}

export interface PersonOfPatient {
  /** Logical id of the Person; undefined for a Patient that is not stored. */
  readonly person: string | undefined;
  /** All records of the person, the one that was asked for among them. */
  readonly records: readonly LinkedPatient[];
}

/** Every record of the person to whom a Patient belongs, with its grade. @param patient logical id */
export async function personOfPatient(services: Services, patient: string): Promise<PersonOfPatient> {
  const { persons } = await personsOf(services, [patient]);
  const records = new Map(persons.flatMap((person: Person) => person.links).map((link) => [link.patient, link.evidence]));
  if (!records.has(patient)) records.set(patient, undefined);
  return { person: persons[0]?.id, records: [...records].map(([id, evidence]) => ({ patient: id, grade: 'certain', evidence })) };
}
