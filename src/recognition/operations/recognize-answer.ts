import type { JsonObject } from '../../fhir/resource.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';
import type { AssessedItem, AssessedOrder } from '../candidates/assess-orders.ts';
import type { Told } from '../candidates/ask-recognition.ts';
import { EXAMINATION_SYSTEM, PANEL_SYSTEM } from '../catalogue/check-entry.ts';
import { bestOf } from '../rules/assess-panel.ts';
import type { Assessment } from '../rules/assessment.ts';

type Part = JsonObject;

/** The Parameters that `$recognize` answers: one for each order, in their order, with a part for each of its items. Pure. */
export function answerParameters({ orders, groups }: Told): JsonObject {
  return {
    resourceType: 'Parameters',
    parameter: orders.map((order) => ({ name: 'order', part: orderParts(order, groups.filter((group) => group.order === order).flatMap(({ decision }) => decision?.id ?? [])) })),
  };
}

function orderParts({ asked, ordered, panel, isPanel, items, coverage }: AssessedOrder, decisions: readonly string[]): readonly Part[] {
  const reference = asked.decided.reference ?? asked.draft;
  return [
    ...(reference === undefined ? [] : [{ name: 'reference', valueReference: { reference } }]),
    ...(isPanel && panel !== undefined ? [{ name: 'panel', valueCoding: { system: PANEL_SYSTEM, code: panel.panel, display: panel.zh } }] : []),
    { name: 'coverage', valueCode: coverage?.coverage ?? 'none' },
    ...(panel === undefined ? [{ name: 'remark', valueString: ordered?.kind === 'several' ? `The codes of the order contradict each other: ${ordered.names.join(', ')}` : 'The codes of the order stand for nothing in the catalogue' }] : []),
    ...items.filter(({ item, candidates }) => panel?.members.includes(item) === true || candidates.length > 0).map((item) => ({ name: 'item', part: itemParts(item) })),
    ...decisions.map((id) => ({ name: 'decision', valueReference: { reference: `DetectedIssue/${id}` } })),
  ];
}

function itemParts({ item, row, candidates }: AssessedItem): readonly Part[] {
  const code = { name: 'code', valueCoding: { system: row?.kind === 'imaging' ? EXAMINATION_SYSTEM : ITEM_SYSTEM, code: item, ...(row === undefined ? {} : { display: row.zh }) } };
  const best = bestOf(candidates);
  if (best === undefined) return [code, { name: 'verdict', valueCode: 'none' }];
  const { prior, assessment } = best;
  return [
    code,
    { name: 'verdict', valueCode: assessment.verdict },
    { name: 'prior', valueReference: { reference: prior.reference } },
    ...(prior.report === undefined ? [] : [{ name: 'report', valueReference: { reference: prior.report } }]),
    ...assessmentParts(assessment),
  ];
}

function assessmentParts({ anchor, validUntil, mark, failed }: Assessment): readonly Part[] {
  return [
    ...(anchor === undefined ? [] : [{ name: 'anchor', part: [{ name: 'kind', valueCode: anchor.kind }, { name: 'at', valueDateTime: anchor.at }, { name: 'isFallback', valueBoolean: anchor.isFallback }] }]),
    ...(validUntil === undefined ? [] : [{ name: 'validUntil', valueInstant: validUntil }]),
    ...(mark === undefined ? [] : [{ name: 'mark', part: [{ name: 'certificate', valueReference: { reference: `VerificationResult/${mark.certificate}` } }, { name: 'scope', valueCode: mark.scope }, { name: 'label', valueString: mark.label }] }]),
    ...failed.map(({ gate, zh, en }) => ({ name: 'failed', part: [{ name: 'gate', valueCode: gate }, { name: 'zh', valueString: zh }, { name: 'en', valueString: en }] })),
  ];
}
