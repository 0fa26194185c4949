import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../errors.ts';
import type { Stored } from '../store/store.ts';
import { etagOf } from './answer.ts';

/** Conditions on the current version that a request states. @see https://hl7.org/fhir/R4/http.html#concurrency */
export interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
}

export function conditionsOf(headers: IncomingHttpHeaders): Conditions {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince } = headers;
  return {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifModifiedSince === undefined ? {} : { ifModifiedSince }),
  };
}

/**
 * The version that a write may replace: 0 when the resource must not exist, undefined when any will do.
 * @throws ServiceError 'malformed' for an `If-Match` that is no version of ours
 */
export function expectedVersionOf({ ifMatch, ifNoneMatch }: Conditions): number | undefined {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return 0;
    throw new ServiceError('malformed', 'If-None-Match of a write may only be *, for a resource that must not exist yet');
  }
  if (ifMatch === undefined) return undefined;
  const version = /^(?:W\/)?"([1-9]\d{0,14})"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined) throw new ServiceError('malformed', 'If-Match must be one version as the ETag of a read names it, such as W/"3"');
  return Number(version);
}

/** True when the client has this version already. A malformed condition of a read is passed over, the full answer does no harm. */
export function isUnchanged({ ifNoneMatch, ifModifiedSince }: Conditions, stored: Pick<Stored, 'version' | 'lastUpdated'>): boolean {
  if (ifNoneMatch !== undefined) return ifNoneMatch.split(',').some((tag) => tag.trim() === etagOf(stored.version) || tag.trim() === '*');
  if (ifModifiedSince === undefined) return false;
  const since = Date.parse(ifModifiedSince);
  // HTTP dates have no fraction: what was stored within that second counts as not modified.
  return !Number.isNaN(since) && Math.floor(Date.parse(stored.lastUpdated) / 1000) <= Math.floor(since / 1000);
}
