import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ServiceError } from '../../errors.ts';
import type { Store, StoreOptions } from '../store.ts';
import { Connection } from './connection.ts';
import { failureOf } from './failure.ts';
import { keepIndexCurrent } from './rebuild-index.ts';
import { migrate } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';

/**
 * Opens a database file, made if need be, folder included; `:memory:` for one that lives as long as the store.
 * Several processes may open one file.
 * @throws ServiceError 'unavailable' when the file cannot be used: its path, its content, or a newer schema
 */
export function openSqlite(file: string, options: StoreOptions): Promise<Store> {
  return new Promise((resolve) => resolve(open(file, options)));
}

function open(file: string, options: StoreOptions): Store {
  if (file !== ':memory:') makeFolder(path.dirname(path.resolve(file)));
  try {
    return openDatabase(new Connection(file), options);
  } catch (error) {
    throw failureOf(error);
  }
}

function openDatabase(connection: Connection, options: StoreOptions): Store {
  try {
    migrate(connection);
    if (options.indexVersion !== undefined) keepIndexCurrent(connection, options.indexVersion, options.extract);
    const store = new SqliteStore(connection, options);
    connection.finishOpening();
    return store;
  } catch (error) {
    connection.close();
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
