import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN_START, linkHash } from '../../../src/store/chain.ts';
import { openMongo } from '../../../src/store/mongo/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { optionsFor, put, trace } from '../../contract/samples.ts';
import { databaseUri, hasStandIn, startStandIn } from '../../mongo-server.ts';
import type { StandIn } from '../../mongo-server.ts';

/** A server of these tests' own: they make it fail. A MongoDB that others use must not be broken. */
describe.skipIf(!hasStandIn())('mongo store on a server that fails', () => {
  let server: StandIn;
  let admin: mongoose.Connection;
  const stores: Store[] = [];

  beforeAll(async () => {
    server = await startStandIn();
    admin = await mongoose.createConnection(server.uri).asPromise();
  });
  afterEach(async () => {
    await failing('off', {}).catch(() => undefined);
    await Promise.allSettled(stores.splice(0).map((store) => store.close()));
  });
  afterAll(async () => {
    await admin.close();
    await server.stop();
  });

  const open = async (uri = databaseUri(server.uri, `bund-test-${randomUUID()}`), writer = 'writer-1') => {
    const store = await openMongo(uri, optionsFor(writer));
    stores.push(store);
    return store;
  };
  const failing = (mode: 'off' | 'alwaysOn' | { times: number }, data: object) => admin.getClient().db('admin').command({ configureFailPoint: 'failCommand', mode, data });

  it.each([
    ['a write meets a conflict', { failCommands: ['insert'], errorCode: 112, errorLabels: ['TransientTransactionError'] }],
    ['the primary steps down while it writes', { failCommands: ['insert'], errorCode: 189, errorLabels: ['TransientTransactionError'] }],
    ['the connection breaks while it writes', { failCommands: ['insert'], closeConnection: true }],
    ['the connection breaks while it commits', { failCommands: ['commitTransaction'], closeConnection: true }],
    ['nobody knows whether it was committed', { failCommands: ['commitTransaction'], errorCode: 64, errorLabels: ['UnknownTransactionCommitResult'] }],
    ['the connection breaks while it takes its time', { failCommands: ['findAndModify'], closeConnection: true }],
  ])('commits once, whole, when %s', async (_, data) => {
    // A busy machine may take seconds to find the primary again; how long is not what this is about.
    const store = await open(`${databaseUri(server.uri, `bund-test-${randomUUID()}`)}&serverSelectionTimeoutMS=20000`);
    await store.commit([put('Patient', 'p0'), trace('t0')]);
    await failing({ times: 1 }, data);
    const [stored] = await store.commit([put('Patient', 'p1'), trace('t1')]);
    expect(stored).toMatchObject({ version: 1, outcome: 'created' });
    expect((await store.history({ limit: 10 })).items.map((item) => item.id)).toEqual(['p1', 'p0']);
    const links = await store.chain({ writer: 'writer-1', fromSeq: 1, limit: 10 });
    expect(links.map((link) => link.hash)).toEqual(links.map((link) => linkHash('writer-1', link.seq, link.previous, link.body)));
    expect(links.map((link) => link.previous)).toEqual([CHAIN_START, links[0]?.hash]);
  });

  it('reports a full disk as such and writes nothing', async () => {
    const store = await open();
    await failing({ times: 1 }, { failCommands: ['insert'], errorCode: 14031 });
    await expect(store.commit([put('Patient', 'p1'), trace('t1')])).rejects.toMatchObject({ name: 'ServiceError', kind: 'storage-full' });
    expect(await store.read({ type: 'Patient', id: 'p1' })).toBeUndefined();
    expect(await store.chains()).toEqual([]);
    expect((await store.commit([put('Patient', 'p1')]))[0]?.version).toBe(1);
  });

  it('refuses one resource that the database does not take and stores those that share its transaction', async () => {
    const store = await open();
    await failing({ times: 2 }, { failCommands: ['insert'], errorCode: 10334 });
    const settled = await Promise.allSettled([store.commit([put('Patient', 'p1')]), store.commit([put('Patient', 'p2')]), store.commit([put('Patient', 'p3')])]);
    // The first failure hits the group, the second the first of the members that then go alone.
    expect(settled.map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(settled[0]).toMatchObject({ reason: { kind: 'too-large' } });
    expect(await store.count({ type: 'Patient', where: [] })).toBe(2);
  });

  it('keeps every acknowledged commit when the server is killed, says that it is gone, and goes on when it is back', async () => {
    const uri = `${databaseUri(server.uri, `bund-test-${randomUUID()}`)}&serverSelectionTimeoutMS=500`;
    const store = await open(uri);
    const acknowledged: string[] = [];
    const writing = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; ; n++) {
        const id = `p${writer}-${n}`;
        try {
          await store.commit([put('Patient', id), trace(`t${writer}-${n}`)]);
        } catch (error) {
          return error;
        }
        acknowledged.push(id);
      }
    });
    while (acknowledged.length < 40) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.kill();
    for (const error of await Promise.all(writing)) expect(error).toMatchObject({ name: 'ServiceError', kind: 'unavailable' });
    await expect(store.ping()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(store.search({ type: 'Patient', where: [], sort: [], limit: 1 })).rejects.toMatchObject({ kind: 'unavailable' });
    await server.restart();
    const found = await store.readMany(acknowledged.map((id) => ({ type: 'Patient', id })));
    expect(found.length).toBe(acknowledged.length);
    expect((await store.commit([trace('after')]))[0]?.outcome).toBe('created');
    expect((await store.chains())[0]?.seq).toBe(await store.count({ type: 'AuditEvent', where: [] }));
  });
});

describe('openMongo', () => {
  it('says that no server answers', async () => {
    await expect(openMongo('mongodb://127.0.0.1:1/bund?serverSelectionTimeoutMS=300', optionsFor('w'))).rejects.toMatchObject({ name: 'ServiceError', kind: 'unavailable' });
  });
});
