import { facilitiesOf, linkedPatients } from '../identity/index.ts';
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
  const isKnownAtFacility = await areKnownAt(services, caller.facility, patients);
  const person = isKnownAtFacility || caller.breakGlass === undefined ? undefined : await personOf(services, request.action, patients);
  return { binding, isKnownAtFacility, person };
}

async function areKnownAt(services: Services, facility: string | undefined, patients: readonly string[]): Promise<boolean> {
  if (facility === undefined || patients.length === 0) return false;
  const known = await Promise.all(patients.map((patient) => facilitiesOf(services, [patient])));
  return known.every((facilities) => facilities.includes(facility));
}

/** See `Facts.person`. Only a search can name a patient and find none; an instance about nobody must not be opened by it. */
async function personOf(services: Services, action: Action, patients: readonly string[]): Promise<readonly string[] | undefined> {
  const [first] = patients;
  if (first === undefined) return action === 'search-type' ? [] : undefined;
  const linked = await linkedPatients(services, [first]);
  return patients.every((patient) => linked.includes(patient)) ? linked : undefined;
}
