import { isList, textOf } from '../fhir/resource.ts';
import type { Resource } from '../fhir/resource.ts';
import type { IndexTerms, UriTerm } from '../fhir/search/terms.ts';
import { NO_TERMS } from '../fhir/search/terms.ts';
import { DECISION_TYPE } from './decision.ts';
import { hasId, matchRecord } from './match-record.ts';
import { REMATCH_JOB_TYPE, REMATCH_MODEL_TYPE } from './rematch-job.ts';
import { isReview, personsOfReview } from './review.ts';

/**
 * Parameter by which records meet that are compared. It is none of FHIR: the REST API knows nothing of it, so that nobody can
 * ask for it. Kept as a uri, whose values the stores keep for each resource by itself.
 */
export const MATCH_PARAM = '_match';
/** Parameter by which the reviews of a Person are found. */
export const REVIEWED_PARAM = '_reviewed';


/** @returns undefined for a resource that is no record of the identities. A decision is found by `about`: by `patient` a store looks into records of patients */
export function identityTerms(resource: Resource): IndexTerms | undefined {
  switch (resource.resourceType) {
    case DECISION_TYPE: return { ...NO_TERMS, token: statusTerm(resource), reference: patientsIn(resource).map((id) => ({ param: 'about', type: 'Patient', id, url: '' })) };
    case REMATCH_JOB_TYPE: return { ...NO_TERMS, token: statusTerm(resource) };
    case REMATCH_MODEL_TYPE: return NO_TERMS;
    default: return undefined;
  }
}

/** The terms of a FHIR resource together with those by which identities are looked after. */
export function withIdentityTerms(resource: Resource, terms: IndexTerms): IndexTerms {
  const added = addedTerms(resource);
  return added.length === 0 ? terms : { ...terms, uri: [...terms.uri, ...added] };
}

function addedTerms(resource: Resource): readonly UriTerm[] {
  if (resource.resourceType === 'Patient') return hasId(resource) ? matchTerms(resource) : [];
  if (resource.resourceType === 'Task' && isReview(resource)) return personsOfReview(resource).map((value) => ({ param: REVIEWED_PARAM, value }));
  return [];
}

function matchTerms(patient: Resource & { readonly id: string }): readonly UriTerm[] {
  const { keys, digest } = matchRecord(patient);
  return [...keys.map(keyTerm), digestTerm(digest)].map((value) => ({ param: MATCH_PARAM, value }));
}

export function keyTerm(key: string): string {
  return `key ${key}`;
}

export function digestTerm(digest: string): string {
  return `as ${digest}`;
}

function statusTerm({ status }: Resource): { param: string; system: string; code: string }[] {
  return [{ param: 'status', system: '', code: textOf(status) }];
}

function patientsIn({ patients }: Resource): readonly string[] {
  return isList(patients) ? patients.filter((id) => typeof id === 'string') : [];
}
