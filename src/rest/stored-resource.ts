import { isResource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';

/** Logical ids of the patients that a stored resource is about. */
export function patientsIn(services: Services, stored: Stored): readonly string[] {
  if (stored.type === 'Patient') return [stored.id];
  // Here the precision of decimals does not matter, and plain JSON.parse is several times as fast.
  const resource: unknown = JSON.parse(stored.body);
  if (!isResource(resource)) throw new TypeError('The store holds a body that is not a resource');
  return services.fhir.patientsOf(resource);
}
