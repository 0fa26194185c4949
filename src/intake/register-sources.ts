import type { Actor } from '../access/index.ts';
import { traceChange } from '../audit/index.ts';
import { isServiceError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import { USCC_SYSTEM } from '../fhir/validation/identifiers.ts';
import type { Services } from '../services.ts';
import type { Source } from './source.ts';

/** The exchange itself, in traces of what it does by itself. */
const EXCHANGE: Actor = {
  role: 'system', subject: 'bund', name: 'Bund', source: undefined, facility: undefined, scopes: [], purpose: 'HOPERAT', breakGlass: undefined, requestId: 'start', address: '127.0.0.1',
};

/**
 * Makes sure that the institution of each source exists as an Organization under its registered id. One that is there stays
 * as it is: its own source may have said more about it.
 */
export async function registerSources(services: Services): Promise<void> {
  const organizations = new Map([...services.sources.values()].map((source) => [source.organization.id, organizationOf(source)]));
  const stored = new Set((await services.store.readMany([...organizations.keys()].map((id) => ({ type: 'Organization', id })))).filter((item) => !item.deleted).map((item) => item.id));
  const missing = [...organizations.values()].filter(({ id }) => !stored.has(id));
  if (missing.length === 0) return;
  const event = { action: 'create', interaction: 'register-sources', outcome: 'success', resources: missing.map(({ id }) => `Organization/${id}`) } as const;
  try {
    await services.store.commit([
      ...missing.map((resource) => ({ kind: 'put', resource, expectedVersion: 0 }) as const),
      traceChange(services, EXCHANGE, event),
    ]);
  } catch (error) {
    // Another gateway that starts at this moment was faster.
    if (!isServiceError(error, 'version-conflict') && !isServiceError(error, 'conflict')) throw error;
  }
}

function organizationOf({ organization }: Source): Resource & { readonly id: string } {
  return {
    resourceType: 'Organization',
    id: organization.id,
    identifier: [{ system: USCC_SYSTEM, value: organization.uscc }],
    active: true,
    type: [{ coding: [{ system: 'https://bund.example/CodeSystem/institution-level', code: organization.level }] }],
    name: organization.name,
  };
}
