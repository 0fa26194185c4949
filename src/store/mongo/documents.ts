import type { mongo } from 'mongoose';
import type { Beside, ChainLink, Stored } from '../store.ts';
import { StoredVersion } from '../stored-version.ts';
import type { IndexedFields } from './index-terms.ts';

/**
 * The current version of a resource. A tick counts microseconds since 1970, is given once in the whole database and never
 * goes back (`clock.ts`): it is the time of a version and its place in every order.
 */
export interface ResourceDocument extends Partial<IndexedFields> {
  /** `Observation/o1`. */
  readonly _id: string;
  /** Absent when deleted, so that no search meets a deleted resource. */
  readonly type?: string;
  readonly version: number;
  /** lastUpdated, epoch ms. */
  readonly at: number;
  /** Tick of the first version, which no later write moves. */
  readonly created: number;
  /** SHA-256 of the body without version and time; '' when deleted. */
  readonly digest: string;
  readonly body: string;
  /** The shard key, see `home.ts`. */
  readonly home: string;
  /** What stands beside it, also when it is deleted. */
  readonly beside?: Beside;
  /** Its place in a writer's chain; only a trace has one. */
  readonly trace?: TraceLink;
}

export type TraceLink = Omit<ChainLink, 'body'> & { readonly type: string; readonly tick: number };

/** A version as it was disclosed; every write but a trace leaves one. */
export interface VersionDocument {
  /** `Observation/o1/0000000001`. */
  readonly _id: string;
  readonly type: string;
  readonly version: number;
  readonly at: number;
  readonly tick: number;
  /** '' for a deletion. */
  readonly body: string;
}

/** The versions that one transaction wrote: ticks `_id` to `last`. `seq` is its place in the feed, `pending` until it has one. */
export interface GroupDocument { readonly _id: number; readonly last: number; readonly seq?: number; readonly pending?: true }
export interface ChainDocument { readonly _id: string; readonly seq: number; readonly hash: string }
export interface PositionDocument { readonly _id: string; readonly position: string }
/** `clock` and `feed` count; `lock/Patient` is touched by those who rely on what they found of that type. */
export interface CounterDocument { readonly _id: string; readonly value: number }

/** `index version`: what `StoreOptions.indexVersion` was when the terms were written. */
export interface SettingDocument { readonly _id: string; readonly value: string }

export interface Collections {
  readonly client: mongo.MongoClient;
  readonly resources: mongo.Collection<ResourceDocument>;
  readonly versions: mongo.Collection<VersionDocument>;
  readonly groups: mongo.Collection<GroupDocument>;
  readonly chains: mongo.Collection<ChainDocument>;
  readonly positions: mongo.Collection<PositionDocument>;
  readonly counters: mongo.Collection<CounterDocument>;
  readonly settings: mongo.Collection<SettingDocument>;
  /** Behind a `mongos`: searches then name the shard key where they can. */
  readonly sharded: boolean;
}

/** @param version a whole number, 1 to 9,999,999,999 */
export function versionId(key: string, version: number): string {
  return `${key}/${String(version).padStart(10, '0')}`;
}

export function storedOf(document: Pick<ResourceDocument | VersionDocument, '_id' | 'version' | 'at' | 'body'> & Pick<ResourceDocument, 'beside'>, outcome: Stored['outcome'] = 'read'): Stored {
  const [type = '', id = ''] = document._id.split('/');
  return new StoredVersion({ type, id, version: document.version, lastUpdated: new Date(document.at).toISOString(), deleted: document.body === '', outcome, ...(document.beside === undefined ? {} : { beside: document.beside }) }, document.body);
}
