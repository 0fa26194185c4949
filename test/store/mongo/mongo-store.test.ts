import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openMongo } from '../../../src/store/mongo/open.ts';
import type { Store, StoreOptions } from '../../../src/store/store.ts';
import { extractCarried, optionsFor, put, trace } from '../../contract/samples.ts';
import { databaseUri, mongoServer } from '../../mongo-server.ts';

const server = await mongoServer();

describe.skipIf(server.uri === undefined)('mongo store', () => {
  const uri = databaseUri(server.uri ?? '', `bund-test-${randomUUID()}`);
  const stores: Store[] = [];
  const open = async (writer: string, options: Partial<StoreOptions> = {}) => {
    const store = await openMongo(uri, { ...optionsFor(writer), ...options });
    stores.push(store);
    return store;
  };
  const inspect = async <T>(look: (db: mongoose.mongo.Db) => Promise<T>) => {
    const connection = await mongoose.createConnection(uri).asPromise();
    try {
      return await look(connection.getClient().db(connection.name));
    } finally {
      await connection.close();
    }
  };

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await inspect((db) => db.dropDatabase());
  });
  afterAll(() => ('stop' in server ? server.stop() : undefined));

  it('is opened by several gateways at once, which find one set of indexes', async () => {
    const opened = await Promise.all(['a', 'b', 'c', 'd'].map((name) => open(name)));
    await Promise.all(opened.map((store, i) => store.commit([put('Patient', `p${i}`)])));
    expect(await opened[0]!.count({ type: 'Patient', where: [] })).toBe(4);
    const indexes = await inspect(async (db) => (await db.collection('resources').listIndexes().toArray()).map((index) => Object.keys(index.key as object).join()));
    expect(indexes.sort()).toEqual([
      '_id', 'trace.type,trace.tick', 'trace.writer,trace.seq', 'type,at', 'type,created', 'type,patients,clinical,created', 'type,record,clinical,created',
      'type,terms.date.param,terms.date.low', 'type,terms.exact', 'type,terms.number.param,terms.number.low', 'type,terms.quantity.param,terms.quantity.low',
      'type,terms.reference,created', 'type,terms.string', 'type,terms.token,created', 'type,terms.uri,created',
    ]);
  });

  it('lets no two gateways both create what each assumed to be missing, even under different names', async () => {
    const [one, two] = [await open('a'), await open('b')];
    for (let round = 0; round < 10; round++) {
      const [mrn, card] = [`mrn-${round}`, `card-${round}`];
      const person = (id: string) => put('Patient', id, { token: [{ param: 'identifier', system: 'mrn', code: mrn }, { param: 'card', system: 'card', code: card }] });
      const assuming = (param: string, system: string, code: string) => ({ assuming: [{ type: 'Patient', where: [{ kind: 'token', param, anyOf: [{ system, code }] }], ids: [] }] }) as const;
      const settled = await Promise.allSettled([one.commit([person(`a${round}`)], assuming('identifier', 'mrn', mrn)), two.commit([person(`b${round}`)], assuming('card', 'card', card))]);
      expect(settled.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await one.count({ type: 'Patient', where: [{ kind: 'token', param: 'identifier', anyOf: [{ system: 'mrn', code: mrn }] }] })).toBe(1);
    }
  });

  it('refuses to fork a chain when two processes use one writer\'s name', async () => {
    const [one, two] = [await open('same'), await open('same')];
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? one : two).commit([trace(`t${i}`)])));
    const links = await one.chain({ writer: 'same', fromSeq: 1, limit: 100 });
    expect(links.map((link) => link.seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(links.slice(1).map((link) => link.previous)).toEqual(links.slice(0, -1).map((link) => link.hash));
  });

  it('refuses a resource larger than a document may be, alone', async () => {
    const store = await open('a');
    const settled = await Promise.allSettled([store.commit([put('Binary', 'small')]), store.commit([put('Binary', 'big', {}, 'x'.repeat(17_000_000))]), store.commit([put('Binary', 'large', {}, 'x'.repeat(6_000_000))])]);
    expect(settled.map((result) => (result.status === 'rejected' ? (result.reason as { kind: string }).kind : result.status))).toEqual(['fulfilled', 'too-large', 'fulfilled']);
    expect((await store.read({ type: 'Binary', id: 'large' }))?.body.length).toBeGreaterThan(6_000_000);
  });

  it('builds its index anew when what resources are found by has changed', async () => {
    const finding = (indexVersion: string, code: string, patientOfNinth?: string): Partial<StoreOptions> => ({ indexVersion, extract: (resource) => ({ ...extractCarried(resource), patients: resource.id === 'p9' && patientOfNinth !== undefined ? [patientOfNinth] : [], token: [{ param: 'is', system: '', code }] }) });
    const foundBy = (store: Store, code: string) => store.count({ type: 'Patient', where: [{ kind: 'token', param: 'is', anyOf: [{ system: '', code }] }] });
    const first = await open('a', finding('1', 'old'));
    await first.commit([...Array.from({ length: 600 }, (_, i) => put('Patient', `p${i}`)), trace('t1')]);
    await first.commit([{ kind: 'delete', key: { type: 'Patient', id: 'p7' } }]);
    expect(await foundBy(await open('b', finding('1', 'new')), 'old')).toBe(599);
    const renewed = await open('c', finding('2', 'new', 'someone'));
    expect([await foundBy(renewed, 'old'), await foundBy(renewed, 'new')]).toEqual([0, 599]);
    expect((await renewed.read({ type: 'Patient', id: 'p1' }))?.version).toBe(1);
    expect((await renewed.chain({ writer: 'a', fromSeq: 1, limit: 2 })).length).toBe(1);
    expect(await inspect((db) => db.collection('resources').countDocuments({ home: 'someone' }))).toBe(1);
  });

  it('moves a resource whose patient changes to that patient\'s shard', async () => {
    const store = await open('a');
    const of = (patient: string) => put('Observation', 'o1', { reference: [{ param: 'patient', type: 'Patient', id: patient, url: '' }] });
    await store.commit([of('p1')]);
    await store.commit([of('p2')]);
    const homes = await inspect((db) => db.collection('resources').find({}, { projection: { home: 1, version: 1, _id: 0 } }).toArray());
    expect(homes).toEqual([{ version: 2, home: 'p2' }]);
  });
});
