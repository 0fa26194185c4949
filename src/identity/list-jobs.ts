import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Services } from '../services.ts';
import type { RematchJob } from './rematch-job.ts';
import { parseRematchJob, REMATCH_JOB_TYPE } from './rematch-job.ts';

/** How far the forming of all persons anew is. */
export type JobView = Pick<RematchJob, 'id' | 'status' | 'model' | 'by' | 'createdAt' | 'finishedAt' | 'total' | 'examined' | 'changed'>;

/** The last made first. @throws ServiceError 'forbidden' */
export async function listRematchJobs(services: Services, caller: Caller, page: { readonly count: number; readonly after: string | undefined }): Promise<{ readonly jobs: readonly JobView[]; readonly next: string | undefined }> {
  await authorize(services, caller, { action: 'identity-read' });
  const { items, next } = await services.store.search({ type: REMATCH_JOB_TYPE, where: [], sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  await recordTrace(services, caller, { action: 'search', interaction: 'identity-read', outcome: 'success', query: 'jobs' });
  return { jobs: items.map(({ body }) => viewOf(parseRematchJob(body))), next };
}

function viewOf({ id, status, model, by, createdAt, finishedAt, total, examined, changed }: RematchJob): JobView {
  return { id, status, model, by, createdAt, ...(finishedAt === undefined ? {} : { finishedAt }), total, examined, changed };
}
