import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { describeStore } from './store-contract.ts';

describeStore('sqlite', {
  fresh: async () => path.join(await mkdtemp(path.join(tmpdir(), 'bund-sqlite-')), 'bund.db'),
  open: openSqlite,
  remove: (file) => rm(path.dirname(file), { recursive: true, force: true }),
  module: new URL('../../src/store/sqlite/open.ts', import.meta.url),
  exported: 'openSqlite',
});
