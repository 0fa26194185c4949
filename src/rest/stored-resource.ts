import { parseJson } from '../fhir/json.ts';
import { isObject } from '../fhir/resource.ts';
import type { JsonObject, Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';

/** Logical ids of the patients that a stored resource is about. */
export function patientsIn(services: Services, stored: Stored): readonly string[] {
  if (stored.type === 'Patient') return [stored.id];
  // Here the precision of decimals does not matter, and plain JSON.parse is several times as fast.
  return services.fhir.patientsOf(asResource(JSON.parse(stored.body)));
}

/** A stored body as a resource. */
export function parseStored(stored: Pick<Stored, 'body'>): Resource {
  return asResource(parseJson(stored.body));
}

function asResource(value: unknown): Resource {
  if (!isObject(value) || !isResource(value)) throw new Error('A stored body is no resource');
  return value;
}

function isResource(value: JsonObject): value is Resource {
  return typeof value['resourceType'] === 'string';
}
