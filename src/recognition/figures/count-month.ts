import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clause } from '../../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import type { DecisionRecord } from '../decisions/decision-record.ts';
import { DECISION_TYPE } from '../decisions/detected-issue.ts';
import { ANY_DECISION } from '../decisions/find-decisions.ts';
import { readDecision } from '../decisions/read-decision.ts';
import { parseRepeat, REPEAT_TYPE, type Repeat } from '../repeats/repeat.ts';
import { FigureCounter, type FigureSet } from './figure-set.ts';
import { monthOf } from './month.ts';
import { pagesOf } from '../../store/search-all.ts';

/** Of which part of a month. */
export interface MonthFilter { readonly month: string; readonly organization?: string | undefined; readonly item?: string | undefined }
/** Who sees each record as it is counted. */
export interface Watcher { readonly decision?: (record: DecisionRecord) => Promise<void> | void; readonly repeat?: (repeat: Repeat) => Promise<void> | void }

/**
 * Counts the decisions that were first presented in a month of the district, and the repeats that were done in it, page by page:
 * what is held in memory are the numbers and one page.
 */
export async function countMonth(services: Services, filter: MonthFilter, watcher: Watcher = {}): Promise<FigureSet> {
  const counter = new FigureCounter(filter.month);
  await eachPage(services, { type: DECISION_TYPE, where: decisionClauses(services, filter) }, async (stored) => {
    const record = readDecision(stored);
    if (record === undefined) return;
    counter.addDecision(record);
    await watcher.decision?.(record);
  });
  await eachPage(services, { type: REPEAT_TYPE, where: repeatClauses(filter) }, async ({ body }) => {
    const repeat = parseRepeat(body);
    counter.addRepeat(repeat);
    await watcher.repeat?.(repeat);
  });
  return counter.figures();
}

async function eachPage({ store }: Services, query: { readonly type: string; readonly where: readonly Clause[] }, look: (stored: Awaited<ReturnType<Services['store']['search']>>['items'][number]) => Promise<void>): Promise<void> {
  for await (const items of pagesOf(store, { ...query, limit: MAX_PAGE_SIZE / 2 })) {
    for (const stored of items) await look(stored);
    // Others are served between two pages.
    await nextTurn();
  }
}

export function decisionClauses({ config }: Pick<Services, 'config'>, { month, organization, item }: MonthFilter): readonly Clause[] {
  const { start, end } = monthOf(month, config.offsetMinutes);
  return [
    ANY_DECISION,
    { kind: 'date', param: 'identified', anyOf: [{ prefix: 'eq', low: start, high: end }] },
    ...(organization === undefined ? [] : [{ kind: 'reference' as const, param: 'recognition-organization', anyOf: [{ type: 'Organization', id: organization }] }]),
    ...(item === undefined ? [] : [{ kind: 'token' as const, param: 'recognition-item', anyOf: [{ code: item }] }]),
  ];
}

export function repeatClauses({ month, organization, item }: MonthFilter): readonly Clause[] {
  return Object.entries({ month, organization, item }).flatMap(([param, code]): Clause[] => (code === undefined ? [] : [{ kind: 'token', param, anyOf: [{ code }] }]));
}
