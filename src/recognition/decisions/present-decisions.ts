import type { Caller } from '../../access/index.ts';
import type { Event } from '../../audit/index.ts';
import { traceChanges } from '../../audit/index.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import { repeatedOnConflict } from './conflicts.ts';
import { decisionChanges, patientsOfDecision } from './decision-changes.ts';
import { decisionIdOf } from './decision-id.ts';
import type { DecisionRecord } from './decision-record.ts';
import { factsOf, present } from './decision-steps.ts';
import { DECISION_TYPE } from './detected-issue.ts';
import type { Presentation } from './presentation.ts';
import { readDecision } from './read-decision.ts';
import { assumeSamePerson } from './same-person.ts';

const HOUR_MS = 3_600_000;

/**
 * Records what a physician is about to be shown, and the trace of it, in one commit: nothing is shown before it resolves. The
 * same (order, item, prior report) is one decision, however often and at how many gateways it is presented.
 *
 * The caller has leave already (`authorize`), and waits for this before it answers.
 *
 * @param event of the disclosure; the decisions and their patients are added to it. It is traced even if nothing is presented
 * @returns one record for each presentation, in their order; its `id` is the `uuid` of the card
 * @throws ServiceError 'conflict' when the order and a result are no longer of one person: look for results again; 'unavailable'
 */
export async function presentDecisions(services: Services, caller: Caller, presentations: readonly Presentation[], event: Event): Promise<readonly DecisionRecord[]> {
  const wanted = new Map(presentations.map((presentation) => [decisionIdOf(presentation), presentation]));
  return repeatedOnConflict(async () => {
    const keys = [...wanted.keys()].map((id) => ({ type: DECISION_TYPE, id }));
    const stored = new Map((keys.length === 0 ? [] : await services.store.readMany(keys)).map((one) => [one.id, one]));
    const now = services.clock().toISOString();
    const planned = new Map([...wanted].map(([id, presentation]) => [id, plan(services, caller, { id, presentation, now }, stored.get(id))] as const));
    const changed = [...planned.values()].filter(({ isChanged }) => isChanged).map(({ record }) => record);
    const shown = [...planned.values()].map(({ record }) => record);
    const assuming = await assumeSamePerson(services, shown.filter(({ state }) => state === 'presented'));
    await services.store.commit([...changed.flatMap((record) => decisionChanges(record, now)), ...tracesOf(services, caller, event, shown)], assuming.length === 0 ? {} : { assuming });
    return presentations.flatMap((presentation) => {
      const { record, isChanged } = planned.get(decisionIdOf(presentation)) ?? {};
      return record === undefined ? [] : [isChanged === true ? { ...record, version: record.version + 1 } : record];
    });
  });
}

interface Wanted { readonly id: string; readonly presentation: Presentation; readonly now: string }

function plan({ config }: Services, { subject, name }: Caller, { id, presentation, now }: Wanted, stored: Stored | undefined): { readonly record: DecisionRecord; readonly isChanged: boolean } {
  const expiresAt = expiryOf(presentation, now, config.recognition.answerHours);
  const current = (stored === undefined ? undefined : readDecision(stored)) ?? candidateOf(id, presentation, { now, expiresAt, version: stored?.deleted === false ? stored.version : 0 });
  const outcome = present(current, presentation, { by: subject, name, at: now }, expiresAt);
  return outcome.kind === 'refused' ? { record: current, isChanged: false } : { record: outcome.record, isChanged: outcome.kind === 'changed' };
}

function candidateOf(id: string, presentation: Presentation, at: { readonly now: string; readonly expiresAt: string; readonly version: number }): DecisionRecord {
  const { order, item, name } = presentation;
  return {
    id, version: at.version, state: 'candidate', order, item, name, ...factsOf(presentation),
    presentedAt: at.now, expiresAt: at.expiresAt, viewedAt: undefined, revokedFrom: undefined, steps: [],
  };
}

/** A result that may be recognised until noon is answered by noon. */
function expiryOf({ assessment: { verdict, validUntil } }: Presentation, now: string, answerHours: number): string {
  const term = Date.parse(now) + answerHours * HOUR_MS;
  const last = verdict === 'recognise' && validUntil !== undefined ? Date.parse(validUntil) : Number.NaN;
  return new Date(Number.isNaN(last) || last < Date.parse(now) ? term : Math.min(term, last)).toISOString();
}

function tracesOf(services: Services, caller: Caller, event: Event, shown: readonly DecisionRecord[]) {
  return traceChanges(services, caller, {
    ...event,
    resources: [...new Set([...event.resources ?? [], ...shown.map(({ id }) => `${DECISION_TYPE}/${id}`)])],
    patients: [...new Set([...event.patients ?? [], ...shown.flatMap(patientsOfDecision)])],
  });
}
