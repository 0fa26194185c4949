import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Services } from '../../services.ts';
import { clausesOf, type RecordFilter } from '../../record-terms.ts';
import type { CatalogueChange } from './catalogue-change.ts';
import { CHANGE_TYPE, parseChange } from './catalogue-change.ts';
import { readChange } from './decide-change.ts';

/** What a page of a list is asked for. */
export interface PageAsked { readonly count: number; readonly after: string | undefined }
export interface ChangePage { readonly changes: readonly CatalogueChange[]; readonly next: string | undefined }
/** A version of a change, the newest first in a history. */
export interface ChangeVersion { readonly version: number; readonly lastUpdated: string; readonly change: CatalogueChange }

/** Changes of the catalogue, the last proposed first. @throws ServiceError 'forbidden' */
export async function listChanges(services: Services, caller: Caller, filter: RecordFilter, page: PageAsked): Promise<ChangePage> {
  await authorize(services, caller, { action: 'recognition-read' });
  const { items, next } = await services.store.search({ type: CHANGE_TYPE, where: clausesOf(filter), sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  await recordTrace(services, caller, { action: 'search', interaction: 'recognition-read', outcome: 'success', query: `changes?${queryOf(filter)}` });
  return { changes: items.map(({ body }) => parseChange(body)), next };
}

/** For the trace. */
export function queryOf(filter: RecordFilter): string {
  return Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`])).join('&');
}

/** @throws ServiceError 'forbidden'; 'not-found' */
export async function findChange(services: Services, caller: Caller, id: string): Promise<CatalogueChange> {
  await authorize(services, caller, { action: 'recognition-read' });
  const { change } = await readChange(services, id);
  await recordTrace(services, caller, { action: 'read', interaction: 'recognition-read', outcome: 'success', resources: [`${CHANGE_TYPE}/${id}`] });
  return change;
}

/** Who decided what about a change, and when; it has few versions. @throws ServiceError 'forbidden'; 'not-found' */
export async function changeHistory(services: Services, caller: Caller, id: string): Promise<readonly ChangeVersion[]> {
  await findChange(services, caller, id);
  const { items } = await services.store.history({ type: CHANGE_TYPE, id, limit: services.config.limits.page });
  return items.map(({ version, lastUpdated, body }) => ({ version, lastUpdated, change: parseChange(body) }));
}
