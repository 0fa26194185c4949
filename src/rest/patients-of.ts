import { parseJson } from '../fhir/json.ts';
import { isObject } from '../fhir/resource.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';

/** Logical ids of the patients that a resource is about. */
export function patientsOf(services: Services, resource: Resource): readonly string[] {
  return services.fhir.extractTerms(resource).patients;
}

/** Logical ids of the patients that a stored resource is about. */
export function patientsIn(services: Services, stored: Stored): readonly string[] {
  return stored.type === 'Patient' ? [stored.id] : patientsOf(services, parseStored(stored));
}

/** A stored body as a resource. */
export function parseStored(stored: Pick<Stored, 'type' | 'body'>): Resource {
  const value = parseJson(stored.body);
  if (!isObject(value) || !isResource(value)) throw new Error(`A stored ${stored.type} is no resource`);
  return value;
}

function isResource(value: JsonObject): value is Resource {
  return typeof value['resourceType'] === 'string';
}
