import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { PersonDecision } from './decision.ts';
import { DECISION_TYPE, parseDecision } from './decision.ts';

export interface DecisionPage { readonly decisions: readonly PersonDecision[]; readonly next: string | undefined }

/**
 * What humans decided, the last decided first; withdrawn decisions are told too.
 *
 * @param filter logical id of a Patient that they name
 * @throws ServiceError 'forbidden'
 */
export async function listDecisions(services: Services, caller: Caller, filter: { readonly patient?: string | undefined }, page: { readonly count: number; readonly after: string | undefined }): Promise<DecisionPage> {
  await authorize(services, caller, { action: 'identity-read' });
  const where: Clause[] = filter.patient === undefined ? [] : [{ kind: 'reference', param: 'about', anyOf: [{ type: 'Patient', id: filter.patient }] }];
  const { items, next } = await services.store.search({ type: DECISION_TYPE, where, sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const decisions = items.map(({ body }) => parseDecision(body));
  const patients = [...new Set(decisions.flatMap((decision) => decision.patients))];
  await recordTrace(services, caller, {
    action: 'search', interaction: 'identity-read', outcome: 'success', query: `decisions${filter.patient === undefined ? '' : `?patient=${encodeURIComponent(filter.patient)}`}`, patients: patients.map((id) => `Patient/${id}`),
  });
  return { decisions, next };
}
