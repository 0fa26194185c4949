import type { Issue } from '../fhir/outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import type { Write } from './commit-writes.ts';
import { requireValid } from './incoming.ts';
import type { Target } from './target.ts';

/** A resource on its way in. */
export interface Incoming {
  readonly make: () => Resource;
  /** True for a resource of a large bundle: it is made again each time it is needed, so that not all are in memory together. */
  readonly isMadeAgain?: boolean;
  /** Prefix of every `expression` of its faults; its type by default. */
  readonly at?: string | undefined;
}

/**
 * Makes the write of a resource to its target, once the resource is valid.
 * @throws ServiceError 'invalid' with every fault
 */
export function writeResource(services: Services, target: Target, { make, isMadeAgain, at }: Incoming): { write: Write; issues: readonly Issue[] } {
  const { action, key, expectedVersion } = target;
  const complete = (): CompleteResource => ({ ...make(), id: key.id });
  const resource = complete();
  const issues = requireValid(services, resource, at);
  const change = isMadeAgain === true ? remadePut(complete, expectedVersion) : plainPut(resource, expectedVersion);
  return { write: { action, key, patients: services.fhir.patientsOf(resource), change }, issues };
}

type CompleteResource = Resource & { readonly id: string };
type Put = Extract<Change, { kind: 'put' }>;

function plainPut(resource: CompleteResource, expectedVersion: number | undefined): Put {
  return { kind: 'put', resource, ...(expectedVersion === undefined ? {} : { expectedVersion }) };
}

/** Keeps the way to make the resource, not the resource. */
function remadePut(make: () => CompleteResource, expectedVersion: number | undefined): Put {
  return { kind: 'put', get resource() { return make(); }, ...(expectedVersion === undefined ? {} : { expectedVersion }) };
}
