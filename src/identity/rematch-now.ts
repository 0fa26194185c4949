import { setTimeout as pause } from 'node:timers/promises';
import type { Services } from '../services.ts';
import type { RematchJob } from './rematch-job.ts';
import { jobResource, modelVersionOf, newRematchJob, parseRematchJob, REMATCH_JOB_TYPE } from './rematch-job.ts';
import { runRematchJobs } from './run-rematch-jobs.ts';

const POLL_MS = 1_000;

/**
 * Forms all persons anew, now: by this process, or by a gateway that is faster.
 *
 * @param progress told how far the job is
 * @returns the job when it is done
 */
export async function rematchNow(services: Services, progress: (job: RematchJob) => void = () => undefined): Promise<RematchJob> {
  const job = newRematchJob(modelVersionOf(services.matching), { by: 'operator', now: services.clock().toISOString() });
  await services.store.commit([{ kind: 'put', resource: jobResource(job), expectedVersion: 0 }]);
  const worker = services.newId();
  for (;;) {
    await runRematchJobs(services, { worker, restartMs: 0, progress });
    const stored = await services.store.read({ type: REMATCH_JOB_TYPE, id: job.id });
    const now = stored === undefined ? job : parseRematchJob(stored.body);
    if (now.status === 'done') return now;
    await pause(POLL_MS);
  }
}
