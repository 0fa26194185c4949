import type { Resource } from '../../fhir/resource.ts';
import type { Clause } from '../../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import { idsOf } from '../candidates/elements.ts';
import { ofPatients } from '../candidates/find-results.ts';
import { DECISION_TYPE } from '../decisions/detected-issue.ts';
import { ANY_DECISION } from '../decisions/find-decisions.ts';
import { readDecision } from '../decisions/read-decision.ts';

/**
 * What the decisions of physicians say of a repeated test. `explained`: one was asked about the prior result, or about the order
 * of the repeated one; it is counted there. `accepted`: the prior result was recognised, and the test done all the same.
 */
export type Coverage = 'explained' | 'accepted' | 'none';

export interface Repeated {
  /** Logical ids of all Patients of the person. */
  readonly patients: readonly string[];
  readonly item: string;
  /** Reference of the result that could have been recognised. */
  readonly prior: string;
  readonly result: Resource;
}

export async function coverageOf({ store }: Pick<Services, 'store'>, { patients, item, prior, result }: Repeated): Promise<Coverage> {
  const orders = new Set(idsOf(result['basedOn'], 'ServiceRequest').map((id) => `ServiceRequest/${id}`));
  const slash = prior.indexOf('/');
  const about: Clause = { kind: 'or', clauses: [
    { kind: 'reference', param: 'implicated', anyOf: [{ type: prior.slice(0, slash), id: prior.slice(slash + 1) }] },
    ...(orders.size === 0 ? [] : [{ kind: 'token' as const, param: 'recognition-order', anyOf: [...orders].map((code) => ({ code })) }]),
  ] };
  const { items } = await store.search({ type: DECISION_TYPE, where: [ANY_DECISION, ofPatients(patients), about], sort: [], limit: MAX_PAGE_SIZE });
  const decisions = items.flatMap((stored) => readDecision(stored) ?? []).filter((decision) => decision.item === item || decision.members.includes(item));
  if (decisions.some(({ state }) => state !== 'accepted')) return 'explained';
  return decisions.length === 0 ? 'none' : 'accepted';
}
