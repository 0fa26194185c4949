/** What every store adapter must keep, whatever it is built on. An adapter's own tests cover only what is its own. */
import { describe } from 'vitest';
import { besideContract } from './beside.ts';
import { chainContract } from './chains.ts';
import { commitContract } from './commits.ts';
import { feedContract } from './feed.ts';
import { benchOf } from './harness.ts';
import type { StoreHarness } from './harness.ts';
import { historyContract } from './history.ts';
import { processContract } from './processes.ts';
import { searchContract } from './search.ts';
import { sortContract } from './sorting.ts';

export type { StoreHarness } from './harness.ts';

export function describeStore(name: string, harness: StoreHarness): void {
  describe(name, () => {
    const bench = benchOf(harness);
    commitContract(bench);
    besideContract(bench);
    historyContract(bench);
    feedContract(bench);
    chainContract(bench);
    searchContract(bench);
    sortContract(bench);
    processContract(bench);
  });
}
