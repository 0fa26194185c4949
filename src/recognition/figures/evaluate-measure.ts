import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import { resourceOf } from '../../fhir/body.ts';
import type { JsonObject } from '../../fhir/resource.ts';
import { isId } from '../../fhir/resource.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import type { Column } from './columns.ts';
import { columnsOf } from './columns.ts';
import { countMonth } from './count-month.ts';
import type { FigureSet } from './figure-set.ts';
import { parseIndicator, type Indicator } from './measures.ts';
import { reportOf } from './measure-report.ts';
import { MONTH, requireBegun } from './month.ts';
import { sightOf } from './sight.ts';

/** What `$evaluate-measure` is asked for, as texts. */
export interface EvaluationAsked {
  /** Logical id of the Measure; '' where `measure` names it. */
  readonly id: string;
  /** Canonical, or logical id. */
  readonly measure?: string | undefined;
  /** First and last day: whole months. `2026-03` stands for both. */
  readonly periodStart?: string | undefined;
  readonly periodEnd?: string | undefined;
  readonly reportType?: string | undefined;
}

const MOST_MONTHS = 12;
/** Of each population; all are listed by /recognition/figures/records. */
const MOST_SUBJECTS = 1_000;

/**
 * Evaluates an indicator for whole months, as the caller may see it. Who does not see everything asks for one month at a time:
 * of several the last could be computed.
 *
 * @throws ServiceError 'malformed' that names the parameter; 'not-found'; 'not-supported' for a Measure that counts something else; 'forbidden'
 * @see https://hl7.org/fhir/R4/measure-operation-evaluate-measure.html
 */
export async function evaluateMeasure(services: Services, caller: Caller, asked: EvaluationAsked): Promise<JsonObject> {
  const query = ['measure', 'periodStart', 'periodEnd', 'reportType'].flatMap((name) => (asked[name as keyof EvaluationAsked] === undefined ? [] : [`${name}=${String(asked[name as keyof EvaluationAsked])}`])).join('&');
  await authorize(services, caller, { action: 'figures-read', type: 'Measure', ...(asked.id === '' ? {} : { id: asked.id }), query });
  const sight = sightOf(caller);
  const months = monthsOf(asked);
  const isList = readReportType(asked.reportType);
  for (const month of months) requireBegun(services, month);
  if (months.length > 1 && sight.kind !== 'all') throw malformed('periodEnd', 'Figures of other institutions are told for one month at a time');
  if (isList && sight.kind === 'outside') return refuse(services, caller, query);
  const indicator = await findIndicator(services, asked);
  const subjects = isList ? new Map<Column, string[]>() : undefined;
  const figures: FigureSet[] = [];
  for (const month of months) figures.push(await countMonth(services, { month, ...(isList && sight.kind === 'own' ? { organization: sight.organization } : {}) }, subjects === undefined ? {} : listing(subjects)));
  await recordTrace(services, caller, { action: 'operation', interaction: 'evaluate-measure', outcome: 'success', query, resources: [`Measure/${indicator.id}`] });
  return reportOf(services, indicator, { months: figures, sight, subjects });
}

function listing(subjects: Map<Column, string[]>): Parameters<typeof countMonth>[2] {
  const add = (column: Column, reference: string): void => {
    const listed = subjects.get(column) ?? [];
    subjects.set(column, listed);
    if (listed.length < MOST_SUBJECTS) listed.push(reference);
  };
  return { decision: (record) => { for (const column of columnsOf(record)) add(column, `DetectedIssue/${record.id}`); }, repeat: ({ result }) => add('repeats', result) };
}

async function findIndicator(services: Services, { id, measure = '' }: EvaluationAsked): Promise<Indicator> {
  const stored = await readMeasure(services, id === '' ? measure : id);
  if (stored === undefined) throw new ServiceError('not-found', 'There is no such Measure');
  try {
    return parseIndicator(`Measure/${stored.id}`, resourceOf(stored.body));
  } catch (error) {
    throw new ServiceError('not-supported', 'This Measure counts nothing that the exchange can count: its populations name no figure-column', [], { cause: error });
  }
}

async function readMeasure({ store }: Services, name: string): Promise<Stored | undefined> {
  const id = name.replace(/^Measure\//, '');
  if (isId(id)) {
    const stored = await store.read({ type: 'Measure', id });
    return stored?.deleted === false ? stored : undefined;
  }
  const { items } = await store.search({ type: 'Measure', where: [{ kind: 'uri', param: 'url', match: 'exact', anyOf: [name.split('|')[0] ?? ''] }], sort: [], limit: 1 });
  return items[0];
}

/** @throws ServiceError 'malformed' */
function monthsOf({ periodStart = '', periodEnd = periodStart }: EvaluationAsked): readonly string[] {
  const start = /^(\d{4}-\d{2})(-01)?$/.exec(periodStart)?.[1] ?? '';
  const end = /^(\d{4}-\d{2})(-\d{2})?$/.exec(periodEnd)?.[1] ?? '';
  if (!MONTH.test(start)) throw malformed('periodStart', 'periodStart must be the first day of a month, as 2026-03-01');
  const isLastDay = periodEnd.length < 10 || new Date(Date.parse(`${periodEnd}T00:00:00Z`) + 86_400_000).toISOString().slice(8, 10) === '01';
  if (!MONTH.test(end) || !isLastDay || end < start) throw malformed('periodEnd', 'periodEnd must be the last day of a month, as 2026-03-31, and not before periodStart');
  const months: string[] = [];
  for (let month = start; month <= end; month = next(month)) {
    months.push(month);
    if (months.length > MOST_MONTHS) throw malformed('periodEnd', `A report spans ${MOST_MONTHS} months at most`);
  }
  return months;
}

function next(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}

/** @throws ServiceError 'malformed' */
function readReportType(reportType: string | undefined): boolean {
  if (reportType === undefined || reportType === 'summary' || reportType === 'population') return false;
  if (reportType === 'subject-list') return true;
  throw malformed('reportType', 'reportType may be summary, population or subject-list');
}

async function refuse(services: Services, caller: Caller, query: string): Promise<never> {
  const reason = 'Records are opened by their own institution: the token must name a facility';
  await recordTrace(services, caller, { action: 'operation', interaction: 'evaluate-measure', outcome: 'refused', reason, query });
  throw new ServiceError('forbidden', reason);
}

function malformed(expression: string, diagnostics: string): ServiceError {
  return new ServiceError('malformed', diagnostics, [{ severity: 'error', code: 'value', diagnostics, expression }]);
}
