import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { isOvertaken } from './errors.ts';
import { MAX_PAGE_SIZE } from './fhir/search/query.ts';
import type { Resource } from './fhir/resource.ts';
import type { Services } from './services.ts';
import type { Change, Stored } from './store/store.ts';

/**
 * Work that walks through what is stored, page by page, in the hands of one process under a lease. `running`: through what stands
 * there. `settling`: what gateways that did not know the change yet have written meanwhile is looked at once more.
 */
export const WALK_STATUSES = ['waiting', 'running', 'settling', 'done'] as const;

/** What the walk keeps in the record of each job. */
export interface WalkJob {
  readonly id: string;
  readonly status: (typeof WALK_STATUSES)[number];
  readonly createdAt: string;
  readonly finishedAt?: string | undefined;
  /** Where the next page begins, as the store gave it; absent at the beginning of a walk. */
  readonly after?: string | undefined;
  readonly worker?: string | undefined;
  readonly leaseUntil?: string | undefined;
}

/** A job as this process holds it: nobody else has changed it since. */
export interface Held<Job> { readonly job: Job; readonly version: number }

/** Thrown when another process has taken the job over. */
export class JobTaken extends Error {
  override readonly name = 'JobTaken';
}

export interface WalkOptions {
  /** Names this process among those of the store. */
  readonly worker: string;
  /** Aborted, the job under way ends after its page and is left for others. */
  readonly signal?: AbortSignal;
}

/** One kind of job. */
export interface Walk<Job extends WalkJob> {
  /** Internal type of its records. */
  readonly type: string;
  readonly parse: (body: string) => Job;
  readonly resource: (job: Job) => Resource & { readonly id: string };
  /** From which instant on every gateway knows the change, and has finished what it began before; epoch ms. */
  readonly settlesAt: (job: Job) => number;
  /** The job as it is begun, or gone on with; undefined where this process cannot work on it yet. */
  readonly begun: (job: Job) => Promise<Job | undefined>;
  /** Works on the next page, and commits it together with how far the job is. @throws JobTaken */
  readonly page: (held: Held<Job>) => Promise<{ readonly held: Held<Job>; readonly isLast: boolean }>;
  /** The job at the end of a walk, and what is written with it. */
  readonly ended: (job: Job) => Promise<{ readonly job: Job; readonly changes: readonly Change[] }>;
  /** For the log, when a job cannot be gone on with. */
  readonly failure: string;
}

/** Other processes leave a job alone for so long after its last page. */
const LEASE_MS = 60_000;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;
const TRIES = 50;

/**
 * Works on the jobs that are open and that no other process works on, the first made first.
 *
 * @returns how many are still open
 */
export async function walkJobs<Job extends WalkJob>(services: Services, walk: Walk<Job>, options: WalkOptions): Promise<number> {
  const open = [{ kind: 'token', param: 'status', anyOf: [{ code: 'waiting' }, { code: 'running' }, { code: 'settling' }] }] as const;
  const { items } = await services.store.search({ type: walk.type, where: open, sort: [], limit: MAX_PAGE_SIZE });
  let left = 0;
  for (const { body, version } of items.toReversed()) {
    const held = { job: walk.parse(body), version };
    const isDone = isFree(services, walk, held.job, options) && await workOn(services, walk, held, options);
    if (!isDone) left++;
  }
  return left;
}

/** The end of the lease from now on, for a job whose page is done. */
export function leaseFrom(now: Date): { readonly leaseUntil: string } {
  return { leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString() };
}

/**
 * Tries to commit a page, again and again while others change the same resources in between.
 *
 * @param attempt plans over what is stored now, and commits; told which attempt it is
 * @throws JobTaken where another process has the job in hand
 */
export async function untilCommitted<T>(services: Services, type: string, { job, version }: Held<WalkJob>, attempt: (count: number) => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt(count);
    } catch (error) {
      if (count === TRIES || !isOvertaken(error)) throw error;
      const stored: Stored | undefined = await services.store.read({ type, id: job.id });
      if (stored?.version !== version) throw new JobTaken(`Another process works on ${type}/${job.id}`);
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** count));
    }
  }
}

function isFree<Job extends WalkJob>({ clock }: Services, walk: Walk<Job>, job: Job, { worker, signal }: WalkOptions): boolean {
  if (signal?.aborted === true) return false;
  const now = clock().getTime();
  if (job.status === 'settling' && now < walk.settlesAt(job)) return false;
  return job.worker === undefined || job.worker === worker || job.leaseUntil === undefined || Date.parse(job.leaseUntil) <= now;
}

/** @returns whether the job is done */
async function workOn<Job extends WalkJob>(services: Services, walk: Walk<Job>, found: Held<Job>, options: WalkOptions): Promise<boolean> {
  const { worker, signal } = options;
  const put = (held: Held<Job>, job: Job): Promise<Held<Job>> => write(services, walk, held, { job, changes: [] });
  try {
    const begun = await walk.begun(found.job);
    if (begun === undefined) return false;
    let held = await put(found, { ...begun, worker, ...leaseFrom(services.clock()) });
    for (;;) {
      const page = await walk.page(held);
      held = page.held;
      if (page.isLast) {
        held = await write(services, walk, held, await walk.ended(held.job));
        // Where no gateway can be behind, as in a store of one process that was just started, it is settled at once.
        if (held.job.status === 'done') return true;
        if (!isFree(services, walk, held.job, options)) return false;
      } else if (signal?.aborted === true) {
        await put(held, { ...held.job, worker, leaseUntil: services.clock().toISOString() });
        return false;
      }
      await nextTurn();
    }
  } catch (error) {
    if (error instanceof JobTaken || isOvertaken(error)) return false;
    services.log.error({ job: found.job.id, err: error }, walk.failure);
    return false;
  }
}

async function write<Job extends WalkJob>({ store }: Services, { resource }: Walk<Job>, { version }: Held<Job>, { job, changes }: { readonly job: Job; readonly changes: readonly Change[] }): Promise<Held<Job>> {
  const stored = await store.commit([...changes, { kind: 'put', resource: resource(job), expectedVersion: version }]);
  return { job, version: stored[changes.length]?.version ?? version + 1 };
}
