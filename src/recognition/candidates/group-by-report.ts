import { districtDay } from '../catalogue/days.ts';
import type { RecognitionTables } from '../catalogue/recognition-tables.ts';
import type { Presentation, Price, PriorUsed } from '../decisions/index.ts';
import { bestOf } from '../rules/assess-panel.ts';
import type { Assessment, FailedGate } from '../rules/assessment.ts';
import { GATES } from '../rules/assessment.ts';
import { instantOf } from '../rules/district-time.ts';
import type { AssessedOrder, Candidate } from './assess-orders.ts';

/** Results of one report that are told together of one order, and decided on together. */
export interface ReportGroup {
  readonly order: AssessedOrder;
  readonly verdict: 'recognise' | 'view-only';
  /** In the order of the panel. At least one. */
  readonly members: readonly { readonly item: string; readonly best: Candidate }[];
  readonly presentation: Presentation;
}

/** Reports of which one order is told. */
const MOST_GROUPS = 3;

type Member = ReportGroup['members'][number];

/**
 * What a physician is told of an order: the reports that may stand in for it, the one that covers most of it first; where none
 * may, the report that comes nearest, with the reasons.
 *
 * @param now moment of the decision
 */
export function groupsOf(order: AssessedOrder, tables: Pick<RecognitionTables, 'priceOf'> & { readonly nameOf: (organization: string | undefined) => string | undefined }, at: { readonly now: Date; readonly offsetMinutes: number }): readonly ReportGroup[] {
  const { panel, coverage, items } = order;
  if (panel === undefined || coverage === undefined) return [];
  const members = coverage.recognised;
  const isRecognised = members.length > 0;
  const shown = isRecognised ? members : items.flatMap(({ item, candidates }) => {
    const best = bestOf(candidates);
    return best === undefined ? [] : [{ item, best }];
  });
  const reports = byReport(order, shown, isRecognised);
  const day = districtDay(at.now.toISOString(), at.offsetMinutes);
  return reports.slice(0, isRecognised ? MOST_GROUPS : 1).map((group): ReportGroup => ({
    order, members: group, verdict: isRecognised ? 'recognise' : 'view-only',
    presentation: presentationOf(order, group, { nameOf: tables.nameOf, priceOf: (kind, key) => tables.priceOf(order.asked.decided.organization, { kind, key }, day) }),
  }));
}

/** One report after another, that which covers most of what is left first: a panel is taken over from as few as can be. */
function byReport({ items }: AssessedOrder, shown: readonly Member[], isRecognised: boolean): readonly (readonly Member[])[] {
  const groups: (readonly Member[])[] = [];
  let open = shown;
  while (open.length > 0) {
    const all = open.flatMap(({ item }) => (items.find((one) => one.item === item)?.candidates ?? [])
      .filter(({ assessment }) => (assessment.verdict === 'recognise') === isRecognised).map((best) => ({ item, best })));
    const reports = [...Map.groupBy(all, ({ best }) => reportOf(best)).values()].map(onePerItem);
    const [largest] = reports.sort(bySize);
    // What is told of an item was among its candidates, so that there always is one.
    if (largest === undefined) break;
    groups.push(largest);
    open = open.filter(({ item }) => !largest.some((member) => member.item === item));
  }
  return groups;
}

function reportOf({ prior }: Candidate): string {
  return prior.report ?? prior.reference;
}

function onePerItem(members: readonly Member[]): readonly Member[] {
  return [...Map.groupBy(members, ({ item }) => item)].flatMap(([item, all]) => {
    const best = bestOf(all.map((member) => member.best));
    return best === undefined ? [] : [{ item, best }];
  });
}

function bySize(a: readonly Member[], b: readonly Member[]): number {
  const newest = (members: readonly Member[]): number => Math.max(...members.map(({ best }) => instantOf(best.assessment.anchor?.at) ?? 0));
  const nameOf = ([first]: readonly Member[]): string => (first === undefined ? '' : reportOf(first.best));
  return b.length - a.length || newest(b) - newest(a) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

type PriceFinder = (kind: 'item' | 'panel', key: string) => ReturnType<RecognitionTables['priceOf']>;

interface Told { readonly nameOf: (organization: string | undefined) => string | undefined; readonly priceOf: PriceFinder }

function presentationOf({ asked, panel, isPanel }: AssessedOrder, members: readonly Member[], { nameOf, priceOf }: Told): Presentation {
  const { panel: key, zh, en, members: asks } = panel ?? { panel: '', zh: '', en: '', members: [] };
  const assessment = togetherOf(members.map(({ best }) => best.assessment));
  const coversOrder = assessment.verdict === 'recognise' && asks.every((item) => members.some((member) => member.item === item));
  return {
    order: asked.decided, item: key, name: { zh, en },
    ...(isPanel ? { members: members.map(({ item }) => item) } : {}),
    coversOrder,
    prior: priorUsed(members, nameOf),
    assessment,
    price: priceOfGroup(isPanel && coversOrder ? ['panel', key] : undefined, members, priceOf),
  };
}

/** Of several results the weakest counts: the earliest end, the oldest anchor. */
function togetherOf(assessments: readonly Assessment[]): Assessment {
  const failed = GATES.flatMap((gate): FailedGate[] => assessments.flatMap((one) => one.failed.filter((fault) => fault.gate === gate)).slice(0, 1));
  const oldest = assessments.map(({ anchor }) => anchor).filter((anchor) => anchor !== undefined).sort((a, b) => (instantOf(a.at) ?? 0) - (instantOf(b.at) ?? 0))[0];
  const ends = assessments.map(({ validUntil }) => validUntil).filter((end) => end !== undefined).sort();
  return { verdict: failed.length === 0 ? 'recognise' : 'view-only', failed, mark: assessments.map(({ mark }) => mark).find((mark) => mark !== undefined), anchor: oldest, validUntil: ends[0] };
}

function priorUsed(members: readonly Member[], nameOf: Told['nameOf']): PriorUsed {
  const [first] = members;
  const report = first?.best.report;
  const text = members.map(({ best }) => best.shown.value).filter((value) => value !== undefined);
  return {
    report: report === undefined ? undefined : { reference: `DiagnosticReport/${report.resource.id ?? ''}`, version: report.version },
    results: members.map(({ best: { prior } }) => ({ reference: prior.reference, version: prior.version })),
    patients: [...new Set(members.map(({ best }) => best.prior.patient))],
    performer: first?.best.prior.performer?.organization,
    performerName: nameOf(first?.best.prior.performer?.organization),
    ...(text.length === 0 ? {} : { text: members.map(({ item, best }) => `${item} ${best.shown.value ?? ''}`.trim()).join('；') }),
  };
}

/** A panel has its own price; of a part of it the prices of the items together, where all of them are known. */
function priceOfGroup(whole: readonly ['item' | 'panel', string] | undefined, members: readonly Member[], priceOf: PriceFinder): Price | undefined {
  const ofPanel = whole === undefined ? undefined : priceOf(...whole);
  const prices = ofPanel === undefined ? members.map(({ item }) => priceOf('item', item)) : [ofPanel];
  const known = prices.filter((price) => price !== undefined);
  if (known.length < prices.length) return undefined;
  const share = ({ fen, patientShare }: { readonly fen: number; readonly patientShare: number }): number => Math.round((fen * patientShare) / 100);
  return { grossFen: known.reduce((sum, { fen }) => sum + fen, 0), patientShareFen: known.reduce((sum, price) => sum + share(price), 0) };
}
