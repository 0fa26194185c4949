import { resourceOf } from '../../fhir/body.ts';
import type { StoreOptions } from '../store.ts';
import type { Connection } from './connection.ts';
import { INDEX_TABLES, indexRows } from './index-rows.ts';
import { IndexWriter } from './index-writer.ts';
import { ID_GROUP, Names } from './names.ts';
import { numberOf, textOf } from './row.ts';
import { sql } from './sql.ts';

/** Resources held in memory at a time. */
const BATCH = 500;

/**
 * Builds the index anew when what resources can be found by has changed since it was written, in one transaction: a store
 * that is open has a whole index or the one before. Traces follow in the background, as they always do.
 */
export function keepIndexCurrent(connection: Connection, indexVersion: string, extract: StoreOptions['extract']): void {
  connection.transact(() => {
    const known = connection.get(sql`SELECT value FROM setting WHERE name = 'index version'`)?.value;
    if (known === indexVersion) return;
    if (known !== undefined) rebuild(connection, extract);
    connection.get(sql`INSERT OR REPLACE INTO setting VALUES ('index version', ${indexVersion})`);
  });
}

function rebuild(connection: Connection, extract: StoreOptions['extract']): void {
  for (const table of ['live', 'kind', 'kind_term', 'membership', 'space', 'widest', ...Object.keys(INDEX_TABLES)]) connection.exec(`DELETE FROM ${table}${table === 'term' ? ` WHERE p <> ${ID_GROUP}` : ''}`);
  connection.exec("UPDATE setting SET value = 0 WHERE name = 'indexed traces'");
  const names = new Names(connection);
  const index = new IndexWriter(connection);
  const batch = connection.prepare('SELECT r.rid, r.type, v.body FROM resource r JOIN version v ON v.seq = r.seq WHERE r.deleted = 0 AND r.rid > ? ORDER BY r.rid LIMIT ?');
  for (let last = 0, rows = batch.all(last, BATCH); rows.length > 0; rows = batch.all(last, BATCH)) {
    for (const row of rows) {
      const type = numberOf(row.type);
      last = numberOf(row.rid);
      index.add(type, last, indexRows(names, names.textOf(type), extract(resourceOf(textOf(row.body)))));
    }
  }
}
