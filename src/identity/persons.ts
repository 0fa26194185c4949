import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import { searchAll } from '../store/search-all.ts';
import type { Assumption, Stored } from '../store/store.ts';
import type { Person } from './person.ts';
import { parsePerson } from './person.ts';

/** A Person with the version that a change of it expects; 0 where there is none. */
export interface StoredPerson extends Person { readonly version: number }

/** Persons found, and the search itself as an assumption that a commit can rest on. */
export interface FoundPersons { readonly persons: readonly StoredPerson[]; readonly assumption: Assumption }

/** The Persons to whom Patients belong: one search, whatever their number. */
export function personsOf(services: Services, patients: readonly string[]): Promise<FoundPersons> {
  return findPersons(services, { kind: 'reference', param: 'link', anyOf: patients.map((id) => ({ type: 'Patient', id })) });
}

/** All Patients of the persons: this is how a search by one Patient reaches every institution. */
export function patientsOf(persons: readonly Person[]): readonly string[] {
  return persons.flatMap((person) => person.links.map((link) => link.patient));
}

/** Those of the persons to whom the Patient belongs. */
export function personsWith(persons: readonly Person[], patient: string): readonly Person[] {
  return persons.filter((person) => person.links.some((link) => link.patient === patient));
}

/** The store gives the same answer again while nothing has changed, and every request about a patient asks for it. */
const known = new WeakMap<Stored, StoredPerson>();

export function toStoredPerson(stored: Stored): StoredPerson {
  const person = known.get(stored) ?? { ...parsePerson(stored.body), version: stored.version };
  known.set(stored, person);
  return person;
}

async function findPersons({ store }: Services, clause: Clause): Promise<FoundPersons> {
  const where = [clause];
  const items = await searchAll(store, { type: 'Person', where });
  return { persons: items.map(toStoredPerson), assumption: { type: 'Person', where, ids: items.map((item) => item.id) } };
}
