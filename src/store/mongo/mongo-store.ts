import type { Connection } from 'mongoose';
import { ServiceError } from '../../errors.ts';
import { referenceTo } from '../../fhir/resource.ts';
import type { ResourceKey } from '../../fhir/resource.ts';
import type { SearchQuery } from '../../fhir/search/query.ts';
import type { ChainHead, ChainLink, Change, CommitOptions, FeedPage, FeedQuery, HistoryQuery, Page, Store, StoreOptions, Stored } from '../store.ts';
import { CommitQueue } from './commit-queue.ts';
import { storedOf } from './documents.ts';
import type { Collections } from './documents.ts';
import { guarded } from './failures.ts';
import { feed } from './feed.ts';
import { history, readVersion } from './history.ts';
import { isKey, prepare } from './prepare.ts';
import { count, search } from './search.ts';

const READ = { projection: { version: 1, at: 1, body: 1 } } as const;
const READ_WITH_BESIDE = { projection: { ...READ.projection, beside: 1 } } as const;

/** The store on a MongoDB replica set or sharded cluster. Made by `openMongo`. */
export class MongoStore implements Store {
  readonly #connection: Connection;
  readonly #collections: Collections;
  readonly #options: StoreOptions;
  readonly #queue: CommitQueue;

  constructor(connection: Connection, collections: Collections, options: StoreOptions) {
    this.#connection = connection;
    this.#collections = collections;
    this.#options = options;
    this.#queue = new CommitQueue(collections, options);
  }

  async commit(changes: readonly Change[], { assuming = [] }: CommitOptions = {}): Promise<readonly Stored[]> {
    if (changes.length === 0 && assuming.length === 0) return [];
    return this.#queue.add({ changes: prepare(changes, this.#options.extract), assuming });
  }

  async read(key: ResourceKey): Promise<Stored | undefined> {
    return (await this.#find([key], READ))[0];
  }

  async readMany(keys: readonly ResourceKey[]): Promise<readonly Stored[]> {
    return this.#find(keys, READ_WITH_BESIDE);
  }

  async readVersion(key: ResourceKey, version: number): Promise<Stored | undefined> {
    return guarded(() => readVersion(this.#collections, key, version));
  }

  async history(query: HistoryQuery): Promise<Page> {
    return guarded(() => history(this.#collections, query));
  }

  async search(query: SearchQuery): Promise<Page> {
    return guarded(() => search(this.#collections, query));
  }

  async count(query: Pick<SearchQuery, 'type' | 'where'>): Promise<number> {
    return guarded(() => count(this.#collections, query));
  }

  async feed(query: FeedQuery): Promise<FeedPage> {
    return guarded(() => feed(this.#collections, query));
  }

  async feedPosition(consumer: string): Promise<string | undefined> {
    return (await guarded(() => this.#collections.positions.findOne({ _id: consumer })))?.position;
  }

  async saveFeedPosition(consumer: string, position: string): Promise<void> {
    await guarded(() => this.#collections.positions.updateOne({ _id: consumer }, { $set: { position } }, { upsert: true }));
  }

  async chains(): Promise<readonly ChainHead[]> {
    const heads = await guarded(() => this.#collections.chains.find().sort({ _id: 1 }).toArray());
    return heads.map(({ _id, seq, hash }) => ({ writer: _id, seq, hash }));
  }

  async chain({ writer, fromSeq, limit }: { readonly writer: string; readonly fromSeq: number; readonly limit: number }): Promise<readonly ChainLink[]> {
    const query = { 'trace.writer': writer, 'trace.seq': { $gte: fromSeq } };
    const links = await guarded(() => this.#collections.resources.find(query, { projection: { trace: 1, body: 1 } }).sort({ 'trace.seq': 1 }).limit(limit).toArray());
    return links.flatMap(({ trace, body }) => (trace === undefined ? [] : [{ writer, seq: trace.seq, previous: trace.previous, hash: trace.hash, body }]));
  }

  async #find(keys: readonly ResourceKey[], fields: typeof READ | typeof READ_WITH_BESIDE): Promise<readonly Stored[]> {
    const ids = keys.filter(isKey).map(referenceTo);
    return (await guarded(() => this.#collections.resources.find({ _id: { $in: ids } }, fields).toArray())).map((document) => storedOf(document));
  }

  async ping(): Promise<void> {
    try {
      await this.#collections.client.db().command({ ping: 1 });
    } catch (error) {
      throw new ServiceError('unavailable', 'The store does not answer', [], { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await this.#connection.close();
  }
}
