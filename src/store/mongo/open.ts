import mongoose from 'mongoose';
import type { Connection, ConnectOptions } from 'mongoose';
import { ServiceError } from '../../errors.ts';
import type { Store, StoreOptions } from '../store.ts';
import { guarded } from './failures.ts';
import { MongoStore } from './mongo-store.ts';
import { keepIndexCurrent } from './rebuild-index.ts';
import { prepareCollections } from './schemas.ts';

/** The wire version of MongoDB 7.0, the oldest release that is still maintained. */
const OLDEST_WIRE_VERSION = 21;

/** What the URI may say otherwise. A request must hear soon that the store is gone. */
const DEFAULTS: ConnectOptions = { appName: 'bund', serverSelectionTimeoutMS: 3_000, connectTimeoutMS: 5_000, waitQueueTimeoutMS: 10_000 };

/** What the port promises; no URI weakens it. */
const PROMISES: ConnectOptions = {
  bufferCommands: false,
  autoIndex: false,
  autoCreate: false,
  retryWrites: true,
  retryReads: true,
  readPreference: 'primary',
  readConcern: { level: 'majority' },
  writeConcern: { w: 'majority', journal: true },
};

/**
 * Opens the database that the URI names, `bund` if it names none, and makes collections and indexes that are missing.
 * @param uri of a replica set or of `mongos`; MongoDB has no transactions on a standalone server
 * @throws ServiceError 'unavailable' when no primary answers; Error for a server that cannot keep what the port promises
 */
export async function openMongo(uri: string, options: StoreOptions): Promise<Store> {
  const connection = mongoose.createConnection(uri, { ...defaultsFor(uri), ...PROMISES });
  try {
    return await guarded(async () => {
      await connection.asPromise();
      const collections = await prepareCollections(connection, await isSharded(connection));
      await keepIndexCurrent(collections, options);
      return new MongoStore(connection, collections, options);
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function isSharded(connection: Connection): Promise<boolean> {
  const hello = await connection.getClient().db().command({ hello: 1 });
  const isSharded = hello.msg === 'isdbgrid';
  if (!isSharded && typeof hello.setName !== 'string') throw new ServiceError('unavailable', 'The MongoDB server is a standalone; Bund needs a replica set, even of one member, or mongos');
  if (typeof hello.maxWireVersion !== 'number' || hello.maxWireVersion < OLDEST_WIRE_VERSION) throw new ServiceError('unavailable', 'The MongoDB server is older than 7.0');
  return isSharded;
}

function defaultsFor(uri: string): ConnectOptions {
  const left = Object.entries(DEFAULTS).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(uri));
  const namesDatabase = /^mongodb(\+srv)?:\/\/[^/]+\/[^?]/.test(uri);
  return { ...Object.fromEntries(left), ...(namesDatabase ? {} : { dbName: 'bund' }) };
}
