import { theExchange, traceChange } from '../audit/index.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { Change, Stored } from '../store/store.ts';
import { type Held, leaseFrom, untilCommitted } from '../walk-jobs.ts';
import { localSystemOf } from './create-code-tables.ts';
import type { RemapJob } from './remap-job.ts';
import { jobResource, REMAP_JOB_TYPE, typeOfJob } from './remap-job.ts';
import { remapProvenance } from './remap-provenance.ts';
import type { Remapped } from './remap-results.ts';
import { remapResults } from './remap-results.ts';
import { touchedResults } from './touched-results.ts';
import { UNMAPPED_TYPE, unmappedTerm } from './unmapped.ts';

const RESULTS_PER_PAGE = 100;

/**
 * Maps the next page of a job's results anew, and commits it together with how far the job is: all or none. A push that
 * changes one of the results meanwhile wins; the page is then mapped again from what it stored.
 *
 * @returns the job after the page, and whether there is a further one
 * @throws JobTaken
 */
export async function remapPage(services: Services, held: Held<RemapJob>): Promise<{ readonly held: Held<RemapJob>; readonly isLast: boolean }> {
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

async function commitPage(services: Services, held: Held<RemapJob>, first: readonly Stored[], next: string | undefined): Promise<Held<RemapJob>> {
  return untilCommitted(services, REMAP_JOB_TYPE, held, async (count) => {
    const items = count === 1 || first.length === 0 ? first : await services.store.readMany(first);
    const { job, changes } = await planPage(services, held, items, next);
    await services.store.commit(changes);
    return { job, version: held.version + 1 };
  });
}

async function planPage(services: Services, held: Held<RemapJob>, items: readonly Stored[], next: string | undefined): Promise<{ readonly job: RemapJob; readonly changes: readonly Change[] }> {
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
    ...leaseFrom(now),
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
