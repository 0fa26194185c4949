import type { Issue } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Write } from './commit-writes.ts';
import { requireValid } from './incoming.ts';
import type { Target } from './target.ts';

/**
 * Makes the write of a resource to its target, once the resource is valid.
 *
 * @param at prefix of every `expression` of its faults
 * @throws ServiceError 'invalid' with every fault
 */
export function writeResource(services: Services, target: Target, incoming: { readonly resource: Resource; readonly at?: string }): { write: Write; issues: readonly Issue[] } {
  const resource = { ...incoming.resource, id: target.key.id };
  const issues = requireValid(services, resource, incoming.at);
  const { action, expectedVersion } = target;
  return {
    write: { action, patients: services.fhir.patientsOf(resource), change: { kind: 'put', resource, ...(expectedVersion === undefined ? {} : { expectedVersion }) } },
    issues,
  };
}
