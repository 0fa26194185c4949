import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Services } from '../services.ts';
import type { MappingFilter } from './approved-mappings.ts';
import { clausesOf } from '../record-terms.ts';
import type { CodeMapping } from './code-mapping.ts';
import { MAPPING_TYPE, parseMapping } from './code-mapping.ts';
import { readMapping } from './decide-mapping.ts';

/** What a page of a list is asked for. */
export interface PageAsked { readonly count: number; readonly after: string | undefined }
export interface MappingPage { readonly mappings: readonly CodeMapping[]; readonly next: string | undefined }
/** A version of a mapping, the newest first in a history. */
export interface MappingVersion { readonly version: number; readonly lastUpdated: string; readonly mapping: CodeMapping }

/** Mappings, the last proposed first. @throws ServiceError 'forbidden' */
export async function listMappings(services: Services, caller: Caller, filter: MappingFilter, page: PageAsked): Promise<MappingPage> {
  await authorize(services, caller, { action: 'terminology-read' });
  const { items, next } = await services.store.search({ type: MAPPING_TYPE, where: clausesOf({ ...filter }), sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const query = Object.entries(filter).flatMap(([name, value]) => (typeof value === 'string' ? [`${name}=${encodeURIComponent(value)}`] : [])).join('&');
  await recordTrace(services, caller, { action: 'search', interaction: 'terminology-read', outcome: 'success', query: `mappings?${query}` });
  return { mappings: items.map(({ body }) => parseMapping(body)), next };
}

/** @throws ServiceError 'forbidden'; 'not-found' */
export async function findMapping(services: Services, caller: Caller, id: string): Promise<CodeMapping> {
  await authorize(services, caller, { action: 'terminology-read' });
  const { mapping } = await readMapping(services, id);
  await recordTrace(services, caller, { action: 'read', interaction: 'terminology-read', outcome: 'success', resources: [`${MAPPING_TYPE}/${id}`] });
  return mapping;
}

/** Who decided what about a mapping, and when. A mapping has few versions: all of them. @throws ServiceError 'forbidden'; 'not-found' */
export async function mappingHistory(services: Services, caller: Caller, id: string): Promise<readonly MappingVersion[]> {
  await findMapping(services, caller, id);
  const { items } = await services.store.history({ type: MAPPING_TYPE, id, limit: services.config.limits.page });
  return items.map(({ version, lastUpdated, body }) => ({ version, lastUpdated, mapping: parseMapping(body) }));
}
