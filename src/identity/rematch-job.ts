import { hash } from 'node:crypto';
import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource } from '../fhir/resource.ts';
import { WALK_STATUSES } from '../walk-jobs.ts';
import type { MatchModel } from './matching/index.ts';

/** Internal type of the work of forming all persons anew. */
export const REMATCH_JOB_TYPE = 'RematchJob';
/** Internal type of the one record that says by which model persons were last formed. */
export const REMATCH_MODEL_TYPE = 'MatchModel';
export const MODEL_KEY = { type: REMATCH_MODEL_TYPE, id: 'current' } as const;

/** To be raised when the code of `matching/`, or the forming of persons, judges the same records otherwise. */
const RULES_VERSION = 1;

const jobSchema = z.object({
  id: z.string(),
  status: z.enum(WALK_STATUSES),
  /** Of the model by which is matched. */
  model: z.string(),
  /** Who asked for it; `bund` for the exchange itself. */
  by: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().optional(),
  /** Patients that will be looked at, counted at the beginning. */
  total: z.number(),
  examined: z.number(),
  /** Persons that became others. */
  changed: z.number(),
  /** Where the next page begins, as the store gave it; absent at the beginning of a walk. */
  after: z.string().optional(),
  worker: z.string().optional(),
  leaseUntil: z.string().optional(),
});
export type RematchJob = Readonly<z.infer<typeof jobSchema>>;

export function jobResource(job: RematchJob): Resource & { readonly id: string } {
  return { resourceType: REMATCH_JOB_TYPE, ...job };
}

/** @param body a stored RematchJob, JSON text */
export function parseRematchJob(body: string): RematchJob {
  return jobSchema.parse(JSON.parse(body));
}

/** Two models of one version judge alike. */
export function modelVersionOf(model: MatchModel): string {
  return hash('sha256', JSON.stringify([RULES_VERSION, model])).slice(0, 16);
}

export function newRematchJob(model: string, { by, now }: { readonly by: string; readonly now: string }): RematchJob {
  return { id: derivedId(REMATCH_JOB_TYPE, model, now), status: 'waiting', model, by, createdAt: now, total: 0, examined: 0, changed: 0 };
}
