import { authorize } from '../access/index.ts';
import type { AccessRequest, Caller, Permit } from '../access/index.ts';
import { actionOf, recordTrace } from '../audit/index.ts';
import { ServiceError } from '../errors.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Stored } from '../store/store.ts';
import { patientsIn } from './stored-resource.ts';

/**
 * Gets leave to show one resource, and leaves the durable trace without which nothing is shown.
 *
 * @param shown what was read, undefined if the key was never stored
 * @throws ServiceError 'forbidden'; 'not-found'; 'gone' for a deleted resource
 */
export async function discloseResource(services: Services, caller: Caller, request: AccessRequest & ResourceKey, shown: Stored | undefined): Promise<Stored> {
  const patients = shown === undefined || shown.deleted ? [] : patientsIn(services, shown);
  const permit = await authorize(services, caller, { ...request, patients });
  if (shown === undefined) throw new ServiceError('not-found', await absenceOf(services, request));
  if (shown.deleted) throw new ServiceError('gone', `The ${request.type} was deleted; its history still has it`);
  await traceRead(services, caller, { interaction: request.action, resources: [referenceTo(shown)], patients, breakGlass: permit.breakGlass });
  return shown;
}

async function absenceOf({ store }: Services, { action, type, id }: AccessRequest & ResourceKey): Promise<string> {
  const lacksVersionOnly = action === 'vread' && (await store.read({ type, id })) !== undefined;
  return lacksVersionOnly ? `The ${type} has no such version` : `There is no ${type} with this id`;
}

/** What a read disclosed; `patients` are logical ids. */
export interface Disclosed {
  readonly interaction: string;
  readonly resources?: readonly string[];
  readonly patients: readonly string[];
  readonly query?: string;
  readonly breakGlass: Permit['breakGlass'];
}

/** Makes the trace of a read or a search durable. */
export async function traceRead(services: Services, caller: Caller, { interaction, resources, patients, query, breakGlass }: Disclosed): Promise<void> {
  await recordTrace(services, caller, {
    action: actionOf(interaction),
    interaction,
    outcome: 'success',
    patients: patients.map((id) => referenceTo({ type: 'Patient', id })),
    ...(resources === undefined ? {} : { resources }),
    ...(query === undefined ? {} : { query }),
    ...(breakGlass === undefined ? {} : { breakGlass }),
  });
}
