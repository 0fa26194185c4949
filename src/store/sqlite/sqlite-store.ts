import type { ResourceKey } from '../../fhir/resource.ts';
import type { SearchQuery } from '../../fhir/search/query.ts';
import type { Change, ChainHead, ChainLink, CommitOptions, FeedPage, FeedQuery, HistoryQuery, Page, Store, StoreOptions, Stored } from '../store.ts';
import { Checking } from './checking.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Connection } from './connection.ts';
import { Feed } from './feed.ts';
import { History } from './history.ts';
import { IndexWriter } from './index-writer.ts';
import type { LogSync } from './log-sync.ts';
import { Names } from './names.ts';
import { PageKeys, checkLimit } from './page-key.ts';
import { Reading } from './reading.ts';
import { RecentAnswers } from './recent-answers.ts';
import { Searching } from './searching.ts';
import { name } from './sql.ts';
import { TraceIndexer, concernsTraces } from './trace-indexer.ts';
import { Traces } from './traces.ts';
import { Writing } from './writing.ts';

/** The port on one connection, whose database has the current schema. Reads run at once; commits go through the queue. */
export class SqliteStore implements Store {
  readonly #connection: Connection;
  readonly #log: LogSync;
  readonly #traces: Traces;
  readonly #indexer: TraceIndexer;
  readonly #queue: CommitQueue;
  readonly #reading: Reading;
  readonly #history: History;
  readonly #feed: Feed;
  readonly #searching: Searching;

  constructor(connection: Connection, log: LogSync, options: StoreOptions) {
    const names = new Names(connection);
    const index = new IndexWriter(connection);
    const keys = new PageKeys(connection);
    const recent = new RecentAnswers();
    this.#connection = connection;
    this.#log = log;
    this.#traces = new Traces(connection, names);
    this.#indexer = new TraceIndexer(connection, { names, index, extract: options.extract });
    this.#reading = new Reading(connection, names);
    this.#history = new History(connection, names, keys);
    this.#feed = new Feed(connection, names);
    this.#searching = new Searching(connection, { names, keys, recent });
    this.#queue = new CommitQueue(connection, {
      names, log,
      checking: new Checking(connection, { names, traces: this.#traces, indexer: this.#indexer, searching: this.#searching, extract: options.extract }),
      writing: new Writing(connection, { names, traces: this.#traces, index, recent, options }),
      alongside: (appended) => this.#indexer.alongside(appended),
    });
  }

  commit(changes: readonly Change[], options?: CommitOptions): Promise<readonly Stored[]> {
    return this.#queue.commit(changes, options);
  }

  read(key: ResourceKey): Promise<Stored | undefined> {
    return this.#connection.retrying(() => this.#reading.read(key));
  }

  readMany(keys: readonly ResourceKey[]): Promise<readonly Stored[]> {
    return this.#connection.retrying(() => this.#connection.snapshot(() => keys.map((key) => this.#reading.readWithBeside(key)).filter((stored) => stored !== undefined)));
  }

  readVersion(key: ResourceKey, version: number): Promise<Stored | undefined> {
    return this.#connection.retrying(() => this.#reading.readVersion(key, version));
  }

  history(query: HistoryQuery): Promise<Page> {
    return this.#limited(query.limit, () => this.#history.page(query));
  }

  async search(query: SearchQuery): Promise<Page> {
    if (concernsTraces(query.type, query.where)) await this.#indexer.catchUp();
    return this.#limited(query.limit, () => this.#searching.page(query));
  }

  async count(query: Pick<SearchQuery, 'type' | 'where'>): Promise<number> {
    if (concernsTraces(query.type, query.where)) await this.#indexer.catchUp();
    return this.#connection.retrying(() => this.#searching.count(query));
  }

  async feed(query: FeedQuery): Promise<FeedPage> {
    const items: Stored[] = [];
    for (let rest = query; ;) {
      const page = await this.#limited(query.limit, () => this.#feed.page(rest));
      items.push(...page.items);
      if (page.isAtEnd || items.length === query.limit) return { items, position: page.position };
      rest = { ...query, after: page.position, limit: query.limit - items.length };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  feedPosition(consumer: string): Promise<string | undefined> {
    return this.#connection.retrying(() => this.#feed.savedPosition(consumer));
  }

  saveFeedPosition(consumer: string, position: string): Promise<void> {
    return this.#connection.retrying(() => this.#feed.savePosition(consumer, position));
  }

  async chains(): Promise<readonly ChainHead[]> {
    const heads = await this.#connection.retrying(() => this.#traces.heads());
    // They are signed: what is signed must not be lost.
    await this.#log.sync();
    return heads;
  }

  chain({ writer, fromSeq, limit }: { readonly writer: string; readonly fromSeq: number; readonly limit: number }): Promise<readonly ChainLink[]> {
    return this.#limited(limit, () => this.#traces.links(writer, fromSeq, limit));
  }

  async ping(): Promise<void> {
    this.#log.requireSound();
    await this.#connection.retrying(() => void this.#connection.get(name('SELECT 1 FROM setting LIMIT 1')));
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#indexer.stop();
    this.#connection.close();
    await this.#log.close();
  }

  #limited<T>(limit: number, read: () => T): Promise<T> {
    return this.#connection.retrying(() => {
      checkLimit(limit);
      return read();
    });
  }
}
