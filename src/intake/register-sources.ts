import { theExchange, traceChange } from '../audit/index.ts';
import { commitOnce } from '../commit-once.ts';
import { isStoredAs } from '../fhir/body.ts';
import type { Resource } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import { channelsOf, deviceOf, endpointOf, organizationOf } from './source-resources.ts';
import { QUALITY_MEASURE_RESOURCE } from './watch/quality-measure.ts';

/** The exchange itself, in traces of what it does by itself. */
const EXCHANGE = theExchange('start');

/**
 * Makes sure that the institution of each source exists as an Organization under its registered id, its system as a Device,
 * each way on which it may send as an Endpoint, and the Measure by which it is judged. An Organization that is there stays as
 * it is: its own source may have said more about it. The others follow the description.
 */
export async function registerSources(services: Services): Promise<void> {
  const sources = [...services.sources.values()];
  const own = [QUALITY_MEASURE_RESOURCE, ...sources.flatMap((source) => [deviceOf(source), ...channelsOf(source, services.config).map((channel) => endpointOf(source, channel))])];
  const organizations = [...new Map(sources.map((source) => [source.organization.id, organizationOf(source)])).values()];
  const stored = new Map((await services.store.readMany([...own, ...organizations].map(keyOf))).map((item) => [referenceTo(item), item]));
  const currentOf = (resource: Resource & { readonly id: string }): Stored | undefined => stored.get(referenceTo(keyOf(resource)));
  const missing = [
    ...organizations.filter((resource) => currentOf(resource)?.deleted !== false),
    ...own.filter((resource) => !isSame(resource, currentOf(resource))),
  ];
  if (missing.length === 0) return;
  const event = { action: 'create', interaction: 'register-sources', outcome: 'success', resources: missing.map((resource) => referenceTo(keyOf(resource))) } as const;
  await commitOnce(services, [
    ...missing.map((resource) => ({ kind: 'put', resource, expectedVersion: currentOf(resource)?.deleted === false ? currentOf(resource)?.version ?? 0 : 0 }) as const),
    traceChange(services, EXCHANGE, event),
  ]);
}

function keyOf({ resourceType, id }: Resource & { readonly id: string }): { readonly type: string; readonly id: string } {
  return { type: resourceType, id };
}

function isSame(resource: Resource & { readonly id: string }, stored: Stored | undefined): boolean {
  return stored !== undefined && isStoredAs(resource, resource.id, stored);
}
