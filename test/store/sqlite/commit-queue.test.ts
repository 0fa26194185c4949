import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { LogSync } from '../../../src/store/sqlite/log-sync.ts';
import { migrate } from '../../../src/store/sqlite/schema.ts';
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { verifiedChain } from '../../contract/chains.ts';
import { optionsFor, put, trace } from '../../contract/samples.ts';

const LARGE = 'x'.repeat(300_000);

describe('commits that share a transaction', () => {
  let folder: string;
  let connection: Connection;
  let store: SqliteStore;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'bund-sqlite-'));
    connection = new Connection(path.join(folder, 'bund.db'));
    migrate(connection);
    connection.finishOpening();
    store = new SqliteStore(connection, await LogSync.of(connection), optionsFor('writer-1'));
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const limitPages = (more: number) => {
    const row = connection.get({ text: 'PRAGMA page_count', args: [] });
    connection.exec(`PRAGMA max_page_count = ${Number(row?.page_count) + more}`);
  };

  it('fall apart when the disk is full: what does not fit is refused whole, what fits is stored', async () => {
    await store.commit([put('Patient', 'before')]);
    limitPages(40);
    const commits = [store.commit([put('Patient', 'a'), trace('ta')]), store.commit([put('Patient', 'new-name', { token: [{ param: 'new', system: 'new', code: 'x' }] }), trace('tb'), put('Patient', 'b', {}, LARGE)]), store.commit([put('Patient', 'c'), trace('tc')])];
    const results = await Promise.allSettled(commits);
    expect(results.map((result) => (result.status === 'rejected' ? (result.reason as { kind: string }).kind : 'stored'))).toEqual(['stored', 'storage-full', 'stored']);
    expect((await store.search({ type: 'Patient', where: [], sort: [], limit: 10 })).items.map((item) => item.id)).toEqual(['c', 'a', 'before']);
    expect((await verifiedChain(store, 'writer-1')).map((link) => (JSON.parse(link.body) as { id: string }).id)).toEqual(['ta', 'tc']);
  });

  it('go on after the disk was full, names and chain unharmed', async () => {
    const terms = { token: [{ param: 'new', system: 'new', code: 'x' }] };
    limitPages(20);
    await expect(store.commit([put('Patient', 'a', terms, LARGE), trace('ta')])).rejects.toMatchObject({ kind: 'storage-full' });
    connection.exec('PRAGMA max_page_count = 1000000');
    await store.commit([put('Patient', 'a', terms, LARGE), trace('ta')]);
    expect(await store.count({ type: 'Patient', where: [{ kind: 'token', param: 'new', anyOf: [{ system: 'new', code: 'x' }] }] })).toBe(1);
    expect((await verifiedChain(store, 'writer-1')).length).toBe(1);
  });

  it('wait while another process writes, without holding up the reads of this one', async () => {
    await store.commit([put('Patient', 'before')]);
    const other = new DatabaseSync(path.join(folder, 'bund.db'));
    other.exec('BEGIN IMMEDIATE');
    const events: string[] = [];
    const commit = store.commit([put('Patient', 'after')]).then(() => events.push('committed'));
    expect((await store.read({ type: 'Patient', id: 'before' }))?.version).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    events.push('released');
    other.exec('COMMIT');
    await commit;
    other.close();
    expect(events).toEqual(['released', 'committed']);
  });
});
