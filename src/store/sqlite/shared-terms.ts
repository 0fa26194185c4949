import type { TermKind } from '../../fhir/search/query.ts';

/** Tokens that hold for one resource or a few: identifiers under whatever name, and what reaches one person or machine. */
const IDENTIFYING = /(^|[:-])identifier(:of-type)?$|^(accession|requisition|series|instance|related-id|telecom|phone|email)$/;

const known = new Map<string, boolean>();

/**
 * Whether the values of a parameter recur, so that the resource has them by its kind and not by rows of its own: codes,
 * statuses, profiles. A parameter that is taken for recurring and is not costs space, never a wrong answer.
 */
export function isShared(param: string, kind: TermKind): boolean {
  if (kind !== 'token') return kind === 'uri' && param === '_profile';
  const answer = known.get(param) ?? !IDENTIFYING.test(param);
  known.set(param, answer);
  return answer;
}
