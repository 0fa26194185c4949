import { setImmediate as nextTurn } from 'node:timers/promises';
import { isOvertaken } from '../errors.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import { closeGaps } from './close-gaps.ts';
import type { RemapJob } from './remap-job.ts';
import { jobResource, REMAP_JOB_TYPE, typeOfJob } from './remap-job.ts';
import type { HeldJob } from './remap-page.ts';
import { JobTaken, leased, remapPage, resultsOf, toHeldJob } from './remap-page.ts';

export interface RemapOptions {
  /** Names this process among those of the store. */
  readonly worker: string;
  /** After so long every gateway knows a change, and has finished what it began before. */
  readonly graceMs: number;
  /** After so long every gateway has been restarted with the new files. */
  readonly restartMs: number;
  /** Aborted, the job under way ends after its page and is left for others. */
  readonly signal?: AbortSignal;
}

/**
 * Works on the jobs that are open and that no other process works on, the first made first.
 *
 * @returns how many are still open
 */
export async function runRemapJobs(services: Services, options: RemapOptions): Promise<number> {
  const open = await openJobs(services);
  let left = 0;
  for (const held of open) {
    const isDone = isFree(held.job, services.clock(), options) && await workOn(services, held, options);
    if (!isDone) left++;
  }
  return left;
}

async function openJobs({ store }: Services): Promise<readonly HeldJob[]> {
  const { items } = await store.search({ type: REMAP_JOB_TYPE, where: [{ kind: 'token', param: 'status', anyOf: [{ code: 'waiting' }, { code: 'running' }, { code: 'settling' }] }], sort: [], limit: MAX_PAGE_SIZE });
  return items.map(toHeldJob).reverse();
}

function isFree({ status, createdAt, worker, leaseUntil, isOfFile }: RemapJob, now: Date, options: RemapOptions): boolean {
  if (options.signal?.aborted === true) return false;
  const settlesAt = Date.parse(createdAt) + (isOfFile === true ? options.restartMs : options.graceMs);
  if (status === 'settling' && now.getTime() < settlesAt) return false;
  return worker === undefined || worker === options.worker || leaseUntil === undefined || Date.parse(leaseUntil) <= now.getTime();
}

/** @returns whether the job is done */
async function workOn(services: Services, found: HeldJob, options: RemapOptions): Promise<boolean> {
  try {
    let held = await claim(services, found, options);
    if (held === undefined) return false;
    for (;;) {
      const page = await remapPage(services, held);
      held = page.held;
      if (page.isLast) {
        held = await endWalk(services, held);
        // Where no gateway can be behind, as in a store of one process that was just started, it is settled at once.
        if (held.job.status === 'done') return true;
        if (!isFree(held.job, services.clock(), options)) return false;
      } else if (options.signal?.aborted === true) {
        await put(services, held, leased(held.job, options.worker, services.clock(), 0));
        return false;
      }
      await nextTurn();
    }
  } catch (error) {
    if (error instanceof JobTaken || isOvertaken(error)) return false;
    services.log.error({ job: found.job.id, err: error }, 'could not go on with a round of mapping; it is tried again');
    return false;
  }
}

/** Undefined where this process does not know the change itself yet. */
async function claim(services: Services, { job, version }: HeldJob, { worker }: RemapOptions): Promise<HeldJob | undefined> {
  await services.liveCodes.refresh(services.store);
  await services.recognition.refresh(services.store);
  if (services.liveCodes.revision < job.revision || services.recognition.revision < (job.recognition ?? 0)) return undefined;
  const isNew = job.status === 'waiting';
  const total = isNew ? await services.store.count({ type: typeOfJob(job), where: resultsOf(services, job) }) : job.total;
  return put(services, { job, version }, leased({ ...job, status: isNew ? 'running' : job.status, total }, worker, services.clock()));
}

/** All pages are done: first of what was stored, then of what came meanwhile. */
async function endWalk(services: Services, held: HeldJob): Promise<HeldJob> {
  const now = services.clock().toISOString();
  const { after: _after, ...rest } = held.job;
  const job: RemapJob = rest.status === 'settling' ? { ...rest, status: 'done', finishedAt: now } : { ...rest, status: 'settling', appliedAt: now };
  await services.store.commit([...await closeGaps(services, job), { kind: 'put', resource: jobResource(job), expectedVersion: held.version }]);
  return { job, version: held.version + 1 };
}

async function put({ store }: Services, { version }: HeldJob, job: RemapJob): Promise<HeldJob> {
  const stored = await store.commit([{ kind: 'put', resource: jobResource(job), expectedVersion: version }]);
  return { job, version: stored[0]?.version ?? version + 1 };
}
