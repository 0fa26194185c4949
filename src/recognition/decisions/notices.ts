import { derivedId } from '../../fhir/derived-id.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { JsonObject, Resource } from '../../fhir/resource.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import type { BasisChange, DecisionRecord } from './decision-record.ts';
import { DECISION_TYPE } from './detected-issue.ts';

/** Code system of the exchange's Tasks. */
export const TASK_SYSTEM = 'https://bund.example/CodeSystem/task';
export const REOPENED = 'recognition-reopened';
export const RECALLED = 'recognition-recalled';
/** Tasks that wait for their institution. */
export const OPEN_TASK = 'requested';

const DESCRIPTIONS: Record<BasisChange['kind'], string> = {
  corrected: '所依据的结果已更正，请重新确认互认决定 A result that the decision rests on was corrected: look at it again',
  retracted: '所依据的结果已撤回，请重新确认互认决定 A result that the decision rests on was retracted: look at it again',
  recalled: '所依据结果的互认标识已被召回，请重新确认互认决定 The quality certificate behind the result was recalled: look at the decision again',
  identity: '所依据的结果与医嘱不再属于同一患者，请立即核对 The result and the order are no longer of one person: look at it at once',
};

/** Tells the ordering institution that one of its decisions was re-opened. One notice for each time. */
export function reopenedNotice({ id, order, steps }: DecisionRecord, now: string): Resource & { readonly id: string } {
  const changes = steps.at(-1)?.changes ?? [];
  const kinds = [...new Set(changes.map(({ kind }) => kind))];
  return {
    ...task(derivedId('Task', REOPENED, id, steps.length), REOPENED, order.organization, now),
    priority: kinds.includes('identity') || kinds.includes('retracted') ? 'urgent' : 'routine',
    description: kinds.map((kind) => DESCRIPTIONS[kind]).join('; '),
    focus: { reference: `${DECISION_TYPE}/${id}` },
    for: { reference: `Patient/${order.patient}` },
    input: changes.map(({ reference, version, what }) => ({ type: typed('changed'), valueReference: { reference: `${reference}/_history/${version}`, ...(what.length === 0 ? {} : { display: what.join(' ') }) } })),
  };
}

/**
 * Tells an institution which results it has recognised by a certificate since the instant of its recall.
 *
 * @param decisions ids, sorted; @param recall reference of the VerificationResult, and its version
 */
export function recalledNotice(organization: string, recall: { readonly reference: string; readonly version: number }, decisions: readonly string[], now: string): Resource & { readonly id: string } {
  return {
    ...task(derivedId('Task', RECALLED, organization, recall.reference, recall.version), RECALLED, organization, now),
    priority: 'urgent',
    description: decisions.length === 0
      ? '互认标识已被召回；召回生效后本机构没有据其互认结果 A quality certificate was recalled; nothing was recognised by it here since'
      : '互认标识已被召回；所列为召回生效后据其互认的决定 A quality certificate was recalled; the decisions listed were taken by it since',
    focus: { reference: recall.reference },
    input: decisions.map((id) => ({ type: typed('decision'), valueReference: { reference: `${DECISION_TYPE}/${id}` } })),
  };
}

function task(id: string, code: string, organization: string, now: string): Resource & { readonly id: string } {
  return {
    resourceType: 'Task', id, status: OPEN_TASK, intent: 'order', code: typed(code), authoredOn: now, lastModified: now,
    owner: { reference: `Organization/${organization}` },
  };
}

function typed(code: string): JsonObject {
  return { coding: [{ system: TASK_SYSTEM, code }] };
}

/** The writes that close what an institution was told of a decision: it has been looked at. */
export async function closedNotices({ store, clock }: Services, decision: string): Promise<readonly Change[]> {
  const { items } = await store.search({
    type: 'Task',
    where: [
      { kind: 'reference', param: 'focus', anyOf: [{ type: DECISION_TYPE, id: decision }] },
      { kind: 'token', param: 'code', anyOf: [{ system: TASK_SYSTEM, code: REOPENED }] },
      { kind: 'token', param: 'status', anyOf: [{ code: OPEN_TASK }] },
    ],
    sort: [], limit: MAX_PAGE_SIZE,
  });
  return items.map(({ id, version, body }) => ({ kind: 'put', resource: completedTask({ ...resourceOf(body), id }, clock().toISOString()), expectedVersion: version }));
}

export function completedTask(notice: Resource & { readonly id: string }, now: string): Resource & { readonly id: string } {
  return { ...notice, status: 'completed', lastModified: now };
}
