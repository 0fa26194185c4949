import { authorize } from '../access/index.ts';
import type { Caller } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { commitWrites, repeatOnConflict } from './commit-writes.ts';
import type { Write } from './commit-writes.ts';
import type { Conditions } from './conditions.ts';
import { patientsIn } from './stored-resource.ts';
import { requireType } from './incoming.ts';
import { targetOfDelete } from './target.ts';
import type { DeleteAddress, Target } from './target.ts';
import type { Stored } from '../store/store.ts';

/**
 * Hides a resource; its history stays. With a query, the one resource that matches. What is not there counts as deleted.
 * @throws ServiceError 'malformed', 'version-conflict', 'multiple-matches', 'forbidden', 'conflict'
 * @see https://hl7.org/fhir/R4/http.html#delete
 */
export async function deleteResource(services: Services, caller: Caller, address: DeleteAddress, conditions: Conditions): Promise<Answer> {
  const { type, id } = address;
  requireType(services, type);
  await authorize(services, caller, { action: 'delete', type, ...(id === undefined ? {} : { id }) });
  return repeatOnConflict(async () => {
    const target = await targetOfDelete(services, address, conditions);
    if (target === undefined) {
      await recordTrace(services, caller, { action: 'delete', interaction: 'delete', outcome: 'success', ...(id === undefined ? {} : { resources: [`${type}/${id}`] }) });
      return { status: 204 };
    }
    const [stored] = await commitWrites(services, caller, { interaction: 'delete', writes: [deletion(services, target)], found: [], assuming: target.assuming });
    return { status: 204, ...(stored === undefined ? {} : { version: stored }) };
  });
}

/** The write that hides the target. */
export function deletion(services: Services, target: Target & { readonly current: Stored }): Write {
  const { key, current, expectedVersion } = target;
  return {
    action: 'delete',
    key,
    patients: patientsIn(services, current),
    change: { kind: 'delete', key, ...(expectedVersion === undefined ? {} : { expectedVersion }) },
  };
}
