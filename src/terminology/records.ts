import type { JsonValue, Resource } from '../fhir/resource.ts';
import type { IndexTerms, TokenTerm } from '../fhir/search/terms.ts';
import { MAPPING_TYPE } from './code-mapping.ts';
import { FILE_TYPE } from './notice-files.ts';
import { REMAP_JOB_TYPE } from './remap-job.ts';
import { REVISION_TYPE } from './revision.ts';

const NO_TERMS: IndexTerms = { token: [], string: [], reference: [], date: [], number: [], quantity: [], uri: [], patients: [], clinicalDate: undefined };

/** By which members the records of the terminology are found. They are no FHIR: the REST API does not know their types. */
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  [MAPPING_TYPE, ['source', 'kind', 'local', 'status']],
  [REMAP_JOB_TYPE, ['source', 'status']],
  [REVISION_TYPE, []],
  [FILE_TYPE, []],
]);

/** @returns undefined for a resource that is no record of the terminology */
export function terminologyTerms(resource: Resource): IndexTerms | undefined {
  const members = MEMBERS.get(resource.resourceType);
  return members === undefined ? undefined : { ...NO_TERMS, token: members.flatMap((name) => token(name, resource[name])) };
}

function token(param: string, value: JsonValue | undefined): TokenTerm[] {
  return typeof value === 'string' ? [{ param, system: '', code: value }] : [];
}
