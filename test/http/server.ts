import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mongoose from 'mongoose';
import { DEFAULT_SCOPES, issueToken } from '../../src/access/tokens.ts';
import type { Identity } from '../../src/access/tokens.ts';
import type { Role } from '../../src/access/index.ts';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createServer } from '../../src/http/server.ts';
import { openServices } from '../../src/open-services.ts';
import type { Services } from '../../src/services.ts';
import { databaseUri } from '../mongo-server.ts';

/** A gateway that listens on a port of its own. */
export interface TestServer {
  readonly url: string;
  readonly services: Services;
  token(role: Role, changes?: Partial<Identity>, lifetimeSeconds?: number): string;
  /** Sends a request to the FHIR API, as the `system` role unless told otherwise. An object becomes a JSON body. */
  fhir(method: string, address: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, an empty object when there is none. */
  readonly body: Parsed;
}

/** Whatever JSON holds; tests say by their expectations what it must be. */
export type Parsed = ReturnType<typeof JSON.parse>;

/** Stores that the HTTP tests run on, each with the environment of a new, empty one; MongoDB only where one is named. */
export const STORES: readonly { readonly name: string; readonly uri: string | undefined; readonly fresh: () => Record<string, string> }[] = [
  { name: 'SQLite', uri: undefined, fresh: () => ({}) },
  ...mongoUris().map((uri) => ({ name: 'MongoDB', uri, fresh: () => ({ BUND_STORE: databaseUri(uri, `bund-http-${randomUUID()}`) }) })),
];

function mongoUris(): string[] {
  const uri = process.env['BUND_TEST_MONGODB_URI'];
  return uri === undefined || uri === '' ? [] : [uri];
}

async function dropDatabase(uri: string): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  await connection.dropDatabase();
  await connection.close();
}

export async function startServer(env: Record<string, string> = {}, change: (services: Services) => Services = (services) => services): Promise<TestServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bund-http-'));
  const config = readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_DATA: folder, BUND_PORT: '0', BUND_LOG: 'silent', ...env });
  const services = await openServices(config, 'test-1');
  const server = createServer(buildApp(change(services))).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token: TestServer['token'] = (role, changes = {}, lifetimeSeconds = 3600) =>
    issueToken(services.keys, config, { role, subject: `${role}-1`, name: undefined, source: undefined, facility: undefined, scopes: DEFAULT_SCOPES[role], ...changes }, { now: new Date(), lifetimeSeconds });
  const system = token('system');
  return {
    url, services, token,
    fhir: (method, address, body, headers) => request(`${url}/fhir${address}`, { method, body, headers: { Authorization: `Bearer ${system}`, ...headers } }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await services.store.close();
      if (config.store.kind === 'mongodb') await dropDatabase(config.store.uri);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function request(url: string, { method, body, headers }: { method: string; body: unknown; headers: Record<string, string> }): Promise<Answer> {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/fhir+json' }), ...headers },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}
