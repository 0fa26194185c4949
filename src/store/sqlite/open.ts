import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ServiceError } from '../../errors.ts';
import type { Store, StoreOptions } from '../store.ts';
import { Connection } from './connection.ts';
import { failureOf } from './failure.ts';
import { LogSync } from './log-sync.ts';
import { keepIndexCurrent } from './rebuild-index.ts';
import { migrate } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';

/**
 * Opens a database file, made if need be, folder included; `:memory:` for one that lives as long as the store.
 * Several processes may open one file.
 * @throws ServiceError 'unavailable' when the file cannot be used: its path, its content, or a newer schema
 */
export async function openSqlite(file: string, options: StoreOptions): Promise<Store> {
  if (file !== ':memory:') makeFolder(path.dirname(path.resolve(file)));
  try {
    return await openDatabase(file, options);
  } catch (error) {
    throw failureOf(error);
  }
}

async function openDatabase(file: string, options: StoreOptions): Promise<Store> {
  const connection = new Connection(file);
  let log: LogSync | undefined;
  try {
    migrate(connection);
    if (options.indexVersion !== undefined) keepIndexCurrent(connection, options.indexVersion, options.extract);
    log = await LogSync.of(connection);
    const store = new SqliteStore(connection, log, options);
    connection.finishOpening();
    return store;
  } catch (error) {
    connection.close();
    await log?.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new ServiceError('unavailable', `The folder of the database cannot be made: ${folder}`, [], { cause: error });
  }
}
