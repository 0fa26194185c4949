import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import { searchAll } from '../store/search-all.ts';
import type { Assumption } from '../store/store.ts';
import type { PersonDecision } from './decision.ts';
import { DECISION_TYPE, parseDecision } from './decision.ts';

/** What humans decided about records, and that there is no more of it. */
export interface FoundDecisions { readonly decisions: readonly PersonDecision[]; readonly assumption: Assumption }

/** The decisions in force that name one of these Patients. */
export async function activeDecisions({ store }: Pick<Services, 'store'>, patients: readonly string[]): Promise<FoundDecisions> {
  const where: readonly Clause[] = [
    { kind: 'reference', param: 'about', anyOf: patients.map((id) => ({ type: 'Patient', id })) },
    { kind: 'token', param: 'status', anyOf: [{ system: '', code: 'active' }] },
  ];
  const decisions = (await searchAll(store, { type: DECISION_TYPE, where })).map(({ body }) => parseDecision(body));
  return { decisions, assumption: { type: DECISION_TYPE, where, ids: decisions.map(({ id }) => id) } };
}
