import type { Action, Caller, Permit } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace, traceChange } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import type { Assumption } from '../../store/store.ts';
import { Decided, repeatedOnConflict } from './conflicts.ts';
import { decisionChanges, patientsOfDecision } from './decision-changes.ts';
import type { DecisionRecord, RetestReason } from './decision-record.ts';
import type { Act, StepOutcome } from './decision-steps.ts';
import { answer, reverse } from './decision-steps.ts';
import { DECISION_TYPE } from './detected-issue.ts';
import { closedNotices } from './notices.ts';
import { readDecision } from './read-decision.ts';
import { assumeSamePerson } from './same-person.ts';
import type { OrderStep } from './stored-order.ts';
import { restoreOrder, revokeOrder } from './stored-order.ts';

/** What a physician answers. */
export interface Answer {
  /** Id of the decision: the `uuid` of the card. */
  readonly decision: string;
  readonly outcome: 'accepted' | 'declined';
  /** Of the six; needed to decline. */
  readonly reason?: RetestReason | undefined;
  /** Words; needed for reason 6. */
  readonly text?: string | undefined;
  /** Whether the patient was told why the test is repeated. */
  readonly isPatientInformed?: boolean | undefined;
  /** When they answered, where that was before now; instant. */
  readonly at?: string | undefined;
}

/** `reason`: in words. */
export interface Reversal { readonly decision: string; readonly reason: string; readonly at?: string | undefined }

/** Clocks of two machines may differ by this much. */
const SKEW_MS = 5 * 60_000;

/**
 * Records a physician's answer. Accepted, the stored order is revoked in the same commit, where nothing of it is left to be done.
 * The same answer again changes nothing; one that comes after the decision has expired is marked as late.
 *
 * @throws ServiceError 'not-found' for an unknown decision; 'forbidden'; 'invalid' where a reason or its words are missing;
 *   'conflict' for an answer that contradicts one that stands, or where order and result are no longer of one person
 */
export function answerDecision(services: Services, caller: Caller, said: Answer): Promise<DecisionRecord> {
  return change(services, caller, { ...said, interaction: 'recognition-answer' }, {
    step: (record, act) => answer(record, said, act),
    order: (record) => (record.state === 'accepted' ? revokeOrder(services, record) : restoreOrder(services, record)),
  });
}

/**
 * Takes an acceptance back, with its reason; the order that was revoked because of it is put back in the same commit, unless
 * somebody has changed it since.
 *
 * @throws ServiceError as `answerDecision`
 */
export function reverseDecision(services: Services, caller: Caller, said: Reversal): Promise<DecisionRecord> {
  return change(services, caller, { ...said, interaction: 'recognition-reverse' }, {
    step: (record, act) => reverse(record, said.reason, act),
    order: (record) => restoreOrder(services, record),
  });
}

interface Asked { readonly decision: string; readonly at?: string | undefined; readonly interaction: string }
interface Changing {
  readonly step: (record: DecisionRecord, act: Act) => StepOutcome;
  readonly order: (record: DecisionRecord) => Promise<OrderStep>;
}

async function change(services: Services, caller: Caller, asked: Asked, changing: Changing): Promise<DecisionRecord> {
  return repeatedOnConflict(async () => {
    const found = await findDecision(services, caller, asked.decision);
    const permit = await leaveFor(services, caller, 'recognition-answer', found);
    await requireOwnOrder(services, caller, found, asked.interaction);
    const at = actedAt(services, asked.at, found);
    const outcome = changing.step(found, { by: caller.subject, name: caller.name, at });
    if (outcome.kind === 'refused') throw await refusal(services, caller, outcome, { found, asked, permit });
    if (outcome.kind === 'unchanged') {
      await recordTrace(services, caller, eventOf(found, asked, permit));
      return found;
    }
    return commitStep(services, caller, { record: outcome.record, order: await changing.order(outcome.record), asked, permit });
  });
}

interface Step { readonly record: DecisionRecord; readonly order: OrderStep; readonly asked: Asked; readonly permit: Permit }

