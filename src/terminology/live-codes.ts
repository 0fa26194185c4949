import { type Following, followRevision } from '../revision.ts';
import { allMappings, rowsOf } from './approved-mappings.ts';
import { createCodeTables } from './create-code-tables.ts';
import type { CodeFiles } from './load-code-tables.ts';
import { MAPPING_REVISION } from './mapping-revision.ts';
import type { CodeTables } from './tables.ts';

/** The tables of the files together with what is approved in the workbench, which changes while the gateway runs. */
export interface LiveCodes extends Following {
  /** Always the same object; its members are those of the newest tables that this process knows. */
  readonly tables: CodeTables;
  /** Those of the files alone. */
  readonly ofFiles: CodeTables;
}

/** @param files as loaded at start */
export function liveCodes({ catalogue, sources }: CodeFiles): LiveCodes {
  const ofFiles = createCodeTables(catalogue, sources);
  let tables = ofFiles;
  const following = followRevision(MAPPING_REVISION, async (store) => {
    const approved = await allMappings(store, { status: 'approved' });
    tables = createCodeTables(catalogue, sources, rowsOf(approved.map(({ mapping }) => mapping)));
  });
  return {
    ofFiles,
    tables: {
      get items() { return tables.items; },
      get itemsByLoinc() { return tables.itemsByLoinc; },
      get knownUnits() { return tables.knownUnits; },
      get sources() { return tables.sources; },
    },
    get revision() { return following.revision; },
    refresh: (store) => following.refresh(store),
  };
}
