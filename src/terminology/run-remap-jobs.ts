import type { Services } from '../services.ts';
import { type Walk, walkJobs, type WalkOptions } from '../walk-jobs.ts';
import { closeGaps } from './close-gaps.ts';
import type { RemapJob } from './remap-job.ts';
import { jobResource, parseJob, REMAP_JOB_TYPE, typeOfJob } from './remap-job.ts';
import { remapPage, resultsOf } from './remap-page.ts';

export interface RemapOptions extends WalkOptions {
  /** After so long every gateway knows a change, and has finished what it began before. */
  readonly graceMs: number;
  /** After so long every gateway has been restarted with the new files. */
  readonly restartMs: number;
}

/**
 * Works on the jobs that are open and that no other process works on, the first made first.
 *
 * @returns how many are still open
 */
export function runRemapJobs(services: Services, options: RemapOptions): Promise<number> {
  const { graceMs, restartMs } = options;
  const walk: Walk<RemapJob> = {
    type: REMAP_JOB_TYPE, parse: parseJob, resource: jobResource, failure: 'could not go on with a round of mapping; it is tried again',
    settlesAt: ({ createdAt, isOfFile }) => Date.parse(createdAt) + (isOfFile === true ? restartMs : graceMs),
    begun: (job) => begun(services, job),
    page: (held) => remapPage(services, held),
    ended: (job) => ended(services, job),
  };
  return walkJobs(services, walk, options);
}

/** Undefined where this process does not know the change itself yet. */
async function begun(services: Services, job: RemapJob): Promise<RemapJob | undefined> {
  await services.liveCodes.refresh(services.store);
  await services.recognition.refresh(services.store);
  if (services.liveCodes.revision < job.revision || services.recognition.revision < (job.recognition ?? 0)) return undefined;
  if (job.status !== 'waiting') return job;
  return { ...job, status: 'running', total: await services.store.count({ type: typeOfJob(job), where: resultsOf(services, job) }) };
}

/** All pages are done: first of what was stored, then of what came meanwhile. */
async function ended(services: Services, { after: _after, ...rest }: RemapJob): ReturnType<Walk<RemapJob>['ended']> {
  const now = services.clock().toISOString();
  const job: RemapJob = rest.status === 'settling' ? { ...rest, status: 'done', finishedAt: now } : { ...rest, status: 'settling', appliedAt: now };
  return { job, changes: await closeGaps(services, job) };
}