async function commitStep(services: Services, caller: Caller, { record: stepped, order, asked, permit }: Step): Promise<DecisionRecord> {
  const now = services.clock().toISOString();
  const record = withOrder(stepped, order);
  const assuming: readonly Assumption[] = record.state === 'accepted' ? await assumeSamePerson(services, [record]) : [];
  const event = eventOf(record, asked, permit);
  await services.store.commit([
    ...decisionChanges(record, now, order.changes.length === 0 ? undefined : order.reference),
    ...order.changes,
    ...await closedNotices(services, record.id),
    traceChange(services, caller, { ...event, resources: [...event.resources, ...(order.changes.length === 0 || order.reference === undefined ? [] : [order.reference])] }),
  ], assuming.length === 0 ? {} : { assuming });
  return { ...record, version: record.version + 1 };
}

function withOrder(record: DecisionRecord, { outcome, revokedFrom }: OrderStep): DecisionRecord {
  const steps = record.steps.map((step, at) => (outcome !== undefined && at === record.steps.length - 1 ? { ...step, order: outcome } : step));
  return { ...record, steps, revokedFrom: record.state === 'accepted' ? revokedFrom ?? record.revokedFrom : revokedFrom };
}

/** @throws ServiceError 'not-found', after the attempt is durable in the trace */
export async function findDecision(services: Services, caller: Caller, id: string): Promise<DecisionRecord> {
  const stored = /^[0-9a-f-]{36}$/.test(id) ? await services.store.read({ type: DECISION_TYPE, id }) : undefined;
  const record = stored === undefined ? undefined : readDecision(stored);
  if (record !== undefined) return record;
  const reason = 'There is no decision with this id';
  await recordTrace(services, caller, { action: 'operation', interaction: 'recognition-answer', outcome: 'failed', reason });
  throw new ServiceError('not-found', reason);
}

/** @throws ServiceError 'forbidden', traced */
export function leaveFor(services: Services, caller: Caller, action: Action, { id, order }: DecisionRecord): Promise<Permit> {
  return authorize(services, caller, { action, type: DECISION_TYPE, id, patients: [order.patient] });
}

/** Who has a care relation reads the decision; whose order it is answers it. */
async function requireOwnOrder(services: Services, caller: Caller, record: DecisionRecord, interaction: string): Promise<void> {
  if (caller.role !== 'clinician' || caller.facility === record.order.organization) return;
  const reason = 'The decision is about an order of another institution, whose physicians answer it';
  await recordTrace(services, caller, { action: 'operation', interaction, outcome: 'refused', reason, resources: [`${DECISION_TYPE}/${record.id}`], patients: patientsOfDecision(record) });
  throw new ServiceError('forbidden', reason);
}

/** @throws ServiceError 'invalid' */
function actedAt({ clock }: Services, at: string | undefined, { presentedAt }: DecisionRecord): string {
  const now = clock();
  if (at === undefined) return now.toISOString();
  const instant = Date.parse(at);
  const fault = Number.isNaN(instant) ? 'at must be an instant such as 2026-03-01T08:00:00+08:00'
    : instant > now.getTime() + SKEW_MS ? 'at lies in the future'
    : instant < Date.parse(presentedAt) - SKEW_MS ? 'at lies before the result was presented' : undefined;
  if (fault !== undefined) throw new ServiceError('invalid', fault, [{ severity: 'error', code: 'value', diagnostics: fault, expression: 'at' }]);
  return new Date(instant).toISOString();
}

function eventOf(record: DecisionRecord, { interaction }: Asked, { breakGlass }: Permit) {
  return {
    action: 'operation', interaction, outcome: 'success', resources: [`${DECISION_TYPE}/${record.id}`], patients: patientsOfDecision(record),
    ...(breakGlass === undefined ? {} : { breakGlass }),
  } as const;
}

interface Refused { readonly found: DecisionRecord; readonly asked: Asked; readonly permit: Permit }

/** The error to be thrown, once the refusal is durable in the trace. */
async function refusal(services: Services, caller: Caller, { because, element, sentence }: Extract<StepOutcome, { kind: 'refused' }>, { found, asked, permit }: Refused): Promise<ServiceError> {
  await recordTrace(services, caller, { ...eventOf(found, asked, permit), outcome: 'refused', reason: sentence });
  return because === 'state' ? new Decided(sentence, element)
    : new ServiceError('invalid', sentence, [{ severity: 'error', code: 'required', diagnostics: sentence, expression: element }]);
}
