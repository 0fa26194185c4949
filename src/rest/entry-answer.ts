import { STATUS_CODES } from 'node:http';
import { operationOutcome } from '../fhir/outcome.ts';
import type { Issue } from '../fhir/outcome.ts';
import { etagOf } from './answer.ts';
import type { Answer } from './answer.ts';

/** How entries of a response bundle are written. */
export interface EntryStyle {
  readonly base: string;
  /** With `Prefer: return=OperationOutcome` each entry says what was remarked. */
  readonly tellsRemarks: boolean;
}

/** One entry of a response bundle, JSON text. @see https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response */
export function entryAnswer(answer: Answer, { base, tellsRemarks }: EntryStyle): string {
  const { status, body, version, location, issues } = answer;
  const response = {
    status: statusText(status),
    ...(location === undefined ? {} : { location: `${base}/${location}` }),
    ...(version === undefined ? {} : { etag: etagOf(version.version), lastModified: version.lastUpdated }),
    ...(tellsRemarks && issues !== undefined ? { outcome: operationOutcome(issues) } : {}),
  };
  return `{${body === undefined ? '' : `"resource":${body},`}"response":${JSON.stringify(response)}}`;
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
