import { facilitiesOfPerson, patientsOf, type Person, personsOf, personsWith } from '../identity/index.ts';
import type { Services } from '../services.ts';
import type { Caller } from './caller.ts';
import { type Facts, NO_FACTS } from './decide.ts';
import { patientBindingOf } from './patient-binding.ts';
import type { AccessRequest, Action } from './request.ts';

/** Finds out what `decide` must know about the target; asks the store only where the answer matters. */
export async function factsOf(services: Services, caller: Caller, request: AccessRequest): Promise<Facts> {
  const { type, patients } = request;
  if (caller.role !== 'clinician' || type === undefined) return NO_FACTS;
  const binding = patientBindingOf(services.fhir, type);
  if (binding === 'none' || patients === undefined) return { ...NO_FACTS, binding };
  const persons = request.persons ?? (await personsOf(services, patients)).persons;
  const isKnownAtFacility = areKnownAt(persons, patients, caller.facility);
  const person = isKnownAtFacility || caller.breakGlass === undefined ? undefined : personOf(persons, patients, request.action);
  return { binding, isKnownAtFacility, person };
}

function areKnownAt(persons: readonly Person[], patients: readonly string[], facility: string | undefined): boolean {
  if (facility === undefined || patients.length === 0) return false;
  return patients.every((patient) => personsWith(persons, patient).some((person) => facilitiesOfPerson(person).includes(facility)));
}

/** See `Facts.person`. Only a search, or a match, can name a patient and find none; an instance about nobody must not be opened by it. */
function personOf(persons: readonly Person[], patients: readonly string[], action: Action): readonly string[] | undefined {
  const [first] = patients;
  if (first === undefined) return action === 'search-type' || action === 'identity-match' ? [] : undefined;
  const linked = [...new Set([first, ...patientsOf(personsWith(persons, first))])];
  return patients.every((patient) => linked.includes(patient)) ? linked : undefined;
}
