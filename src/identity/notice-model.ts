import { z } from 'zod';
import { commitOnce } from '../commit-once.ts';
import type { Services } from '../services.ts';
import type { Change } from '../store/store.ts';
import { jobResource, MODEL_KEY, modelVersionOf, newRematchJob } from './rematch-job.ts';

const noted = z.object({ version: z.string() });

/**
 * Makes the job that a change of the model, or of the rules, calls for since a gateway was last started. Of several gateways that
 * start with the same model one makes it.
 */
export async function noticeModel({ store, matching, clock }: Services): Promise<void> {
  const version = modelVersionOf(matching);
  const stored = await store.read(MODEL_KEY);
  if (stored !== undefined && noted.parse(JSON.parse(stored.body)).version === version) return;
  const { items } = await store.search({ type: 'Patient', where: [], sort: [], limit: 1 });
  const job = newRematchJob(version, { by: 'bund', now: clock().toISOString() });
  const changes: readonly Change[] = [
    { kind: 'put', resource: { resourceType: MODEL_KEY.type, id: MODEL_KEY.id, version }, expectedVersion: stored?.version ?? 0 },
    ...(items.length === 0 ? [] : [{ kind: 'put' as const, resource: jobResource(job), expectedVersion: 0 }]),
  ];
  await commitOnce({ store }, changes);
}
