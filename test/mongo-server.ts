/**
 * The MongoDB that the tests talk to. In order: BUND_TEST_MONGODB_URI; a `mongod` on this machine, or one that
 * mongodb-memory-server can fetch; the stand-in that `.ci/mongodb install` puts into .cache/mongodb. Without any, the tests say
 * why they are skipped, and fail instead where BUND_TEST_REQUIRE_MONGODB is set.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MongoMemoryReplSet } from 'mongodb-memory-server-core';

export interface MongoServer { readonly uri: string; stop(): Promise<void> }
export interface NoMongoServer { readonly uri?: undefined; readonly reason: string }

const STAND_IN = fileURLToPath(new URL('../.cache/mongodb/venv/bin/secantusd-py', import.meta.url));
const NONE = 'no BUND_TEST_MONGODB_URI, no mongod on this machine or to be fetched, and no stand-in (.ci/mongodb install)';

export async function mongoServer(): Promise<MongoServer | NoMongoServer> {
  const uri = process.env.BUND_TEST_MONGODB_URI;
  if (uri !== undefined && uri !== '') return { uri, stop: () => Promise.resolve() };
  const server = await realServer() ?? (existsSync(STAND_IN) ? await startStandIn() : undefined);
  if (server !== undefined) return server;
  if (process.env.BUND_TEST_REQUIRE_MONGODB === '1') throw new Error(`A MongoDB is required: ${NONE}`);
  return { reason: NONE };
}

/** The same server, another database. */
export function databaseUri(uri: string, name: string): string {
  const [, before = '', after = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  return `${before}/${name}${after}`;
}

export interface StandIn extends MongoServer {
  /** Ends the process at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same data and the same port. */
  restart(): Promise<void>;
}

export function hasStandIn(): boolean {
  return existsSync(STAND_IN);
}

/** A server of the test's own, which it may break. */
export async function startStandIn(): Promise<StandIn> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bund-mongo-'));
  let server = await launch(folder, 0);
  const kill = async () => {
    server.child.kill('SIGKILL');
    await server.ended;
  };
  return {
    uri: `mongodb://127.0.0.1:${server.port}/?replicaSet=secantus`,
    kill,
    restart: async () => {
      server = await launch(folder, server.port);
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Launched { readonly child: ChildProcess; readonly port: number; readonly ended: Promise<unknown> }

async function launch(folder: string, port: number): Promise<Launched> {
  const child = spawn(STAND_IN, ['--host', '127.0.0.1', '--port', String(port), '--storage-path', folder, '--sync-on-commit', '--enable-test-commands'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stderr });
  const listening = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    void ended.then(() => reject(new Error('The stand-in for MongoDB ended before it listened')));
  });
  return { child, port: listening, ended };
}

async function realServer(): Promise<MongoServer | undefined> {
  const mongod = spawnSync('mongod', ['--version'], { stdio: 'ignore' }).status === 0 ? 'mongod' : undefined;
  // Asking first is quick; the download itself would try for long and tell the whole story on the terminal.
  if (mongod === undefined && !(await lookup('fastdl.mongodb.org').then(() => true, () => false))) return undefined;
  const binary = mongod === undefined ? {} : { binary: { systemBinary: spawnSync('sh', ['-c', 'command -v mongod'], { encoding: 'utf8' }).stdout.trim() } };
  try {
    const replicaSet = await MongoMemoryReplSet.create({ replSet: { count: 1, storageEngine: 'wiredTiger' }, ...binary });
    return { uri: replicaSet.getUri(), stop: () => replicaSet.stop().then(() => undefined) };
  } catch {
    return undefined;
  }
}
