import { facilitiesOf, linkedPatients } from '../identity/index.ts';
import type { Services } from '../services.ts';
import type { Caller } from './caller.ts';
import { type Facts, NO_FACTS } from './decide.ts';
import type { AccessRequest } from './request.ts';

/** Finds out what `decide` must know about the target; asks the store only where the answer matters. */
export async function factsOf(services: Services, caller: Caller, request: AccessRequest): Promise<Facts> {
  const { type, patients } = request;
  if (caller.role !== 'clinician' || type === undefined || !isPatientBound(services, type)) return NO_FACTS;
  if (patients === undefined) return { isPatientBound: true, isKnownAtFacility: false, person: undefined };
  const isKnownAtFacility = await areKnownAt(services, caller.facility, patients);
  const person = isKnownAtFacility || caller.breakGlass === undefined ? undefined : await personOf(services, patients);
  return { isPatientBound: true, isKnownAtFacility, person };
}

/** True for a type whose resources are about patients: it belongs to their compartment, or can be searched by patient. */
function isPatientBound({ fhir }: Services, type: string): boolean {
  return (fhir.definitions.patientCompartment.get(type)?.length ?? 0) > 0 || fhir.searchParameters.of(type).has('patient');
}

async function areKnownAt(services: Services, facility: string | undefined, patients: readonly string[]): Promise<boolean> {
  if (facility === undefined || patients.length === 0) return false;
  const known = await Promise.all(patients.map((patient) => facilitiesOf(services, [patient])));
  return known.every((facilities) => facilities.includes(facility));
}

/** All Patients of the one person that the ids belong to; undefined when they belong to several. */
async function personOf(services: Services, patients: readonly string[]): Promise<readonly string[] | undefined> {
  const [first] = patients;
  if (first === undefined) return [];
  const linked = await linkedPatients(services, [first]);
  return patients.every((patient) => linked.includes(patient)) ? linked : undefined;
}
