import type { Caller } from '../access/index.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { requireFormatOnly } from '../http/known-parameters.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { isUnchanged } from './conditions.ts';
import type { Conditions } from './conditions.ts';
import { discloseResource } from './disclose.ts';
import { requireId, requireType } from './incoming.ts';

/**
 * The current version of a resource, or 304 when the client has it already.
 * @throws ServiceError 'not-found', 'gone', 'forbidden', 'malformed'; 'not-supported' for an unknown parameter
 * @see https://hl7.org/fhir/R4/http.html#read
 */
export async function read(services: Services, caller: Caller, { query = '', ...key }: ResourceKey & { readonly query?: string }, conditions: Conditions = {}): Promise<Answer> {
  requireType(services, key.type);
  requireId(key.id);
  requireFormatOnly('A read', query);
  const stored = await discloseResource(services, caller, { action: 'read', ...key }, await services.store.read(key));
  return isUnchanged(conditions, stored) ? { status: 304, version: stored } : { status: 200, version: stored, body: stored.bytes };
}
