import { STATUS_CODES } from 'node:http';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Issue } from '../fhir/outcome.ts';
import { etagOf } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Preference } from './prefer.ts';

/**
 * One entry of a response bundle, JSON text. `location` is relative to the base of the API.
 *
 * @param preference with `return=OperationOutcome` each entry says what was remarked
 * @see https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response
 */
export function entryAnswer({ status, body, version, location, issues }: Answer, preference: Preference): string {
  const response = {
    status: statusText(status),
    ...(location === undefined ? {} : { location }),
    ...(version === undefined ? {} : { etag: etagOf(version.version), lastModified: version.lastUpdated }),
    ...(preference.returns === 'OperationOutcome' && issues !== undefined ? { outcome: operationOutcome(issues) } : {}),
  };
  return `{${body === undefined ? '' : `"resource":${body.toString()},`}"response":${JSON.stringify(response)}}`;
}

/** The entry for a request that ended without success. */
export function entryFailure(status: number, issues: readonly Issue[]): string {
  return JSON.stringify({ response: { status: statusText(status), outcome: operationOutcome(issues) } });
}

/** A Bundle of such entries. */
export function responseBundle(type: 'batch-response' | 'transaction-response', id: string, entries: readonly string[]): string {
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `{"resourceType":"Bundle","id":"${id}","type":"${type}"${entry}}`;
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}
