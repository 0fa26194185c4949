import { afterEach } from 'vitest';
import type { Store, StoreOptions } from '../../src/store/store.ts';
import { optionsFor } from './samples.ts';

/** How the contract reaches one kind of store. */
export interface StoreHarness {
  /** Address of a new, empty database: a file, or a URI. */
  readonly fresh: () => Promise<string>;
  readonly open: (address: string, options: StoreOptions) => Promise<Store>;
  readonly remove: (address: string) => Promise<void>;
  /** The module and its exported `open`, for a child process that opens the database itself. */
  readonly module: URL;
  readonly exported: string;
}

/** What each section of the contract works with. Whatever it opens is closed and removed after the test. */
export interface Bench {
  readonly harness: StoreHarness;
  fresh(): Promise<string>;
  open(address: string, options?: Partial<StoreOptions>): Promise<Store>;
  /** A store on a database of its own. */
  openFresh(options?: Partial<StoreOptions>): Promise<Store>;
}

export function benchOf(harness: StoreHarness): Bench {
  const stores: Store[] = [];
  const addresses: string[] = [];
  const fresh = async () => {
    const address = await harness.fresh();
    addresses.push(address);
    return address;
  };
  const open = async (address: string, options: Partial<StoreOptions> = {}) => {
    const store = await harness.open(address, { ...optionsFor('writer-1'), ...options });
    stores.push(store);
    return store;
  };
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await Promise.all(addresses.splice(0).map((address) => harness.remove(address)));
  });
  return { harness, fresh, open, openFresh: async (options) => open(await fresh(), options) };
}
