import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/store/sqlite/open.ts';
import { STEPS } from '../../../src/store/sqlite/schema.ts';
import type { Store, StoreOptions } from '../../../src/store/store.ts';
import { extractCarried, optionsFor, put, trace } from '../../contract/samples.ts';

describe('a SQLite database', () => {
  let folder: string;
  let file: string;
  const stores: Store[] = [];
  const others: DatabaseSync[] = [];
  const open = async (target = file, writer = 'writer-1') => {
    const store = await openSqlite(target, optionsFor(writer));
    stores.push(store);
    return store;
  };
  /** A connection beside the store's, as another program would have it. */
  const beside = (text = '') => {
    const other = new DatabaseSync(file);
    others.push(other);
    other.exec(text);
    return other;
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bund-sqlite-'));
    file = path.join(folder, 'deep', 'bund.db');
  });
  afterEach(async () => {
    for (const other of others.splice(0)) if (other.isOpen) other.close();
    await Promise.all(stores.splice(0).map((store) => store.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('is made together with its folder, and can live in memory', async () => {
    await (await open()).commit([put('Patient', 'p1')]);
    const inMemory = await open(':memory:');
    expect(await inMemory.read({ type: 'Patient', id: 'p1' })).toBeUndefined();
    expect((await inMemory.commit([put('Patient', 'p1'), trace('t1')])).length).toBe(2);
  });

  it('builds its index anew when what resources are found by has changed', async () => {
    const options = (indexVersion: string, code: string): StoreOptions => ({ ...optionsFor('writer-1'), indexVersion, extract: (resource) => ({ ...extractCarried(resource), token: [{ param: 'is', system: '', code }] }) });
    const count = (store: Store, type: string, code: string) => store.count({ type, where: [{ kind: 'token', param: 'is', anyOf: [{ code }] }] });
    const first = await openSqlite(file, options('1', 'old'));
    await first.commit([...Array.from({ length: 700 }, (_, i) => put('Patient', `p${i}`)), trace('t1')]);
    await first.commit([{ kind: 'delete', key: { type: 'Patient', id: 'p5' } }]);
    expect(await count(first, 'AuditEvent', 'old')).toBe(1);
    await first.close();
    const same = await openSqlite(file, options('1', 'new'));
    expect([await count(same, 'Patient', 'old'), await count(same, 'Patient', 'new')]).toEqual([699, 0]);
    await same.close();
    const second = await openSqlite(file, options('2', 'new'));
    stores.push(second);
    expect([await count(second, 'Patient', 'old'), await count(second, 'Patient', 'new')]).toEqual([0, 699]);
    expect([await count(second, 'AuditEvent', 'old'), await count(second, 'AuditEvent', 'new')]).toEqual([0, 1]);
    await second.commit([put('Patient', 'p1', {}, 'changed'), put('Patient', 'p5')]);
    expect([await count(second, 'Patient', 'new'), (await second.history({ type: 'Patient', id: 'p1', limit: 5 })).items.length]).toEqual([700, 2]);
  });

  it('is brought to the current schema with everything in it when an older program made it', async () => {
    mkdirSync(path.dirname(file));
    const body = (version: number) => JSON.stringify({ resourceType: 'Patient', id: 'p1', meta: { versionId: String(version), lastUpdated: '2026-03-01T08:00:00.000Z' }, carries: JSON.stringify({ token: [{ param: 'is', system: '', code: 'old' }] }) });
    const old = beside(`${STEPS[0] ?? ''} PRAGMA application_id = 1114992228; PRAGMA user_version = 1;
      INSERT INTO setting VALUES ('index version', '1'), ('indexed traces', 0); INSERT INTO name VALUES (1, 'Patient'); INSERT INTO live VALUES (1, 1, ',');`);
    for (const version of [1, 2]) old.prepare('INSERT INTO version VALUES (?, 1, 1, ?, 1772352000000, 0, ?)').run(version, version, body(version));
    old.exec("INSERT INTO resource VALUES (1, 1, 'p1', 2, 2, 1772352000000, 0)");
    old.close();
    const store = await openSqlite(file, { ...optionsFor('writer-1'), indexVersion: '1' });
    stores.push(store);
    expect(await store.count({ type: 'Patient', where: [{ kind: 'token', param: 'is', anyOf: [{ code: 'old' }] }] })).toBe(1);
    expect((await store.history({ type: 'Patient', id: 'p1', limit: 5 })).items.map((item) => item.version)).toEqual([2, 1]);
    expect((await store.readVersion({ type: 'Patient', id: 'p1' }, 1))?.body).toBe(body(1));
  });

  it('is refused when a newer program made it', async () => {
    await (await open()).close();
    beside('PRAGMA user_version = 1000').close();
    await expect(open()).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/schema 1000, newer than schema \d+/) });
  });

  it('is refused when it belongs to another program, and left as it was', async () => {
    file = path.join(folder, 'other.db');
    beside('CREATE TABLE theirs (x)').close();
    await expect(open()).rejects.toMatchObject({ kind: 'unavailable', message: 'The file is a database of another program' });
    expect(beside().prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'theirs' }]);
  });

  it('is refused when the file is no database', async () => {
    file = path.join(folder, 'notes.txt');
    writeFileSync(file, 'Li Lei, 13800138000\n'.repeat(500));
    await expect(open()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(readFileSync(file, 'utf8')).toContain('Li Lei');
  });

  it('that cannot be made is unavailable', async () => {
    writeFileSync(path.join(folder, 'deep'), 'a file where the folder belongs');
    await expect(open()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('answers a corrupted file with an error that holds no data', async () => {
    const store = await open();
    for (let i = 0; i < 40; i++) await store.commit([put('Patient', `p${i}`, {}, 'Li Lei '.repeat(200))]);
    await store.close();
    truncateSync(file, 3 * 4096);
    const attempt = await open().then((again) => again.history({ limit: 100 })).catch((error: unknown) => error);
    expect(attempt).toMatchObject({ kind: 'unavailable' });
    expect(JSON.stringify([attempt, String(attempt), String((attempt as Error).cause)])).not.toContain('Li Lei');
  });
});
