import type { Services } from '../../services.ts';
import { traceChange } from '../../audit/index.ts';
import { commitOnce } from '../../commit-once.ts';
import type { Clause } from '../../fhir/search/query.ts';
import { pagesOf } from '../../store/search-all.ts';
import type { Stored } from '../../store/store.ts';
import { decisionChanges, patientsOfDecision } from './decision-changes.ts';
import { expire } from './decision-steps.ts';
import { DECISION_TYPE } from './detected-issue.ts';
import { EXCHANGE } from './exchange.ts';
import { ANY_DECISION } from './find-decisions.ts';
import { readDecision } from './read-decision.ts';

/**
 * Ends the wait for the answers that are overdue. Several gateways may do it at one moment: each decision expires once, and one
 * that is answered meanwhile does not.
 *
 * @returns how many have expired
 */
export async function expireDecisions(services: Services, signal?: AbortSignal): Promise<number> {
  const now = services.clock();
  const overdue: Clause = { kind: 'date', param: 'recognition-expires', anyOf: [{ prefix: 'le', low: now.getTime(), high: now.getTime() }] };
  const where: readonly Clause[] = [ANY_DECISION, { kind: 'token', param: 'recognition-state', anyOf: [{ code: 'presented' }] }, overdue];
  let expired = 0;
  for await (const items of pagesOf(services.store, { type: DECISION_TYPE, where })) {
    for (const stored of items) {
      if (signal?.aborted === true) return expired;
      if (await expireOne(services, stored, now.toISOString())) expired++;
    }
  }
  return expired;
}

async function expireOne(services: Services, stored: Stored, now: string): Promise<boolean> {
  const record = readDecision(stored);
  const outcome = record === undefined ? undefined : expire(record, { by: EXCHANGE.subject, at: now });
  if (outcome?.kind !== 'changed') return false;
  const { record: after } = outcome;
  return commitOnce(services, [
    ...decisionChanges(after, now),
    traceChange(services, EXCHANGE, { action: 'update', interaction: 'recognition-expire', outcome: 'success', resources: [`${DECISION_TYPE}/${after.id}`], patients: patientsOfDecision(after) }),
  ]);
}
