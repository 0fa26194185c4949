import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { LogSync } from '../../../src/store/sqlite/log-sync.ts';
import { openSqlite } from '../../../src/store/sqlite/open.ts';
import { migrate } from '../../../src/store/sqlite/schema.ts';
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { optionsFor, put, trace } from '../../contract/samples.ts';

describe('a disk that does not take the log', () => {
  let folder: string;
  let file: string;
  let log: FileHandle;
  let store: SqliteStore;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'bund-sqlite-'));
    file = path.join(folder, 'bund.db');
    const connection = new Connection(file);
    migrate(connection);
    connection.finishOpening();
    // A handle that is closed behind its back refuses to sync, as a disk that is gone does.
    log = await open(`${file}-wal`, 'r+');
    store = new SqliteStore(connection, new LogSync(log), optionsFor('writer-1'));
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('acknowledges nothing that was written before it failed, and writes nothing after', async () => {
    await store.commit([put('Patient', 'before'), trace('t0')]);
    await log.close();
    const commits = await Promise.allSettled([store.commit([put('Patient', 'a'), trace('ta')]), store.commit([put('Patient', 'b'), trace('tb')])]);
    expect(commits.map((result) => (result.status === 'rejected' ? (result.reason as { kind: string }).kind : 'stored'))).toEqual(['unavailable', 'unavailable']);
    await expect(store.commit([put('Patient', 'c')])).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('started again') });
    expect(await store.read({ type: 'Patient', id: 'c' })).toBeUndefined();
  });

  it('is told to who asks whether the store answers, and signs no chain', async () => {
    await store.commit([put('Patient', 'before'), trace('t0')]);
    expect(await store.chains()).toMatchObject([{ writer: 'writer-1', seq: 1 }]);
    await store.ping();
    await log.close();
    await expect(store.commit([trace('t1')])).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(store.chains()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(store.ping()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is no more once the database is opened anew', async () => {
    await log.close();
    await expect(store.commit([put('Patient', 'a')])).rejects.toMatchObject({ kind: 'unavailable' });
    await store.close();
    const again = await openSqlite(file, optionsFor('writer-1'));
    try {
      expect((await again.commit([put('Patient', 'd')]))[0]?.outcome).toBe('created');
    } finally {
      await again.close();
    }
  });
});

it('syncs the log of the database itself where a link leads to it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bund-sqlite-'));
  const [file, link] = [path.join(folder, 'disk', 'bund.db'), path.join(folder, 'bund.db')];
  await (await openSqlite(file, optionsFor('writer-1'))).close();
  symlinkSync(file, link);
  // What lies beside the link is no log of it.
  writeFileSync(`${link}-wal`, '');
  const connection = new Connection(link);
  expect(connection.logFile).toBe(`${realpathSync(file)}-wal`);
  connection.close();
  const store = await openSqlite(link, optionsFor('writer-1'));
  expect((await store.commit([put('Patient', 'a')]))[0]?.outcome).toBe('created');
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

it('waits for no disk where the database is in memory', async () => {
  const store = await openSqlite(':memory:', optionsFor('writer-1'));
  expect((await store.commit([put('Patient', 'a')]))[0]?.outcome).toBe('created');
  await store.close();
});
