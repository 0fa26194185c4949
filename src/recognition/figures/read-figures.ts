import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import { countMonth } from './count-month.ts';
import type { Dimension, FigureSet } from './figure-set.ts';
import { requireBegun } from './month.ts';
import type { Rate, RateName, Told } from './rates.ts';
import { ratesOf } from './rates.ts';
import type { SeenRow } from './sight.ts';
import { sightOf, tableFor, toldCounts } from './sight.ts';
import { findSnapshot } from './snapshots.ts';

export interface FigureQuery {
  /** `2026-03`. */
  readonly month: string;
  readonly by: Dimension;
  /** Of a snapshot; undefined: as it stands now. */
  readonly revision?: number | undefined;
}

/** One row for people; `null` is a count that is not shown because it is small, or would give a small one away. */
export interface ToldRow {
  readonly organization?: string | undefined;
  readonly department?: string | undefined;
  readonly item?: string | undefined;
  /** Of the institution or item. */
  readonly name?: string | undefined;
  readonly counts: Told;
  readonly rates: Readonly<Record<RateName, Rate | null>>;
  /** Names of the columns that are `null`. */
  readonly suppressed: readonly string[];
}

export interface ToldTable { readonly month: string; readonly by: Dimension; readonly revision: number | undefined; readonly smallestCell: number; readonly rows: readonly ToldRow[]; readonly total: ToldRow }

/**
 * The figures of recognition of a month: everything to operators; to an institution its own in full and those of others without
 * small counts; to whoever has no institution all without small counts.
 *
 * @throws ServiceError 'forbidden'; 'malformed' for a month that has not begun; 'not-found' for a revision that is none
 */
export async function readFigures(services: Services, caller: Caller, { month, by, revision }: FigureQuery): Promise<ToldTable> {
  const query = `month=${month}&by=${by}${revision === undefined ? '' : `&revision=${revision}`}`;
  await authorize(services, caller, { action: 'figures-read', query });
  requireBegun(services, month);
  const { smallestCell } = services.config.figures;
  const figures = await figuresOf(services, { month, revision });
  const table = tableFor(sightOf(caller), figures, by, smallestCell);
  if (table === undefined) {
    const reason = 'Departments are shown to their own institution: the token must name a facility';
    await recordTrace(services, caller, { action: 'search', interaction: 'figures-read', outcome: 'refused', reason, query });
    throw new ServiceError('forbidden', reason);
  }
  await recordTrace(services, caller, { action: 'search', interaction: 'figures-read', outcome: 'success', query });
  return { month, by, revision, smallestCell, rows: table.rows.map((row) => toldRow(services, row, month)), total: toldRow(services, table.total, month) };
}

/** A snapshot, or the month as it stands now: of one's own institution and the others, since what is hidden depends on all. */
export async function figuresOf(services: Services, { month, revision }: { readonly month: string; readonly revision?: number | undefined }): Promise<FigureSet> {
  return revision === undefined ? countMonth(services, { month }) : findSnapshot(services, month, revision);
}

export function toldRow(services: Services, row: SeenRow, month: string): ToldRow {
  const counts = toldCounts(row);
  const { organization, department, item } = row;
  const suppressed = Object.entries(counts).filter(([, count]) => count === null).map(([column]) => column);
  return { organization, department, item, name: nameOf(services, row, month), counts, rates: ratesOf(counts), suppressed };
}

function nameOf({ sources, recognition }: Services, { organization, item }: SeenRow, month: string): string | undefined {
  if (item !== undefined) return recognition.rowFor(item, `${month}-01`)?.zh ?? recognition.panel(item, `${month}-01`)?.zh;
  return [...sources.values()].find((source) => source.organization.id === organization)?.organization.name;
}
