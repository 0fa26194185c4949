import { z } from 'zod';
import { derivedId } from '../fhir/derived-id.ts';
import type { Resource } from '../fhir/resource.ts';
import { WALK_STATUSES } from '../walk-jobs.ts';
import type { CodeMapping } from './code-mapping.ts';

/** Internal type of one round of re-normalisation, made in the same commit as the change of a mapping that calls for it. */
export const REMAP_JOB_TYPE = 'RemapJob';

/**
 * `running`: through all results of the code, page by page. `settling`: those are done, and what gateways that did not know
 * the change yet have stored meanwhile is looked at once more. `done`: nothing is mapped by what held before.
 */
export const JOB_STATUSES = WALK_STATUSES;
export type JobStatus = (typeof JOB_STATUSES)[number];

const jobSchema = z.object({
  id: z.string(),
  source: z.string(),
  status: z.enum(JOB_STATUSES),
  /** The mapping that changed, and its version then. */
  mapping: z.string(),
  mappingVersion: z.number(),
  /**
   * `source`: everything that the source sent; `local` is '' then. `item`: its results of the item `local`, `study` and `report`: its
   * imaging studies and the reports of the examination `local`, whose marks of recognition are set anew.
   */
  kind: z.enum(['code', 'unit', 'source', 'item', 'study', 'report']),
  local: z.string(),
  /** Gateways are restarted one after another with the new files: those that are left know the change late. */
  isOfFile: z.boolean().optional(),
  isText: z.boolean(),
  /** UCUM codes, items and LOINCs that the mapping gave or gives: by them results are found that carry the local name as a text only. */
  standard: z.array(z.string()),
  /** The tables must know so many changes before the work begins. */
  revision: z.number(),
  /** So do those of recognition, for marks. */
  recognition: z.number().optional(),
  /** Who decided, for the provenance. */
  by: z.string(),
  /** Instants. */
  createdAt: z.string(),
  appliedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  /** Results that will be looked at, counted at the beginning. */
  total: z.number(),
  examined: z.number(),
  changed: z.number(),
  pages: z.number(),
  /** Where the next page begins, as the store gave it; absent at the beginning of a walk. */
  after: z.string().optional(),
  /** Ids of the `UnmappedTerm`s that results still have. */
  open: z.array(z.string()),
  /** Which process works on it, and until when the others leave it alone. */
  worker: z.string().optional(),
  leaseUntil: z.string().optional(),
});
export type RemapJob = Readonly<z.infer<typeof jobSchema>>;

export function jobResource(job: RemapJob): Resource & { readonly id: string } {
  return { resourceType: REMAP_JOB_TYPE, ...job };
}

/** @param body a stored RemapJob, JSON text */
export function parseJob(body: string): RemapJob {
  return jobSchema.parse(JSON.parse(body));
}

/** What of a source is mapped anew. */
export type JobScope = Pick<RemapJob, 'source' | 'kind' | 'local' | 'isText' | 'standard'>;

/**
 * The job that a change in a file of `profiles/codes` calls for.
 *
 * @param at digest of what the file says now, revision of the tables, and the instant
 */
export function fileJobOf(scope: JobScope, at: { readonly version: string; readonly revision: number; readonly now: string }): RemapJob {
  return {
    ...scope, id: derivedId(REMAP_JOB_TYPE, scope.source, scope.kind, scope.local, at.version), status: 'waiting', isOfFile: true, mapping: `profiles/codes/${scope.source}.json`, mappingVersion: 0,
    revision: at.revision, by: 'bund', createdAt: at.now, total: 0, examined: 0, changed: 0, pages: 0, open: [],
  };
}

/**
 * The job that a change of mappings calls for.
 *
 * @param changed the mapping as it will be, and the one that it replaces
 * @param at version of the mapping with the change, revision of the tables with it, and who made it when
 */
export function remapJobOf(mapping: CodeMapping, replaced: CodeMapping | undefined, at: { readonly version: number; readonly revision: number; readonly by: string; readonly now: string }): RemapJob {
  const both = replaced === undefined ? [mapping] : [mapping, replaced];
  return {
    id: derivedId(REMAP_JOB_TYPE, mapping.id, at.version),
    source: mapping.source, status: 'waiting', mapping: mapping.id, mappingVersion: at.version, kind: mapping.kind, local: mapping.local,
    isText: mapping.isText === true,
    standard: [...new Set(both.flatMap((one) => (one.kind === 'unit' ? [one.ucum] : [one.item, one.loinc].filter((code) => code !== undefined))))],
    revision: at.revision, by: at.by, createdAt: at.now, total: 0, examined: 0, changed: 0, pages: 0, open: [],
  };
}

/** Which type the resources are of that a job looks at. */
export function typeOfJob({ kind }: Pick<RemapJob, 'kind'>): string {
  if (kind === 'study') return 'ImagingStudy';
  return kind === 'report' ? 'DiagnosticReport' : 'Observation';
}

/** Whether a job is about marks of recognition alone: codes and units mean what they meant. */
export function isAboutMarks({ kind }: Pick<RemapJob, 'kind'>): boolean {
  return kind === 'item' || kind === 'study' || kind === 'report';
}

/** Because of what marks are set anew. */
export interface MarkCause {
  /** Reference of the VerificationResult; `certificates.json` where many came with that. */
  readonly of: string;
  /** Revision of the tables of recognition with it. */
  readonly revision: number;
  readonly by: string;
  readonly now: string;
  /** Digest of the file that brought it: gateways are restarted one after another with it. */
  readonly file?: string;
}

/** The job that sets marks anew, for a certificate that was registered late. */
export function markJobOf(scope: Pick<RemapJob, 'source' | 'kind' | 'local'> & { readonly standard: readonly string[] }, at: MarkCause): RemapJob {
  return {
    ...scope, standard: [...scope.standard], ...(at.file === undefined ? {} : { isOfFile: true }), id: derivedId(REMAP_JOB_TYPE, at.of, scope.source, scope.kind, at.revision, at.file ?? ''), status: 'waiting', mapping: at.of, mappingVersion: at.revision, isText: false,
    revision: 0, recognition: at.revision, by: at.by, createdAt: at.now, total: 0, examined: 0, changed: 0, pages: 0, open: [],
  };
}
