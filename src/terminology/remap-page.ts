import { setTimeout as pause } from 'node:timers/promises';
import { theExchange, traceChange } from '../audit/index.ts';
import { isOvertaken } from '../errors.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { Change, Stored } from '../store/store.ts';
import { localSystemOf } from './create-code-tables.ts';
import type { RemapJob } from './remap-job.ts';
import { jobResource, parseJob, REMAP_JOB_TYPE, typeOfJob } from './remap-job.ts';
import { remapProvenance } from './remap-provenance.ts';
import type { Remapped } from './remap-results.ts';
import { remapResults } from './remap-results.ts';
import { touchedResults } from './touched-results.ts';
import { UNMAPPED_TYPE, unmappedTerm } from './unmapped.ts';

/** A job as this process holds it: nobody else has changed it since. */
export interface HeldJob { readonly job: RemapJob; readonly version: number }

/** Thrown when another process has taken the job over. */
export class JobTaken extends Error {
  override readonly name = 'JobTaken';
}

const RESULTS_PER_PAGE = 100;
/** Other processes leave a job alone for so long after its last page. */
const LEASE_MS = 60_000;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;
const TRIES = 50;

/**
 * Maps the next page of a job's results anew, and commits it together with how far the job is: all or none. A push that
 * changes one of the results meanwhile wins; the page is then mapped again from what it stored.
 *
 * @returns the job after the page, and whether there is a further one
 * @throws JobTaken
 */
export async function remapPage(services: Services, held: HeldJob): Promise<{ readonly held: HeldJob; readonly isLast: boolean }> {
  const { after } = held.job;
  const { items, next } = await services.store.search({ type: typeOfJob(held.job), where: resultsOf(services, held.job), sort: [], limit: RESULTS_PER_PAGE, ...(after === undefined ? {} : { after }) });
  return { held: await commitPage(services, held, items, next), isLast: next === undefined };
}

/** The results that a job has to look at. What is settled is only what was written since the change. */
export function resultsOf({ codes }: Pick<Services, 'codes'>, job: RemapJob): readonly Clause[] {
  const where = touchedResults(job, codes.sources.get(job.source)?.system ?? localSystemOf(job.source));
  const since = Date.parse(job.createdAt);
  return job.status === 'settling' ? [...where, { kind: 'date', param: '_lastUpdated', anyOf: [{ prefix: 'ge', low: since, high: since }] }] : where;
}

async function commitPage(services: Services, held: HeldJob, first: readonly Stored[], next: string | undefined): Promise<HeldJob> {
  let items = first;
  for (let attempt = 1; ; attempt++) {
    const { job, changes } = await planPage(services, held, items, next);
    try {
      await services.store.commit(changes);
      return { job, version: held.version + 1 };
    } catch (error) {
      if (attempt === TRIES || !isOvertaken(error)) throw error;
      await requireHeld(services, held);
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** attempt));
      items = first.length === 0 ? [] : await services.store.readMany(first);
    }
  }
}

async function planPage(services: Services, held: HeldJob, items: readonly Stored[], next: string | undefined): Promise<{ readonly job: RemapJob; readonly changes: readonly Change[] }> {
  const now = services.clock();
  const remapped = await remapResults(services, held.job.source, items);
  const gaps = await gapChanges(services, held.job.source, remapped, now.toISOString());
  const { after: _before, ...rest } = held.job;
  const job: RemapJob = {
    ...rest,
    ...(next === undefined ? {} : { after: next }),
    // What is looked at once more counts once.
    examined: rest.examined + (rest.status === 'running' ? items.length : 0),
    changed: rest.changed + remapped.results.length,
    pages: rest.pages + 1,
    open: [...new Set([...rest.open, ...gaps.open])],
    leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString(),
  };
  return {
    job,
    changes: [
      ...remapped.changes,
      ...gaps.changes,
      ...(remapped.results.length === 0 ? [] : evidenceOf(services, held.job, remapped, now.toISOString())),
      { kind: 'put', resource: jobResource(job), expectedVersion: held.version },
    ],
  };
}

function evidenceOf(services: Services, job: RemapJob, { results, patients }: Remapped, now: string): readonly Change[] {
  return [
    { kind: 'put', resource: remapProvenance(job, results, now) },
    traceChange(services, theExchange(job.id), { action: 'update', interaction: 'terminology-remap', outcome: 'success', resources: results, patients }),
  ];
}

/** What no table knows of these results, for the operator's list; a gap that was closed may be open again. */
async function gapChanges({ store }: Services, source: string, { gaps }: Remapped, now: string): Promise<{ readonly changes: readonly Change[]; readonly open: readonly string[] }> {
  const terms = gaps.map((gap) => unmappedTerm(source, gap, now));
  const stored = new Map(terms.length === 0 ? [] : (await store.readMany(terms.map(({ id }) => ({ type: UNMAPPED_TYPE, id })))).map((item) => [item.id, item]));
  const missing = terms.filter(({ id }) => stored.get(id)?.deleted !== false);
  return { changes: missing.map((resource) => ({ kind: 'put', resource, expectedVersion: 0 })), open: terms.map(({ id }) => id) };
}

/** @throws JobTaken */
export async function requireHeld({ store }: Services, { job, version }: HeldJob): Promise<void> {
  const stored = await store.read({ type: REMAP_JOB_TYPE, id: job.id });
  if (stored?.version !== version) throw new JobTaken(`Another process works on ${referenceTo({ type: REMAP_JOB_TYPE, id: job.id })}`);
}

/** @param leaseMs 0 to give the job back */
export function leased(job: RemapJob, worker: string, now: Date, leaseMs = LEASE_MS): RemapJob {
  return { ...job, worker, leaseUntil: new Date(now.getTime() + leaseMs).toISOString() };
}

export function toHeldJob({ body, version }: Pick<Stored, 'body' | 'version'>): HeldJob {
  return { job: parseJob(body), version };
}
