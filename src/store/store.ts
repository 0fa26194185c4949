/**
 * The storage port. It is small and speaks the words of the exchange: a caller hands over a list of changes, and each
 * adapter makes it atomic in its own way. What both adapters must keep is in `test/contract/`.
 */
import type { Resource, ResourceKey } from '../fhir/resource.ts';
import type { Clause, SearchQuery } from '../fhir/search/query.ts';
import type { IndexTerms } from '../fhir/search/terms.ts';

export interface Store {
  /**
   * Applies all changes, in order, or none, and is durable when it resolves. Concurrent commits may share one transaction;
   * the failure of one never touches another. Times never go back, in one process or several.
   * @throws ServiceError 'version-conflict' if an `expectedVersion` is not current; 'conflict' if an assumption no longer
   *   holds or the same key is changed twice; 'not-found' for the deletion of what never was; 'storage-full'; 'unavailable'
   */
  commit(changes: readonly Change[], options?: CommitOptions): Promise<readonly Stored[]>;

  /** The current version, a deleted one included, or undefined if the key was never stored. */
  read(key: ResourceKey): Promise<Stored | undefined>;
  /** As `read`, for many keys at once, and with what stands beside them; the answer holds those that exist, in any order. */
  readMany(keys: readonly ResourceKey[]): Promise<readonly Stored[]>;
  readVersion(key: ResourceKey, version: number): Promise<Stored | undefined>;
  /** Versions, newest first: of one resource, of a type, or of everything but traces. */
  history(query: HistoryQuery): Promise<Page>;

  /** One page of current resources that match, never a deleted one. Walking all pages meets each resource that matches throughout exactly once, whatever is written meanwhile. */
  search(query: SearchQuery): Promise<Page>;
  /** How many resources match, ignoring `limit` and `after`. */
  count(query: Pick<SearchQuery, 'type' | 'where'>): Promise<number>;

  /**
   * What was committed after a position, in commit order, traces left out. An entry seen once at its place never moves,
   * and nothing appears later before it.
   */
  feed(query: FeedQuery): Promise<FeedPage>;
  /** The saved position of a consumer of the feed, undefined before it saved one. */
  feedPosition(consumer: string): Promise<string | undefined>;
  saveFeedPosition(consumer: string, position: string): Promise<void>;

  /** Every writer's chain, with its last link. */
  chains(): Promise<readonly ChainHead[]>;
  /** Links of one chain in order, from `fromSeq` (1 is the first), at most `limit`. */
  chain(query: { readonly writer: string; readonly fromSeq: number; readonly limit: number }): Promise<readonly ChainLink[]>;

  /** Resolves when the store answers. @throws ServiceError 'unavailable' */
  ping(): Promise<void>;
  /** Waits for commits under way, then closes. */
  close(): Promise<void>;
}

/** How an adapter is opened. `extract` is called for each stored resource, also when an index is built anew. */
export interface StoreOptions {
  readonly extract: (resource: Resource) => IndexTerms;
  /** Changes whenever `extract` finds other terms in the same resource: the index is then built anew while opening. */
  readonly indexVersion?: string;
  /** Name of this process's audit chain, unique among the processes alive on one store. */
  readonly writer: string;
  readonly clock: () => Date;
}

export type Change =
  /** Stores a resource as the next version of its key. A body equal to the current one makes no version; what is put beside it is kept all the same. */
  | { readonly kind: 'put'; readonly resource: Resource & { readonly id: string }; readonly expectedVersion?: number; readonly beside?: PutBeside }
  /**
   * Keeps the history and hides the resource. Deleting what is deleted changes nothing. With `erases` nothing is kept of what
   * the versions said, only that there were some, each deleted: for records of the exchange's own that may not be kept.
   */
  | { readonly kind: 'delete'; readonly key: ResourceKey; readonly expectedVersion?: number; readonly erases?: boolean }
  /** Adds a trace to this writer's chain. A trace has one version and can be neither updated nor deleted. */
  | { readonly kind: 'append'; readonly trace: Resource & { readonly id: string } };
/** `expectedVersion: 0` says that the key must never have been stored, or be deleted. */

/** What is kept beside a resource: never disclosed, found or told by the history. A deletion leaves it, unless it erases. */
export interface Beside { readonly mark?: string; readonly note?: string }

/** What a put changes beside its resource. */
export interface PutBeside {
  /** Grows only: the greatest of all puts stays, compared as text. A put with a smaller one may leave the resource as it is; where it would change it, that is a 'conflict'. */
  readonly mark?: string;
  /** `replaces` must stand there, undefined for none ('version-conflict'). Without a `text` it stays. */
  readonly note?: { readonly replaces: string | undefined; readonly text?: string };
}

export interface CommitOptions {
  /** Searches whose answer the caller relied on. They are asked again inside the transaction: a conditional create cannot race. */
  readonly assuming?: readonly Assumption[];
}

/** "Exactly these resources of the type match": none for a conditional create, one for a conditional update. */
export interface Assumption { readonly type: string; readonly where: readonly Clause[]; readonly ids: readonly string[] }

export interface Stored {
  readonly type: string;
  readonly id: string;
  /** From 1, without gaps. A deletion is a version too. */
  readonly version: number;
  /** Instant with milliseconds, UTC: `2026-03-01T08:00:00.000Z`. */
  readonly lastUpdated: string;
  readonly deleted: boolean;
  /** The resource as it is disclosed, JSON text; '' for a deletion. Decoded when first asked for: what goes out as it is takes `bytes`. */
  readonly body: string;
  /** The body in UTF-8, as it is disclosed. */
  readonly bytes: Buffer;
  /** What stands beside the resource; told by `readMany` alone, undefined for nothing. */
  readonly beside?: Beside;
  /** What this commit did; 'read' when it comes from a read. */
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'read';
}

export interface HistoryQuery {
  readonly type?: string;
  /** Only these types, where `type` names none. */
  readonly types?: readonly string[];
  readonly id?: string;
  /** Only versions at or after this instant. */
  readonly since?: string;
  readonly limit: number;
  readonly after?: string;
}

export interface Page {
  readonly items: readonly Stored[];
  /** Where the next page starts, opaque; absent on the last page. */
  readonly next?: string;
}

export interface FeedQuery {
  readonly after?: string;
  readonly limit: number;
  /** Only these types; all where it names none. */
  readonly types?: readonly string[];
  /** Besides `types`: these, but not their first versions, which are most of what is stored and of no concern to whoever asks what changed. */
  readonly changed?: readonly string[];
}
export interface FeedPage { readonly items: readonly Stored[]; /** Position after the last item looked at; save it when they are done. */ readonly position: string }

export interface ChainHead { readonly writer: string; readonly seq: number; readonly hash: string }
/** `body` is the trace as it is disclosed; `hash` covers it and `previous`, see `chain.ts`. */
export interface ChainLink { readonly writer: string; readonly seq: number; readonly previous: string; readonly hash: string; readonly body: string }

