import type { Store } from '../store/store.ts';
import { allMappings, rowsOf } from './approved-mappings.ts';
import { createCodeTables } from './create-code-tables.ts';
import type { CodeFiles } from './load-code-tables.ts';
import { readRevision } from './revision.ts';
import type { CodeTables } from './tables.ts';

/** The tables of the files together with what is approved in the workbench, which changes while the gateway runs. */
export interface LiveCodes {
  /** Always the same object; its members are those of the newest tables that this process knows. */
  readonly tables: CodeTables;
  /** Those of the files alone. */
  readonly ofFiles: CodeTables;
  /** Changes of the approved mappings that the tables know of. */
  readonly revision: number;
  /**
   * Looks into the store, and builds the tables anew if something else is approved there.
   *
   * @returns whether the tables are other ones now
   */
  refresh(store: Pick<Store, 'read' | 'search'>): Promise<boolean>;
}

/** @param files as loaded at start */
export function liveCodes({ catalogue, sources }: CodeFiles): LiveCodes {
  const ofFiles = createCodeTables(catalogue, sources);
  let tables = ofFiles;
  let revision = 0;
  // One after another: an older answer of the store must not follow a newer one.
  let work: Promise<unknown> = Promise.resolve();
  const refreshNow = async (store: Pick<Store, 'read' | 'search'>): Promise<boolean> => {
    const { changes } = await readRevision(store);
    if (changes === revision) return false;
    const approved = await allMappings(store, { status: 'approved' });
    tables = createCodeTables(catalogue, sources, rowsOf(approved.map(({ mapping }) => mapping)));
    revision = changes;
    return true;
  };
  return {
    ofFiles,
    tables: {
      get items() { return tables.items; },
      get itemsByLoinc() { return tables.itemsByLoinc; },
      get knownUnits() { return tables.knownUnits; },
      get sources() { return tables.sources; },
    },
    get revision() { return revision; },
    refresh: (store) => {
      const turn = work.then(() => refreshNow(store));
      work = turn.catch(() => undefined);
      return turn;
    },
  };
}
