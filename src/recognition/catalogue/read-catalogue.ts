import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import type { Services } from '../../services.ts';
import type { CatalogueRow, Scope } from '../rules/catalogue-item.ts';
import { districtDay, isDay } from './days.ts';
import { queryOf } from './find-changes.ts';
import type { DatedPanel, RetestReason } from './recognition-tables.ts';

export const CATALOGUE_KINDS = ['laboratory', 'imaging', 'panel'] as const;
export type CatalogueKind = (typeof CATALOGUE_KINDS)[number];

/** The catalogue as it is published: what may be recognised on a day, and why something else may not. */
export interface PublishedCatalogue {
  readonly day: string;
  /** Changes with every approval, so that a copy can be told from a newer one. */
  readonly revision: number;
  readonly rows: readonly CatalogueRow[];
  readonly panels: readonly DatedPanel[];
  readonly scopes: readonly Scope[];
  readonly retestReasons: readonly RetestReason[];
}

export interface CatalogueAsked { readonly day?: string | undefined; readonly item?: string | undefined; readonly kind?: CatalogueKind | undefined }

/**
 * The catalogue in force on a day, today unless another is asked for. Health authorities publish it: whoever has a token reads it.
 *
 * @throws ServiceError 'malformed' for a day that is none
 */
export async function readCatalogue(services: Services, caller: Caller, asked: CatalogueAsked): Promise<PublishedCatalogue> {
  await authorize(services, caller, { action: 'catalogue-read' });
  const { recognition } = services;
  const day = asked.day ?? districtDay(services.clock().toISOString(), services.config.offsetMinutes);
  if (!isDay(day)) throw new ServiceError('malformed', 'day must be a day of the calendar such as 2026-03-01');
  const { item, kind } = asked;
  const rows = recognition.rowsOn(day).filter((row) => (item === undefined || row.item === item) && (kind === undefined || row.kind === kind));
  const panels = kind === undefined || kind === 'panel' ? recognition.panelsOn(day).filter((panel) => item === undefined || [...panel.members, ...panel.optional ?? []].includes(item)) : [];
  await recordTrace(services, caller, { action: 'search', interaction: 'catalogue-read', outcome: 'success', query: `catalogue?${queryOf({ ...asked })}` });
  return { day, revision: recognition.revision, rows, panels, scopes: recognition.scopes, retestReasons: recognition.reasons };
}
