import { theExchange, traceChange } from '../audit/index.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { type Held, leaseFrom, untilCommitted } from '../walk-jobs.ts';
import { personChanges } from './person-changes.ts';
import type { RematchJob } from './rematch-job.ts';
import { jobResource, REMATCH_JOB_TYPE } from './rematch-job.ts';

const PATIENTS_PER_PAGE = 50;

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
export async function rematchPage(services: Services, held: Held<RematchJob>): Promise<{ readonly held: Held<RematchJob>; readonly isLast: boolean }> {
  const { job } = held;
  const { items, next } = await services.store.search({ type: 'Patient', where: patientsOfJob(job), sort: [], limit: PATIENTS_PER_PAGE, ...(job.after === undefined ? {} : { after: job.after }) });
  const patients = items.map(({ id }) => id);
  return { held: await untilCommitted(services, REMATCH_JOB_TYPE, held, () => commitPage(services, held, { patients, next })), isLast: next === undefined };
}

async function commitPage(services: Services, held: Held<RematchJob>, { patients, next }: { readonly patients: readonly string[]; readonly next: string | undefined }): Promise<Held<RematchJob>> {
  const persons = await personChanges(services, { touched: patients });
  const changed = persons.changes.flatMap((change) => (change.kind === 'put' ? [`${change.resource.resourceType}/${change.resource.id}`] : []));
  const { after: _before, ...rest } = held.job;
  const job: RematchJob = {
    ...rest,
    ...(next === undefined ? {} : { after: next }),
    examined: rest.examined + (rest.status === 'running' ? patients.length : 0),
    changed: rest.changed + changed.filter((reference) => reference.startsWith('Person/')).length,
    ...leaseFrom(services.clock()),
  };
  const changes: Change[] = [
    ...persons.changes,
    ...(changed.length === 0 ? [] : [traceChange(services, theExchange(job.id), { action: 'update', interaction: 'identity-rematch', outcome: 'success', resources: changed, patients: patients.map((id) => `Patient/${id}`) })]),
    { kind: 'put', resource: jobResource(job), expectedVersion: held.version },
  ];
  await services.store.commit(changes, { assuming: persons.assuming });
  return { job, version: held.version + 1 };
}
