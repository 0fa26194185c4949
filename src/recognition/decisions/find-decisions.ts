import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace, traceChange } from '../../audit/index.ts';
import { isOvertaken, ServiceError } from '../../errors.ts';
import type { Clause } from '../../fhir/search/query.ts';
import { patientsOf, personsOf } from '../../identity/index.ts';
import type { Services } from '../../services.ts';
import { findDecision, leaveFor } from './answer-decision.ts';
import { decisionChanges, patientsOfDecision } from './decision-changes.ts';
import type { DecisionRecord, DecisionState } from './decision-record.ts';
import { view } from './decision-steps.ts';
import { DECISION_TYPE, DUPLICATE_TEST, ISSUE_SYSTEM } from './detected-issue.ts';
import { readDecision } from './read-decision.ts';

/** Every decision about a duplicate test, and no other issue. */
export const ANY_DECISION: Clause = { kind: 'token', param: 'code', anyOf: [{ system: ISSUE_SYSTEM, code: DUPLICATE_TEST }] };

export interface DecisionFilter {
  /** Logical id of a Patient: all decisions of the person. */
  readonly patient?: string | undefined;
  /** `DecidedOrder.key`. */
  readonly order?: string | undefined;
  readonly state?: DecisionState | undefined;
  readonly item?: string | undefined;
}

export interface DecisionPage { readonly decisions: readonly DecisionRecord[]; readonly next: string | undefined }

/**
 * A decision with its result, for a physician who has a care relation with the patient. That one of the ordering institution has
 * opened it is noted the first time.
 *
 * @throws ServiceError 'not-found', 'forbidden'
 */
export async function openDecision(services: Services, caller: Caller, id: string): Promise<DecisionRecord> {
  const found = await findDecision(services, caller, id);
  const permit = await leaveFor(services, caller, 'recognition-ask', found);
  const outcome = caller.role === 'clinician' && caller.facility === found.order.organization ? view(found, services.clock().toISOString()) : undefined;
  const event = {
    action: 'read', interaction: 'recognition-decision', outcome: 'success', resources: [`${DECISION_TYPE}/${id}`], patients: patientsOfDecision(found),
    ...(permit.breakGlass === undefined ? {} : { breakGlass: permit.breakGlass }),
  } as const;
  if (outcome?.kind === 'changed') {
    try {
      const [write] = decisionChanges(outcome.record, '');
      await services.store.commit([...(write === undefined ? [] : [write]), traceChange(services, caller, event)]);
      return { ...outcome.record, version: found.version + 1 };
    } catch (error) {
      // Somebody answered it at this moment: the next one to open it notes it.
      if (!isOvertaken(error)) throw error;
    }
  }
  await recordTrace(services, caller, event);
  return found;
}

/**
 * Decisions of one person, or about one order, the last presented first.
 *
 * @throws ServiceError 'malformed' where neither is named; 'not-found' where there is none about the order; 'forbidden'
 */
export async function listDecisions(services: Services, caller: Caller, filter: DecisionFilter, page: { readonly count: number; readonly after: string | undefined }): Promise<DecisionPage> {
  if (filter.patient === undefined && filter.order === undefined) throw new ServiceError('malformed', 'Name the patient or the order, as in ?patient=<id> or ?order=<order>');
  if (caller.role !== 'clinician') await authorize(services, caller, { action: 'recognition-ask', type: DECISION_TYPE, patients: [] });
  const linked = filter.patient === undefined ? undefined : [filter.patient, ...patientsOf((await personsOf(services, [filter.patient])).persons)];
  const { items, next } = await services.store.search({ type: DECISION_TYPE, where: clausesOf(caller, filter, linked), sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const decisions = items.flatMap((stored) => readDecision(stored) ?? []);
  const patients = [...new Set([...(filter.patient === undefined ? [] : [filter.patient]), ...decisions.map(({ order }) => order.patient)])];
  const query = (['patient', 'order', 'state', 'item'] as const).flatMap((name) => (filter[name] === undefined ? [] : [`${name}=${encodeURIComponent(filter[name])}`])).join('&');
  if (patients.length === 0) throw await nothingAbout(services, caller, query);
  const permit = await authorize(services, caller, { action: 'recognition-ask', type: DECISION_TYPE, patients, query });
  await recordTrace(services, caller, {
    action: 'search', interaction: 'recognition-decisions', outcome: 'success', query, resources: decisions.map(({ id }) => `${DECISION_TYPE}/${id}`),
    patients: [...new Set(decisions.flatMap(patientsOfDecision))], ...(permit.breakGlass === undefined ? {} : { breakGlass: permit.breakGlass }),
  });
  return { decisions, next };
}

/** Of an order that nobody knows nothing is told, and nobody needs leave for that. */
async function nothingAbout(services: Services, caller: Caller, query: string): Promise<ServiceError> {
  const reason = 'There is no decision about such an order of your institution';
  await recordTrace(services, caller, { action: 'search', interaction: 'recognition-decisions', outcome: 'failed', reason, query });
  return new ServiceError('not-found', reason);
}

/** An order is named by the EMR that made it, so that the key counts at one institution only. */
function clausesOf(caller: Caller, { order, state, item }: DecisionFilter, linked: readonly string[] | undefined): readonly Clause[] {
  const ofFacility = caller.facility === undefined || linked !== undefined ? [] : [{ kind: 'reference' as const, param: 'recognition-organization', anyOf: [{ type: 'Organization', id: caller.facility }] }];
  return [
    ANY_DECISION, ...ofFacility,
    ...(linked === undefined ? [] : [{ kind: 'reference' as const, param: 'patient', anyOf: linked.map((id) => ({ type: 'Patient', id })) }]),
    ...(order === undefined ? [] : [{ kind: 'token' as const, param: 'recognition-order', anyOf: [{ code: order }] }]),
    ...(state === undefined ? [] : [{ kind: 'token' as const, param: 'recognition-state', anyOf: [{ code: state }] }]),
    ...(item === undefined ? [] : [{ kind: 'token' as const, param: 'recognition-item', anyOf: [{ code: item }] }]),
  ];
}
