import type { Services } from '../services.ts';
import { type Walk, walkJobs, type WalkOptions } from '../walk-jobs.ts';
import type { RematchJob } from './rematch-job.ts';
import { jobResource, parseRematchJob, REMATCH_JOB_TYPE } from './rematch-job.ts';
import { patientsOfJob, rematchPage } from './rematch-page.ts';

export interface RematchOptions extends WalkOptions {
  /** After so long every gateway has been restarted with the new model. */
  readonly restartMs: number;
  /** Told after each page. */
  readonly progress?: (job: RematchJob) => void;
}

/**
 * Works on the jobs that are open and that no other process works on, the first made first.
 *
 * @returns how many are still open
 */
export function runRematchJobs(services: Services, options: RematchOptions): Promise<number> {
  const { restartMs, progress } = options;
  const walk: Walk<RematchJob> = {
    type: REMATCH_JOB_TYPE, parse: parseRematchJob, resource: jobResource, failure: 'could not go on with matching anew; it is tried again',
    settlesAt: ({ createdAt }) => Date.parse(createdAt) + restartMs,
    begun: async (job) => (job.status === 'waiting' ? { ...job, status: 'running', total: await services.store.count({ type: 'Patient', where: patientsOfJob(job) }) } : job),
    page: async (held) => {
      const page = await rematchPage(services, held);
      progress?.(page.held.job);
      return page;
    },
    // First of what was stored, then of what came meanwhile.
    ended: ({ after: _after, ...rest }) => Promise.resolve({
      job: rest.status === 'settling' ? { ...rest, status: 'done', finishedAt: services.clock().toISOString() } : { ...rest, status: 'settling' }, changes: [],
    }),
  };
  return walkJobs(services, walk, options);
}
