import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { DECISION_TYPE } from '../decisions/detected-issue.ts';
import { readDecision } from '../decisions/read-decision.ts';
import { parseRepeat, REPEAT_TYPE } from '../repeats/repeat.ts';
import type { Column } from './columns.ts';
import { columnsOf } from './columns.ts';
import { decisionClauses, repeatClauses, type MonthFilter } from './count-month.ts';
import { requireBegun } from './month.ts';
import { sightOf } from './sight.ts';

export interface RecordsQuery extends MonthFilter { readonly column: Column; readonly department?: string | undefined }
export interface RecordPage { readonly records: readonly string[]; readonly next: string | undefined }

/**
 * The records that a number counts, as references and nothing more: an institution opens those of its own, operators all. A page
 * may hold fewer than were asked for before the last.
 *
 * @throws ServiceError 'forbidden' for those of another institution; 'malformed'
 */
export async function listRecords(services: Services, caller: Caller, asked: RecordsQuery, page: { readonly count: number; readonly after: string | undefined }): Promise<RecordPage> {
  const query = Object.entries(asked).flatMap(([name, value]) => (typeof value === 'string' ? [`${name}=${encodeURIComponent(value)}`] : [])).join('&');
  await authorize(services, caller, { action: 'figures-read', query });
  requireBegun(services, asked.month);
  const filter = await ownOnly(services, caller, asked, query);
  const { records, next } = asked.column === 'repeats' ? await repeatsOf(services, filter, page) : await decisionsOf(services, filter, page);
  await recordTrace(services, caller, { action: 'search', interaction: 'figures-read', outcome: 'success', query, resources: records });
  return { records, next };
}

type Paging = Parameters<typeof listRecords>[3];

async function decisionsOf(services: Services, { column, department, ...filter }: RecordsQuery, { count, after }: Paging): Promise<RecordPage> {
  const { items, next } = await services.store.search({ type: DECISION_TYPE, where: decisionClauses(services, filter), sort: [], limit: count, ...(after === undefined ? {} : { after }) });
  const counted = items.flatMap((stored) => readDecision(stored) ?? []).filter((record) => columnsOf(record).has(column) && (department === undefined || (record.order.department ?? '') === department));
  return { records: counted.map(({ id }) => `${DECISION_TYPE}/${id}`), next };
}

/** No department is known of a repeat. */
async function repeatsOf({ store }: Services, { department, ...filter }: RecordsQuery, { count, after }: Paging): Promise<RecordPage> {
  if (department !== undefined && department !== '') return { records: [], next: undefined };
  const { items, next } = await store.search({ type: REPEAT_TYPE, where: repeatClauses({ month: filter.month, organization: filter.organization, item: filter.item }), sort: [], limit: count, ...(after === undefined ? {} : { after }) });
  return { records: items.map(({ body }) => parseRepeat(body).result), next };
}

/** @throws ServiceError 'forbidden', traced */
async function ownOnly(services: Services, caller: Caller, asked: RecordsQuery, query: string): Promise<RecordsQuery> {
  const sight = sightOf(caller);
  if (sight.kind === 'all') return asked;
  if (sight.kind === 'own' && (asked.organization ?? sight.organization) === sight.organization) return { ...asked, organization: sight.organization };
  const reason = 'Records are opened by their own institution only';
  await recordTrace(services, caller, { action: 'search', interaction: 'figures-read', outcome: 'refused', reason, query });
  throw new ServiceError('forbidden', reason);
}
