import type { OperationOutcome } from '../fhir/outcome.ts';
import type { JsonObject } from '../fhir/resource.ts';
import type { Stored } from '../store/store.ts';
import { etagOf } from './answer.ts';
import { joinedPieces } from './json-pieces.ts';
import type { JsonPiece } from './json-pieces.ts';

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

/** What an entry is put together from. */
export type EntryPieces = readonly JsonPiece[];

/** Puts a Bundle together; stored bodies go in as they are, so nothing is parsed or decoded. */
export function pageBundle(frame: PageFrame, entries: readonly EntryPieces[]): Buffer {
  const head = `{"resourceType":"Bundle","id":"${frame.id}","meta":{"lastUpdated":"${frame.lastUpdated}"},"type":"${frame.type}"`;
  const total = frame.total === undefined ? '' : `,"total":${frame.total}`;
  const pieces: JsonPiece[] = [`${head}${total},"link":${JSON.stringify(frame.links)}`];
  for (const [place, entry] of entries.entries()) pieces.push(place === 0 ? ',"entry":[' : ',', ...entry);
  pieces.push(entries.length === 0 ? '}' : ']}');
  return joinedPieces(pieces);
}

/** Why a resource is in a page. */
type Mode = 'match' | 'include';

/**
 * Makes the entries of one page: what all of them say alike is written once.
 *
 * @param base public address of the API
 * @returns the entry of a resource, given its body, or the part of it that was asked for, and how well it fits where that is told
 */
export function searchEntries(base: string): (stored: Pick<Stored, 'type' | 'id'>, body: JsonPiece, mode: Mode, quality?: JsonObject) => EntryPieces {
  const start = `{"fullUrl":${JSON.stringify(base).slice(0, -1)}/`;
  const ends = { match: endOf({ mode: 'match' }), include: endOf({ mode: 'include' }) };
  return ({ type, id }, body, mode, quality) => [`${start}${type}/${id}","resource":`, body, quality === undefined ? ends[mode] : endOf({ mode, ...quality })];
}

function endOf(search: JsonObject): string {
  return `,"search":${JSON.stringify(search)}}`;
}

/** Tells what was left out of the search. @see https://hl7.org/fhir/R4/search.html#errors */
export function outcomeEntry(outcome: OperationOutcome): EntryPieces {
  return [JSON.stringify({ resource: outcome, search: { mode: 'outcome' } })];
}

/** An id that this server gave, a time-ordered UUID. A client that brings such ids of its own sees its updates told as creates, and nothing else. */
const GIVEN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * @param isNew there was none before: the first version, or the first after a deletion
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export function historyEntry(base: string, stored: Stored, isNew: boolean): EntryPieces {
  const url = `${stored.type}/${stored.id}`;
  const method = stored.deleted ? 'DELETE' : stored.version === 1 && GIVEN_ID.test(stored.id) ? 'POST' : 'PUT';
  const status = stored.deleted ? '204' : isNew ? '201' : '200';
  const request = { method, url: method === 'POST' ? stored.type : url };
  const response = { status, etag: etagOf(stored.version), lastModified: stored.lastUpdated };
  const start = `{"fullUrl":${JSON.stringify(`${base}/${url}`)},`;
  const end = `"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`;
  return stored.deleted ? [start, end] : [start, '"resource":', stored.bytes, ',', end];
}
