import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { describe } from 'vitest';
import { openMongo } from '../../src/store/mongo/open.ts';
import { databaseUri, mongoServer } from '../mongo-server.ts';
import { describeStore } from './store-contract.ts';

const server = await mongoServer();

if (server.uri === undefined) {
  describe.skip(`mongo: ${server.reason}`, () => describeStore('mongo', { fresh: () => Promise.reject(new Error(server.reason)), open: openMongo, remove: () => Promise.resolve(), module: new URL('../../src/store/mongo/open.ts', import.meta.url), exported: 'openMongo' }));
} else {
  const { uri } = server;
  describeStore('mongo', {
    fresh: () => Promise.resolve(databaseUri(uri, `bund-test-${randomUUID()}`)),
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
