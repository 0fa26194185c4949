import { randomUUID } from 'node:crypto';
import type { ToldGroup } from '../candidates/ask-recognition.ts';
import { RETEST_REASON_SYSTEM } from '../decisions/index.ts';
import { detailOf, type Speaking, summaryOf } from './card-text.ts';

/** @see https://cds-hooks.hl7.org/2.0/#card-attributes */
export interface Card {
  readonly uuid: string;
  readonly summary: string;
  readonly indicator: 'info' | 'warning';
  readonly detail: string;
  readonly source: { readonly label: string; readonly url: string; readonly topic: Coding };
  readonly suggestions?: readonly Suggestion[];
  readonly selectionBehavior?: 'at-most-one';
  readonly overrideReasons?: readonly Coding[];
  readonly links?: readonly Link[];
}
export interface Coding { readonly system: string; readonly code: string; readonly display: string }
export interface Link { readonly label: string; readonly url: string; readonly type: 'absolute' }
export interface Suggestion {
  readonly label: string;
  readonly uuid: string;
  readonly isRecommended: boolean;
  readonly actions?: readonly { readonly type: 'delete'; readonly description: string; readonly resourceId: string }[];
}

const TOPIC_SYSTEM = 'https://bund.example/CodeSystem/recognition-topic';
const TOPICS = {
  test: { system: TOPIC_SYSTEM, code: 'duplicate-test', display: '重复检验 Repeated test' },
  examination: { system: TOPIC_SYSTEM, code: 'duplicate-examination', display: '重复检查 Repeated examination' },
} as const;

/**
 * The card of a report: it explains, it offers to take the draft away, and never blocks. Only what may be recognised asks for a
 * reason when it is not.
 *
 * @param base public address of the exchange
 */
export function cardOf(group: ToldGroup, speaking: Speaking, base: string): Card {
  const isRecognised = group.verdict === 'recognise';
  return {
    // The decision's id: the feedback comes back under it.
    uuid: group.decision?.id ?? randomUUID(),
    summary: summaryOf(group, speaking),
    indicator: isRecognised ? 'warning' : 'info',
    detail: detailOf(group, speaking),
    source: sourceOf(base, group.order.items.some(({ row }) => row?.kind === 'imaging') ? 'examination' : 'test'),
    ...(isRecognised ? { suggestions: [suggestionOf(group)], selectionBehavior: 'at-most-one', overrideReasons: reasonsOf(speaking) } : {}),
    ...linksOf(group, base),
  };
}

export function sourceOf(base: string, topic: keyof typeof TOPICS): Card['source'] {
  return { label: '区域检验检查结果互认 Bund', url: base, topic: TOPICS[topic] };
}

/** A report that covers a part of the order leaves the order as it is: what is left of it, the physician orders. */
function suggestionOf({ presentation: { coversOrder, name }, order: { asked } }: ToldGroup): Suggestion {
  const takesAway = coversOrder && asked.draft !== undefined;
  return {
    label: takesAway ? `采用已有结果，撤销本次${name.zh} Use it and take the order away` : '采用已有结果 Use it',
    uuid: randomUUID(), isRecommended: takesAway,
    ...(takesAway ? { actions: [{ type: 'delete', description: `撤销医嘱 ${name.zh} / Take the draft of ${name.en} away`, resourceId: asked.draft }] } : {}),
  };
}

function reasonsOf({ services: { recognition } }: Speaking): readonly Coding[] {
  return recognition.reasons.map(({ code, zh, en }) => ({ system: RETEST_REASON_SYSTEM, code, display: `${zh} ${en}` }));
}

function linksOf({ members }: ToldGroup, base: string): Pick<Card, 'links'> {
  const reports = [...new Set(members.map(({ best: { prior } }) => prior.report ?? prior.reference))];
  return { links: reports.map((reference) => ({ label: '查看报告 Open the report', url: `${base}/fhir/${reference}`, type: 'absolute' })) };
}
