import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { afterAll, describe, it, vi } from 'vitest';
import { openMongo } from '../../src/store/mongo/open.ts';
import { databaseUri, mongoServer } from '../mongo-server.ts';
import { describeStore } from './store-contract.ts';

// The stand-in for MongoDB is slower than MongoDB, and the contract walks many pages.
vi.setConfig({ testTimeout: 180_000 });

const server = await mongoServer();

if (server.uri === undefined) {
  describe('mongo', () => it.skip(`keeps the contract (skipped: ${server.reason})`, () => undefined));
} else {
  afterAll(() => server.stop());
  describeStore('mongo', {
    fresh: () => Promise.resolve(databaseUri(server.uri, `bund-test-${randomUUID()}`)),
    open: openMongo,
    remove: async (address) => {
      const connection = await mongoose.createConnection(address).asPromise();
      await connection.dropDatabase();
      await connection.close();
    },
    module: new URL('../../src/store/mongo/open.ts', import.meta.url),
    exported: 'openMongo',
  });
}
