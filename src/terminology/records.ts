import type { Resource } from '../fhir/resource.ts';
import type { IndexTerms } from '../fhir/search/terms.ts';
import { recordTerms } from '../record-terms.ts';
import { MAPPING_TYPE } from './code-mapping.ts';
import { FILE_TYPE } from './notice-files.ts';
import { REMAP_JOB_TYPE } from './remap-job.ts';
import { MAPPING_REVISION } from './mapping-revision.ts';

/** By which members the records of the terminology are found. They are no FHIR: the REST API does not know their types. */
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  [MAPPING_TYPE, ['source', 'kind', 'local', 'status']],
  [REMAP_JOB_TYPE, ['source', 'status']],
  [MAPPING_REVISION.type, []],
  [FILE_TYPE, []],
]);

/** @returns undefined for a resource that is no record of the terminology */
export function terminologyTerms(resource: Resource): IndexTerms | undefined {
  return recordTerms(MEMBERS, resource);
}
