import type { Resource } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import { districtDay } from '../catalogue/days.ts';
import type { Ordered } from '../catalogue/recognition-tables.ts';
import type { DecidedOrder } from '../decisions/index.ts';
import { assessPanel, type AssessedPrior, type PanelAssessment } from '../rules/assess-panel.ts';
import { assessResult } from '../rules/assess-result.ts';
import type { CataloguePanel, CatalogueRow, Scope } from '../rules/catalogue-item.ts';
import { DAY_MS, instantOf } from '../rules/district-time.ts';
import type { Institution, OrderItem } from '../rules/facts.ts';
import { gatherPriors, type Gathered, type Subject } from './gather-priors.ts';
import type { ReadOrder } from './read-order.ts';
import { shownResult, type ShownResult } from './shown-result.ts';
import type { ReadResource } from './prior-result.ts';

/** An order that somebody asks about. */
export interface AskedOrder {
  readonly decided: DecidedOrder;
  /** False for a mere question: an order that nothing tells from others, of which nothing can be decided. */
  readonly isRecorded: boolean;
  /** `ServiceRequest/…` as the asker calls it, so that it can be taken away; undefined where it is none. */
  readonly draft: string | undefined;
  readonly read: ReadOrder;
}

/** A prior result that may be told, with what was decided about it. */
export interface Candidate extends AssessedPrior {
  readonly resource: Resource;
  readonly report: ReadResource | undefined;
  readonly shown: ShownResult;
}

export interface AssessedItem { readonly item: string; readonly row: CatalogueRow | undefined; /** The newest first. */ readonly candidates: readonly Candidate[] }

export interface AssessedOrder {
  readonly asked: AskedOrder;
  /** What its codes stand for; undefined: nothing of the catalogue. */
  readonly ordered: Ordered | undefined;
  /** The panel, or a panel of the one item. */
  readonly panel: Pick<CataloguePanel, 'panel' | 'zh' | 'en' | 'members' | 'optional'> | undefined;
  readonly isPanel: boolean;
  /** Members, then optional members, in the order of the panel. */
  readonly items: readonly AssessedItem[];
  readonly coverage: PanelAssessment<Candidate> | undefined;
}

/** For whom and by whom is ordered. */
export interface Asking { readonly subject: Subject; readonly orderedBy: Institution; readonly now: Date }

/**
 * Decides for each order which prior results may stand in for it. What the asker may not know of is not among the answers. Nothing
 * is recorded here: who tells it to anybody traces it first.
 */
export async function assessOrders(services: Services, orders: readonly AskedOrder[], asking: Asking): Promise<readonly AssessedOrder[]> {
  const { recognition } = services;
  const day = districtDay(asking.now.toISOString(), services.config.offsetMinutes);
  const meant = orders.map((asked) => ({ asked, ...meaningOf(recognition.itemsOf(asked.read.codings, day), (item) => recognition.rowFor(item, day)) }));
  const rows = new Map(meant.flatMap(({ panel }) => itemsOf(panel)).flatMap((item) => {
    const row = recognition.rowFor(item, day);
    return row === undefined ? [] : [[item, row] as const];
  }));
  const gathered = rows.size === 0 ? new Map<string, readonly Gathered[]>() : await gatherPriors(services, asking.subject, [...rows.values()], { organization: asking.orderedBy.organization, now: asking.now });
  const scopes = new Map(recognition.scopes.map((scope) => [scope.id, scope]));
  return meant.map(({ asked, ordered, panel }) => {
    const items = itemsOf(panel).map((item): AssessedItem => {
      const row = rows.get(item);
      return { item, row, candidates: candidatesOf(services, gathered.get(item) ?? [], { order: orderItemOf(services, asked.read, item, asking.orderedBy), row, scopes, now: asking.now }) };
    });
    const coverage = panel === undefined ? undefined : assessPanel(panel, new Map(items.map(({ item, candidates }) => [item, candidates])));
    return { asked, ordered, panel, isPanel: ordered?.kind === 'panel', items, coverage };
  });
}

/** As `assessOrders`, of items that nobody orders: what could stand in for each of them, were it ordered in an ordinary way. */
export async function assessRows(services: Services, rows: readonly CatalogueRow[], { subject, orderedBy, now }: Asking): Promise<readonly AssessedItem[]> {
  const gathered = await gatherPriors(services, subject, rows, { organization: orderedBy.organization, now });
  const scopes = new Map(services.recognition.scopes.map((scope) => [scope.id, scope]));
  return rows.map((row) => ({
    item: row.item, row,
    candidates: candidatesOf(services, gathered.get(row.item) ?? [], { order: orderItemOf(services, ORDINARY, row.item, orderedBy), row, scopes, now }),
  }));
}

const ORDINARY: ReadOrder = { codings: [], name: '', specimen: undefined, bodySite: undefined, laterality: undefined, contrast: undefined, circumstances: [] };

function itemsOf(panel: AssessedOrder['panel']): readonly string[] {
  return panel === undefined ? [] : [...panel.members, ...panel.optional ?? []];
}

/** Of codes that contradict each other nothing is concluded. */
function meaningOf(ordered: Ordered | undefined, rowFor: (item: string) => CatalogueRow | undefined): Pick<AssessedOrder, 'ordered' | 'panel'> {
  if (ordered?.kind === 'panel') return { ordered, panel: ordered.panel };
  if (ordered?.kind !== 'item') return { ordered, panel: undefined };
  const { item } = ordered;
  const { zh, en } = rowFor(item) ?? { zh: item, en: item };
  return { ordered, panel: { panel: item, zh, en, members: [item] } };
}

function orderItemOf({ recognition }: Services, read: ReadOrder, item: string, orderedBy: Institution): OrderItem {
  const { specimen, bodySite, laterality, contrast, circumstances } = read;
  // By which method it would be measured here is what the ordering laboratory itself was assessed for, where that is one.
  const methods = new Set(recognition.certificatesOf(orderedBy.organization, item).flatMap(({ method }) => method ?? []));
  return { item, orderedBy, specimen, bodySite, laterality, contrast, circumstances, method: methods.size === 1 ? [...methods][0] : undefined };
}

interface Against { readonly order: OrderItem; readonly row: CatalogueRow | undefined; readonly scopes: ReadonlyMap<string, Scope>; readonly now: Date }

function candidatesOf(services: Services, gathered: readonly Gathered[], { order, row, scopes, now }: Against): readonly Candidate[] {
  const { config: { offsetMinutes, recognition: { lookBackDays } }, recognition } = services;
  const oldest = now.getTime() - Math.max(lookBackDays, row?.window.days ?? 0) * DAY_MS;
  return gathered.flatMap(({ prior, consent, resource, report }): Candidate[] => {
    const certificates = prior.performer === undefined || prior.item === undefined ? [] : recognition.certificatesOf(prior.performer.organization, prior.item);
    const assessment = assessResult({ order, prior, row, certificates, scopes, consent, offsetMinutes }, now);
    const isTold = assessment.verdict !== 'hidden' && (instantOf(assessment.anchor?.at) ?? now.getTime()) >= oldest;
    return isTold ? [{ prior, assessment, resource, report, shown: shownResult(resource, report?.resource) }] : [];
  });
}

