import type { Caller } from '../access/index.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { requireFormatOnly } from '../http/known-parameters.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import type { Answer } from './answer.ts';
import { discloseResource } from './disclose.ts';
import { requireId, requireType } from './incoming.ts';

/**
 * One version of a resource.
 *
 * @param version as in the address; what is no version number of ours was never stored
 * @throws ServiceError 'not-found', 'gone' for the version that is the deletion, 'forbidden', 'malformed'; 'not-supported' for an unknown parameter
 * @see https://hl7.org/fhir/R4/http.html#vread
 */
export async function vread(services: Services, caller: Caller, { query = '', ...key }: ResourceKey & { readonly query?: string }, version: string): Promise<Answer> {
  requireType(services, key.type);
  requireId(key.id);
  requireFormatOnly('A read of a version', query);
  requireId(version);
  const stored = await discloseResource(services, caller, { action: 'vread', ...key }, await versionOf(services, key, version));
  return { status: 200, version: stored, body: stored.bytes };
}

async function versionOf(services: Services, key: ResourceKey, version: string): Promise<Stored | undefined> {
  return /^[1-9]\d{0,9}$/.test(version) ? services.store.readVersion(key, Number(version)) : undefined;
}
