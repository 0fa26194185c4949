import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { buildApp } from '../../src/app.ts';
import { createServer } from '../../src/http/server.ts';
import { registerSources } from '../../src/intake/index.ts';
import { openServices } from '../../src/open-services.ts';
import type { Services } from '../../src/services.ts';
import type { Answer, TestServer } from '../http/server.ts';
import { startServer } from '../http/server.ts';
import { databaseUri } from '../mongo-server.ts';

/** The calls that sources and operators make. */
export interface Calls {
  /** Pushes a body as a source; text and bytes go out as they are. */
  push(source: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Asks as an operator. */
  operator(method: string, address: string, body?: unknown): Promise<Answer>;
  /** Every current resource of a FHIR type, without what changes with each write. */
  stored(type: string): Promise<Record<string, unknown>[]>;
}

export interface IntakeServer extends TestServer, Calls {}

export interface IntakeOptions {
  /** What the gateway works with, changed. */
  readonly change?: (services: Services) => Services;
  /** Of a MongoDB; SQLite without one. */
  readonly uri?: string | undefined;
  readonly env?: Record<string, string>;
}

export async function startIntakeServer({ change, uri, env = {} }: IntakeOptions = {}): Promise<IntakeServer> {
  const server = await startServer({ ...env, ...(uri === undefined ? {} : { BUND_STORE: databaseUri(uri, `bund-intake-${randomUUID()}`) }) }, change);
  await registerSources(server.services);
  return { ...server, ...callsOf(server) };
}

/** Another gateway on the same store, as a process of its own would be. Stop it before the first. */
export async function startBeside(first: TestServer): Promise<Calls & Pick<TestServer, 'stop'>> {
  const services = await openServices({ ...first.services.config }, 'test-2');
  const server = createServer(buildApp(services)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await services.store.close();
  };
  return { ...callsOf({ ...first, services, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }), stop };
}

function callsOf(server: TestServer): Calls {
  const { url, services } = server;
  const tokens = new Map<string, string>();
  const tokenOf = (source: string): string => {
    const known = tokens.get(source) ?? server.token('source', { subject: source, source });
    tokens.set(source, known);
    return known;
  };
  const operatorToken = server.token('operator');
  return {
    push: (source, body, headers = {}) => call(`${url}/intake/${source}`, 'POST', body, { Authorization: `Bearer ${tokenOf(source)}`, ...headers }),
    operator: (method, address, body) => call(url + address, method, body, { Authorization: `Bearer ${operatorToken}` }),
    stored: async (type) => (await storedOf(services, type)).map((body) => JSON.parse(body, (name, value: unknown) => (name === 'lastUpdated' || name === 'versionId' ? undefined : value))),
  };
}

async function storedOf({ store }: Services, type: string): Promise<string[]> {
  const bodies: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.search({ type, where: [], sort: [{ param: '_id', of: 'id', descending: false }], limit: 200, ...(after === undefined ? {} : { after }) });
    bodies.push(...page.items.map((item) => item.body));
    after = page.next;
  } while (after !== undefined);
  return bodies;
}

async function call(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/fhir+json' }), ...headers },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}
