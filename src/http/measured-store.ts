import type { Store } from '../store/store.ts';
import type { Metrics } from './metrics.ts';

/** The store with the time and the failures of each operation told to the metrics. */
export function measuredStore(store: Store, metrics: Metrics): Store {
  const measured = <Args extends readonly unknown[], T>(operation: string, run: (...args: Args) => Promise<T>) => async (...args: Args): Promise<T> => {
    const start = performance.now();
    let hasFailed = true;
    try {
      const result = await run(...args);
      hasFailed = false;
      return result;
    } finally {
      metrics.observeStore({ operation, hasFailed, seconds: (performance.now() - start) / 1000 });
    }
  };
  return {
    commit: measured('commit', (changes, options) => store.commit(changes, options)),
    read: measured('read', (key) => store.read(key)),
    readMany: measured('readMany', (keys) => store.readMany(keys)),
    readVersion: measured('readVersion', (key, version) => store.readVersion(key, version)),
    history: measured('history', (query) => store.history(query)),
    search: measured('search', (query) => store.search(query)),
    count: measured('count', (query) => store.count(query)),
    feed: measured('feed', (query) => store.feed(query)),
    feedPosition: (consumer) => store.feedPosition(consumer),
    saveFeedPosition: (consumer, position) => store.saveFeedPosition(consumer, position),
    chains: () => store.chains(),
    chain: (query) => store.chain(query),
    ping: measured('ping', () => store.ping()),
    close: () => store.close(),
  };
}
