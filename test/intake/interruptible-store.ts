import type { Change, Store } from '../../src/store/store.ts';

/** A store that lets a test do something just before a commit. */
export interface InterruptibleStore {
  readonly store: Store;
  /** Runs `action` once, before the next commit that has a change for which `fits` holds. */
  beforeNext(fits: (change: Change) => boolean, action: () => Promise<void>): void;
}

export function interruptibleStore(store: Store): InterruptibleStore {
  let next: { readonly fits: (change: Change) => boolean; readonly action: () => Promise<void> } | undefined;
  return {
    beforeNext: (fits, action) => { next = { fits, action }; },
    store: {
      commit: async (changes, options) => {
        const due = next;
        if (due !== undefined && changes.some(due.fits)) {
          next = undefined;
          await due.action();
        }
        return store.commit(changes, options);
      },
      read: (key) => store.read(key),
      readMany: (keys) => store.readMany(keys),
      readVersion: (key, version) => store.readVersion(key, version),
      history: (query) => store.history(query),
      search: (query) => store.search(query),
      count: (query) => store.count(query),
      feed: (query) => store.feed(query),
      feedPosition: (consumer) => store.feedPosition(consumer),
      saveFeedPosition: (consumer, position) => store.saveFeedPosition(consumer, position),
      chains: () => store.chains(),
      chain: (query) => store.chain(query),
      ping: () => store.ping(),
      close: () => store.close(),
    },
  };
}
