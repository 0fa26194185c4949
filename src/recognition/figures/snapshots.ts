import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace, traceChange } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import { resourceOf } from '../../fhir/body.ts';
import { MAX_PAGE_SIZE } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import type { Change } from '../../store/store.ts';
import { repeatedOnConflict } from '../decisions/conflicts.ts';
import { countMonth } from './count-month.ts';
import type { FigureSet } from './figure-set.ts';
import { parseIndicator, type Indicator } from './measures.ts';
import { reportOf } from './measure-report.ts';
import { RecordLists } from './record-lists.ts';
import { requireBegun } from './month.ts';
import { sightOf } from './sight.ts';
import { parseSnapshot, SNAPSHOT_TYPE, type Snapshot, snapshotIdOf, snapshotResource } from './snapshot.ts';

export interface SnapshotSummary { readonly month: string; readonly revision: number; readonly fixedAt: string; readonly isNew: boolean }

/**
 * Fixes the figures of a month, as MeasureReports with lists of the records that they count. Where nothing has come in since the
 * last time, the last revision stands; otherwise there is a further one, and the ones before stay.
 *
 * @throws ServiceError 'forbidden' for anybody but operators; 'malformed' for a month that has not begun
 */
export async function fixMonth(services: Services, caller: Caller, month: string): Promise<SnapshotSummary> {
  await authorize(services, caller, { action: 'figures-read', query: `month=${month}` });
  await requireOperator(services, caller, `month=${month}`);
  requireBegun(services, month);
  return repeatedOnConflict(async () => {
    const last = (await snapshotsOf(services, month)).at(-1);
    const now = await countMonth(services, { month });
    if (last !== undefined && isSame(last, now)) return { month, revision: last.revision, fixedAt: last.fixedAt, isNew: false };
    const revision = (last?.revision ?? 0) + 1;
    const lists = new RecordLists(services, { month, revision });
    // Counted again with its records, so that numbers and lists agree whatever comes in meanwhile.
    const figures = await countMonth(services, { month }, { decision: (record) => lists.addDecision(record), repeat: (repeat) => lists.addRepeat(repeat) });
    await lists.finish();
    const snapshot: Snapshot = { ...figures, revision, fixedAt: services.clock().toISOString(), fixedBy: caller.subject };
    await services.store.commit([
      { kind: 'put', resource: snapshotResource(snapshot), expectedVersion: 0 },
      ...(await indicatorsOf(services)).map((indicator): Change => ({ kind: 'put', resource: reportOf(services, indicator, { months: [figures], sight: { kind: 'all' }, snapshot, lists }) })),
      traceChange(services, caller, { action: 'create', interaction: 'figures-fix', outcome: 'success', resources: [`${SNAPSHOT_TYPE}/${snapshotIdOf(month, revision)}`], query: `month=${month}` }),
    ]);
    return { month, revision, fixedAt: snapshot.fixedAt, isNew: true };
  });
}

/** Revisions of a month, oldest first. @throws ServiceError 'forbidden' */
export async function listSnapshots(services: Services, caller: Caller, month: string): Promise<readonly SnapshotSummary[]> {
  await authorize(services, caller, { action: 'figures-read', query: `month=${month}` });
  await recordTrace(services, caller, { action: 'search', interaction: 'figures-read', outcome: 'success', query: `snapshots of ${month}` });
  return (await snapshotsOf(services, month)).map(({ revision, fixedAt }) => ({ month, revision, fixedAt, isNew: false }));
}

/** @throws ServiceError 'not-found' */
export async function findSnapshot({ store }: Pick<Services, 'store'>, month: string, revision: number): Promise<Snapshot> {
  const stored = await store.read({ type: SNAPSHOT_TYPE, id: snapshotIdOf(month, revision) });
  if (stored === undefined || stored.deleted) throw new ServiceError('not-found', `The figures of ${month} have no revision ${revision}`);
  return parseSnapshot(stored.body);
}

async function snapshotsOf({ store }: Pick<Services, 'store'>, month: string): Promise<readonly Snapshot[]> {
  const { items } = await store.search({ type: SNAPSHOT_TYPE, where: [{ kind: 'token', param: 'month', anyOf: [{ code: month }] }], sort: [], limit: MAX_PAGE_SIZE });
  return items.map(({ body }) => parseSnapshot(body)).sort((a, b) => a.revision - b.revision);
}

/** The indicators as they stand in the store. */
async function indicatorsOf({ store }: Pick<Services, 'store'>): Promise<readonly Indicator[]> {
  const { items } = await store.search({ type: 'Measure', where: [], sort: [], limit: MAX_PAGE_SIZE });
  return items.flatMap((item) => {
    try {
      const indicator = parseIndicator(`Measure/${item.id}`, resourceOf(item.body));
      return indicator.groups.some(({ populations }) => populations.length > 0) ? [indicator] : [];
    } catch {
      // A Measure of somebody else counts other things.
      return [];
    }
  });
}

function isSame(a: FigureSet, b: FigureSet): boolean {
  return JSON.stringify([a.total, a.rows]) === JSON.stringify([b.total, b.rows]);
}

async function requireOperator(services: Services, caller: Caller, query: string): Promise<void> {
  if (sightOf(caller).kind === 'all') return;
  const reason = 'The figures of a month are fixed by operators';
  await recordTrace(services, caller, { action: 'create', interaction: 'figures-fix', outcome: 'refused', reason, query });
  throw new ServiceError('forbidden', reason);
}
