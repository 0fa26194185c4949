import { setImmediate as nextTurn } from 'node:timers/promises';
import { isOvertaken } from '../errors.ts';
import type { Services } from '../services.ts';
import type { RematchJob } from './rematch-job.ts';
import { jobResource, parseRematchJob, REMATCH_JOB_TYPE } from './rematch-job.ts';
import type { HeldJob } from './rematch-page.ts';
import { JobTaken, LEASE_MS, patientsOfJob, rematchPage } from './rematch-page.ts';

export interface RematchOptions {
  /** Names this process among those of the store. */
  readonly worker: string;
  /** After so long every gateway has been restarted with the new model. */
  readonly restartMs: number;
  /** Aborted, the job under way ends after its page and is left for others. */
  readonly signal?: AbortSignal;
  /** Told after each page. */
  readonly progress?: (job: RematchJob) => void;
}

/**
 * Works on the jobs that are open and that no other process works on, the first made first.
 *
 * @returns how many are still open
 */
export async function runRematchJobs(services: Services, options: RematchOptions): Promise<number> {
  const where = [{ kind: 'token', param: 'status', anyOf: ['waiting', 'running', 'settling'].map((code) => ({ system: '', code })) }] as const;
  const { items } = await services.store.search({ type: REMATCH_JOB_TYPE, where, sort: [], limit: 100 });
  let left = 0;
  for (const { body, version } of items.toReversed()) {
    const held = { job: parseRematchJob(body), version };
    const isDone = isFree(held.job, services.clock(), options) && await workOn(services, held, options);
    if (!isDone) left++;
  }
  return left;
}

function isFree({ status, createdAt, worker, leaseUntil }: RematchJob, now: Date, options: RematchOptions): boolean {
  if (options.signal?.aborted === true) return false;
  if (status === 'settling' && now.getTime() < Date.parse(createdAt) + options.restartMs) return false;
  return worker === undefined || worker === options.worker || leaseUntil === undefined || Date.parse(leaseUntil) <= now.getTime();
}

/** @returns whether the job is done */
async function workOn(services: Services, found: HeldJob, options: RematchOptions): Promise<boolean> {
  try {
    let held = await claim(services, found, options);
    for (;;) {
      const page = await rematchPage(services, held);
      held = page.held;
      options.progress?.(held.job);
      if (page.isLast) {
        held = await endWalk(services, held);
        if (held.job.status === 'done') return true;
        if (!isFree(held.job, services.clock(), options)) return false;
      } else if (options.signal?.aborted === true) {
        await put(services, held, leased(held.job, options.worker, services.clock().getTime()));
        return false;
      }
      await nextTurn();
    }
  } catch (error) {
    if (error instanceof JobTaken || isOvertaken(error)) return false;
    services.log.error({ job: found.job.id, err: error }, 'could not go on with matching anew; it is tried again');
    return false;
  }
}

async function claim(services: Services, held: HeldJob, { worker }: RematchOptions): Promise<HeldJob> {
  const { job } = held;
  const isNew = job.status === 'waiting';
  const total = isNew ? await services.store.count({ type: 'Patient', where: patientsOfJob(job) }) : job.total;
  return put(services, held, leased({ ...job, status: isNew ? 'running' : job.status, total }, worker, services.clock().getTime() + LEASE_MS));
}

/** All pages are done: first of what was stored, then of what came meanwhile. */
function endWalk(services: Services, held: HeldJob): Promise<HeldJob> {
  const { after: _after, ...rest } = held.job;
  return put(services, held, rest.status === 'settling' ? { ...rest, status: 'done', finishedAt: services.clock().toISOString() } : { ...rest, status: 'settling' });
}

function leased(job: RematchJob, worker: string, until: number): RematchJob {
  return { ...job, worker, leaseUntil: new Date(until).toISOString() };
}

async function put({ store }: Services, { version }: HeldJob, job: RematchJob): Promise<HeldJob> {
  const stored = await store.commit([{ kind: 'put', resource: jobResource(job), expectedVersion: version }]);
  return { job, version: stored[0]?.version ?? version + 1 };
}
