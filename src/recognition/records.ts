import type { Resource } from '../fhir/resource.ts';
import type { IndexTerms } from '../fhir/search/terms.ts';
import { recordTerms } from '../record-terms.ts';
import { CALL_TYPE } from './cds-hooks/call.ts';
import { CHANGE_TYPE } from './catalogue/catalogue-change.ts';
import { CERTIFICATE_TYPE } from './certificates/certificate-record.ts';
import { SNAPSHOT_TYPE } from './figures/snapshot.ts';
import { REPEAT_TYPE } from './repeats/repeat.ts';
import { CERTIFICATE_FILE_TYPE } from './certificates/register-file-certificates.ts';
import { RECOGNITION_REVISION } from './recognition-revision.ts';

/** By which members the records of recognition are found. They are no FHIR: the REST API does not know their types. */
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  [CHANGE_TYPE, ['status', 'subject', 'about']],
  [CERTIFICATE_TYPE, ['status', 'organization', 'item']],
  [RECOGNITION_REVISION.type, []],
  [SNAPSHOT_TYPE, ['month']],
  [REPEAT_TYPE, ['organization', 'month', 'item', 'doctor']],
  [CALL_TYPE, ['hour']],
  [CERTIFICATE_FILE_TYPE, []],
]);

/** @returns undefined for a resource that is no record of recognition */
export function recognitionTerms(resource: Resource): IndexTerms | undefined {
  return recordTerms(MEMBERS, resource);
}
