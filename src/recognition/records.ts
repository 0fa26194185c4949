import type { JsonValue, Resource } from '../fhir/resource.ts';
import type { IndexTerms, TokenTerm } from '../fhir/search/terms.ts';
import { CALL_TYPE } from './cds-hooks/call.ts';
import { CHANGE_TYPE } from './catalogue/catalogue-change.ts';
import { CERTIFICATE_TYPE } from './certificates/certificate-record.ts';
import { SNAPSHOT_TYPE } from './figures/snapshot.ts';
import { REPEAT_TYPE } from './repeats/repeat.ts';
import { CERTIFICATE_FILE_TYPE } from './certificates/register-file-certificates.ts';
import { REVISION_TYPE } from './revision.ts';

const NO_TERMS: IndexTerms = { token: [], string: [], reference: [], date: [], number: [], quantity: [], uri: [], patients: [], clinicalDate: undefined };

/** By which members the records of recognition are found. They are no FHIR: the REST API does not know their types. */
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  [CHANGE_TYPE, ['status', 'subject', 'about']],
  [CERTIFICATE_TYPE, ['status', 'organization', 'item']],
  [REVISION_TYPE, []],
  [SNAPSHOT_TYPE, ['month']],
  [REPEAT_TYPE, ['organization', 'month', 'item', 'doctor']],
  [CALL_TYPE, ['hour']],
  [CERTIFICATE_FILE_TYPE, []],
]);

/** @returns undefined for a resource that is no record of recognition */
export function recognitionTerms(resource: Resource): IndexTerms | undefined {
  const members = MEMBERS.get(resource.resourceType);
  return members === undefined ? undefined : { ...NO_TERMS, token: members.flatMap((name) => token(name, resource[name])) };
}

function token(param: string, value: JsonValue | undefined): TokenTerm[] {
  return typeof value === 'string' ? [{ param, system: '', code: value }] : [];
}
