import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { clausesOf } from '../record-terms.ts';
import type { PageAsked } from './find-mappings.ts';
import type { JobStatus, RemapJob } from './remap-job.ts';
import { parseJob, REMAP_JOB_TYPE } from './remap-job.ts';

/** How far the re-normalisation after one change of a mapping is. */
export type JobView = Pick<RemapJob, 'id' | 'source' | 'kind' | 'local' | 'status' | 'mapping' | 'mappingVersion' | 'by' | 'createdAt' | 'appliedAt' | 'finishedAt' | 'total' | 'examined' | 'changed'>;
export interface JobPage { readonly jobs: readonly JobView[]; readonly next: string | undefined }

/** Jobs, the last made first. @throws ServiceError 'forbidden' */
export async function listJobs(services: Services, caller: Caller, filter: { readonly status?: JobStatus | undefined; readonly source?: string | undefined }, page: PageAsked): Promise<JobPage> {
  await authorize(services, caller, { action: 'terminology-read' });
  const { items, next } = await services.store.search({ type: REMAP_JOB_TYPE, where: [...clausesOf({ source: filter.source }), ...statusClause(filter.status)], sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  await recordTrace(services, caller, { action: 'search', interaction: 'terminology-read', outcome: 'success', query: 'jobs' });
  return { jobs: items.map(({ body }) => viewOf(parseJob(body))), next };
}

/** @throws ServiceError 'forbidden'; 'not-found' */
export async function findJob(services: Services, caller: Caller, id: string): Promise<JobView> {
  await authorize(services, caller, { action: 'terminology-read' });
  const stored = await services.store.read({ type: REMAP_JOB_TYPE, id });
  if (stored === undefined || stored.deleted) throw new ServiceError('not-found', 'There is no job of this id');
  await recordTrace(services, caller, { action: 'read', interaction: 'terminology-read', outcome: 'success', resources: [`${REMAP_JOB_TYPE}/${id}`] });
  return viewOf(parseJob(stored.body));
}

export function viewOf({ id, source, kind, local, status, mapping, mappingVersion, by, createdAt, appliedAt, finishedAt, total, examined, changed }: RemapJob): JobView {
  return { id, source, kind, local, status, mapping, mappingVersion, by, createdAt, ...(appliedAt === undefined ? {} : { appliedAt }), ...(finishedAt === undefined ? {} : { finishedAt }), total, examined, changed };
}

function statusClause(status: JobStatus | undefined): ReturnType<typeof clausesOf> {
  return status === undefined ? [] : [{ kind: 'token', param: 'status', anyOf: [{ code: status }] }];
}
