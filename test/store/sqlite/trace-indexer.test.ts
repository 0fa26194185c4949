import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clause } from '../../../src/fhir/search/query.ts';
import { openSqlite } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { verifiedChain } from '../../contract/chains.ts';
import { extractCarried, optionsFor, put, trace } from '../../contract/samples.ts';

const READS: Clause = { kind: 'token', param: 'action', anyOf: [{ code: 'R' }] };
const read = (id: string) => trace(id, { token: [{ param: 'action', system: '', code: 'R' }] });

describe('the index of traces', () => {
  let folder: string;
  let file: string;
  const stores: Store[] = [];
  const open = async (writer = 'writer-1', extract = extractCarried) => {
    const store = await openSqlite(file, { ...optionsFor(writer), extract });
    stores.push(store);
    return store;
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bund-sqlite-'));
    file = path.join(folder, 'bund.db');
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    rmSync(folder, { recursive: true, force: true });
  });
  const indexed = () => {
    const other = new DatabaseSync(file, { readOnly: true });
    const count = other.prepare('SELECT count(*) AS n FROM live').get()?.n;
    other.close();
    return count;
  };

  it('is written after the commit, and in full before a search for traces is answered', async () => {
    const store = await open();
    const append = (i: number) => store.commit(Array.from({ length: 300 }, (_, n) => read(`t${i}-${n}`)));
    await append(0);
    expect(indexed()).toBe(0);
    for (let i = 1; i < 3; i++) await append(i);
    expect(await store.count({ type: 'AuditEvent', where: [READS] })).toBe(900);
    expect(indexed()).toBe(900);
  });

  it('is caught up when a chain, a reverse chain or an assumption asks for traces', async () => {
    const store = await open();
    const about = (id: string) => trace(id, { reference: [{ param: 'patient', type: 'Patient', id: 'p1', url: '' }] });
    await store.commit([put('Patient', 'p1'), about('t1')]);
    const seen: Clause = { kind: 'or', clauses: [{ kind: 'has', type: 'AuditEvent', param: 'patient', where: [] }] };
    expect(await store.count({ type: 'Patient', where: [seen] })).toBe(1);
    await store.commit([about('t2')]);
    await store.commit([put('Basic', 'b1')], { assuming: [{ type: 'AuditEvent', where: [{ kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: 'p1' }] }], ids: ['t1', 't2'] }] });
    expect((await store.read({ type: 'Basic', id: 'b1' }))?.version).toBe(1);
  });

  it('is caught up by whichever process comes next', async () => {
    await (await open()).commit([read('t1'), read('t2')]);
    const other = await open('writer-2');
    await other.commit([read('t3')]);
    expect(await other.count({ type: 'AuditEvent', where: [READS] })).toBe(3);
    expect(await stores[0]?.count({ type: 'AuditEvent', where: [READS] })).toBe(3);
  });

  it('leaves out the terms of a trace that has unreadable ones, but not the trace', async () => {
    const store = await open('writer-1', () => { throw new TypeError('no terms'); });
    await store.commit([read('t1')]);
    expect(await store.count({ type: 'AuditEvent', where: [] })).toBe(1);
    expect(await store.count({ type: 'AuditEvent', where: [READS] })).toBe(0);
  });

  it('finds AuditEvents that were put like any resource beside the traces', async () => {
    const store = await open();
    await store.commit([read('t1')]);
    await store.commit([put('AuditEvent', 'foreign', { token: [{ param: 'action', system: '', code: 'R' }] })]);
    await store.commit([read('t2')]);
    const ids = async (sort: Parameters<Store['search']>[0]['sort']) => (await store.search({ type: 'AuditEvent', where: [READS], sort, limit: 10 })).items.map((item) => item.id);
    expect(await ids([])).toEqual(['t2', 'foreign', 't1']);
    expect(await ids([{ param: '_id', of: 'id', descending: false }])).toEqual(['foreign', 't1', 't2']);
    expect(await ids([{ param: '_lastUpdated', of: 'lastUpdated', descending: true }])).toEqual(['t2', 'foreign', 't1']);
    expect((await store.history({ type: 'AuditEvent', limit: 10 })).items.map((item) => item.id)).toEqual(['t2', 'foreign', 't1']);
  });

  it('keeps one chain when two processes were given the same writer name', async () => {
    const both = [await open('same'), await open('same')];
    await Promise.all(Array.from({ length: 40 }, (_, i) => both[i % 2]!.commit([read(`t${i}`)])));
    expect((await verifiedChain(both[0]!, 'same')).length).toBe(40);
  });
});
