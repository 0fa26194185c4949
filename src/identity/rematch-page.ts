import { setTimeout as pause } from 'node:timers/promises';
import { theExchange, traceChange } from '../audit/index.ts';
import { isOvertaken } from '../errors.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { personChanges } from './person-changes.ts';
import type { RematchJob } from './rematch-job.ts';
import { jobResource, REMATCH_JOB_TYPE } from './rematch-job.ts';

/** A job as this process holds it: nobody else has changed it since. */
export interface HeldJob { readonly job: RematchJob; readonly version: number }

/** Thrown when another process has taken the job over. */
export class JobTaken extends Error {
  override readonly name = 'JobTaken';
}

const PATIENTS_PER_PAGE = 50;
/** Other processes leave a job alone for so long after its last page. */
export const LEASE_MS = 60_000;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;
const TRIES = 50;

/** The Patients that a job has to look at. What is settled is only what was written since it was made. */
export function patientsOfJob(job: RematchJob): readonly Clause[] {
  const since = Date.parse(job.createdAt);
  return job.status === 'settling' ? [{ kind: 'date', param: '_lastUpdated', anyOf: [{ prefix: 'ge', low: since, high: since }] }] : [];
}

/**
 * Forms the persons of the next page of Patients anew, and commits them together with how far the job is: all or none. What
 * humans decided is obeyed as ever; the Patients themselves stay as they are.
 *
 * @throws JobTaken
 */
export async function rematchPage(services: Services, held: HeldJob): Promise<{ readonly held: HeldJob; readonly isLast: boolean }> {
  const { job } = held;
  const { items, next } = await services.store.search({ type: 'Patient', where: patientsOfJob(job), sort: [], limit: PATIENTS_PER_PAGE, ...(job.after === undefined ? {} : { after: job.after }) });
  for (let attempt = 1; ; attempt++) {
    try {
      return { held: await commitPage(services, held, { patients: items.map(({ id }) => id), next }), isLast: next === undefined };
    } catch (error) {
      if (attempt === TRIES || !isOvertaken(error)) throw error;
      await requireHeld(services, held);
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** attempt));
    }
  }
}

async function commitPage(services: Services, held: HeldJob, { patients, next }: { readonly patients: readonly string[]; readonly next: string | undefined }): Promise<HeldJob> {
  const persons = await personChanges(services, { touched: patients });
  const changed = persons.changes.flatMap((change) => (change.kind === 'put' ? [`${change.resource.resourceType}/${change.resource.id}`] : []));
  const { after: _before, ...rest } = held.job;
  const job: RematchJob = {
    ...rest,
    ...(next === undefined ? {} : { after: next }),
    examined: rest.examined + (rest.status === 'running' ? patients.length : 0),
    changed: rest.changed + changed.filter((reference) => reference.startsWith('Person/')).length,
    leaseUntil: new Date(services.clock().getTime() + LEASE_MS).toISOString(),
  };
  const changes: Change[] = [
    ...persons.changes,
    ...(changed.length === 0 ? [] : [traceChange(services, theExchange(job.id), { action: 'update', interaction: 'identity-rematch', outcome: 'success', resources: changed, patients: patients.map((id) => `Patient/${id}`) })]),
    { kind: 'put', resource: jobResource(job), expectedVersion: held.version },
  ];
  await services.store.commit(changes, { assuming: persons.assuming });
  return { job, version: held.version + 1 };
}

async function requireHeld({ store }: Services, { job, version }: HeldJob): Promise<void> {
  const stored = await store.read({ type: REMATCH_JOB_TYPE, id: job.id });
  if (stored?.version !== version) throw new JobTaken(`Another process works on ${REMATCH_JOB_TYPE}/${job.id}`);
}
