import type { Clause } from '../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Store } from '../store/store.ts';
import type { CodeMapping, MappingStatus } from './code-mapping.ts';
import { MAPPING_TYPE, parseMapping } from './code-mapping.ts';
import type { Approved } from './create-code-tables.ts';

/** A mapping with the version that a change of it expects. */
export interface StoredMapping { readonly mapping: CodeMapping; readonly version: number }

export interface MappingFilter { readonly source?: string | undefined; readonly kind?: string | undefined; readonly local?: string | undefined; readonly status?: MappingStatus | undefined }

export function clausesOf(filter: MappingFilter): readonly Clause[] {
  return Object.entries(filter).flatMap(([param, code]) => (typeof code === 'string' ? [{ kind: 'token' as const, param, anyOf: [{ code }] }] : []));
}

/** All mappings that a filter leaves, whatever their number. */
export async function allMappings(store: Pick<Store, 'search'>, filter: MappingFilter): Promise<readonly StoredMapping[]> {
  const found: StoredMapping[] = [];
  let after: string | undefined;
  do {
    const page = await store.search({ type: MAPPING_TYPE, where: clausesOf(filter), sort: [], limit: MAX_PAGE_SIZE, ...(after === undefined ? {} : { after }) });
    found.push(...page.items.map(({ body, version }) => ({ mapping: parseMapping(body), version })));
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** Approved mappings as rows of the tables. One that was ended holds up to its last day. */
export function rowsOf(mappings: readonly CodeMapping[]): Approved {
  return {
    codes: mappings.flatMap((mapping) => (mapping.kind === 'code' ? [{ ...mapping, mapping: mapping.id, effective: mapping.effective ?? {} }] : [])),
    units: mappings.flatMap(({ id, source, local, ...mapping }) => (mapping.kind === 'unit' ? [{ source, local, ucum: mapping.ucum, mapping: id }] : [])),
  };
}
