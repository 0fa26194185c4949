import type { OperationOutcome } from '../fhir/outcome.ts';
import type { Stored } from '../store/store.ts';
import { etagOf } from './answer.ts';

/** A link of a Bundle. */
export interface PageLink { readonly relation: 'self' | 'next'; readonly url: string }

/** What goes around the entries of a listed Bundle. */
export interface PageFrame {
  readonly id: string;
  readonly type: 'searchset' | 'history';
  /** When the answer was made. */
  readonly lastUpdated: string;
  readonly total?: number;
  readonly links: readonly PageLink[];
}

/** Puts a Bundle together from texts; stored bodies go in as they are, so nothing is parsed. */
export function pageBundle(frame: PageFrame, entries: readonly string[]): string {
  const head = `{"resourceType":"Bundle","id":"${frame.id}","meta":{"lastUpdated":"${frame.lastUpdated}"},"type":"${frame.type}"`;
  const total = frame.total === undefined ? '' : `,"total":${frame.total}`;
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `${head}${total},"link":${JSON.stringify(frame.links)}${entry}}`;
}

/** @param body JSON text of the resource */
export function searchEntry(base: string, stored: Pick<Stored, 'type' | 'id'>, body: string, mode: 'match' | 'include'): string {
  return `{"fullUrl":${JSON.stringify(`${base}/${stored.type}/${stored.id}`)},"resource":${body},"search":{"mode":"${mode}"}}`;
}

/** Tells what was left out of the search. @see https://hl7.org/fhir/R4/search.html#errors */
export function outcomeEntry(outcome: OperationOutcome): string {
  return JSON.stringify({ resource: outcome, search: { mode: 'outcome' } });
}

/** An id that this server gave, a time-ordered UUID. A client that brings such ids of its own sees its updates told as creates, and nothing else. */
const GIVEN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * @param isNew there was none before: the first version, or the first after a deletion
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export function historyEntry(base: string, stored: Stored, isNew: boolean): string {
  const url = `${stored.type}/${stored.id}`;
  const method = stored.deleted ? 'DELETE' : stored.version === 1 && GIVEN_ID.test(stored.id) ? 'POST' : 'PUT';
  const status = stored.deleted ? '204' : isNew ? '201' : '200';
  const request = { method, url: method === 'POST' ? stored.type : url };
  const response = { status, etag: etagOf(stored.version), lastModified: stored.lastUpdated };
  const resource = stored.deleted ? '' : `"resource":${stored.body},`;
  return `{"fullUrl":${JSON.stringify(`${base}/${url}`)},${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`;
}
