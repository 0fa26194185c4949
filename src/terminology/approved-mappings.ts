import { clausesOf } from '../record-terms.ts';
import { searchAll } from '../store/search-all.ts';
import type { Store } from '../store/store.ts';
import type { CodeMapping, MappingStatus } from './code-mapping.ts';
import { MAPPING_TYPE, parseMapping } from './code-mapping.ts';
import type { Approved } from './create-code-tables.ts';

/** A mapping with the version that a change of it expects. */
export interface StoredMapping { readonly mapping: CodeMapping; readonly version: number }

export interface MappingFilter { readonly source?: string | undefined; readonly kind?: string | undefined; readonly local?: string | undefined; readonly status?: MappingStatus | undefined }

/** All mappings that a filter leaves, whatever their number. */
export async function allMappings(store: Pick<Store, 'search'>, filter: MappingFilter): Promise<readonly StoredMapping[]> {
  return (await searchAll(store, { type: MAPPING_TYPE, where: clausesOf({ ...filter }) })).map(({ body, version }) => ({ mapping: parseMapping(body), version }));
}

/** Approved mappings as rows of the tables. One that was ended holds up to its last day. */
export function rowsOf(mappings: readonly CodeMapping[]): Approved {
  return {
    codes: mappings.flatMap((mapping) => (mapping.kind === 'code' ? [{ ...mapping, mapping: mapping.id, effective: mapping.effective ?? {} }] : [])),
    units: mappings.flatMap(({ id, source, local, ...mapping }) => (mapping.kind === 'unit' ? [{ source, local, ucum: mapping.ucum, mapping: id }] : [])),
  };
}
