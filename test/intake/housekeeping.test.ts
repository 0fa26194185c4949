import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SCOPES, issueToken } from '../../src/access/tokens.ts';
import type { Role } from '../../src/access/index.ts';
import { readConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';
import type { Gateway } from '../../src/serve.ts';
import type { Parsed } from '../http/server.ts';
import { patient, result } from './samples.ts';

let folder: string;
let gateway: Gateway;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bund-housekeeping-'));
  gateway = await serve(readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_PORT: '0', BUND_LOG: 'silent', BUND_LIMIT_REQUEST_MS: '500' }), 'housekeeping-1');
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

async function call(role: Role, method: string, address: string, body?: unknown): Promise<{ readonly status: number; readonly id: string; readonly body: Parsed }> {
  const { keys, config } = gateway.services;
  const source = role === 'source' ? 'hospital-a' : undefined;
  const token = issueToken(keys, config, { role, subject: source ?? role, name: undefined, source, facility: undefined, scopes: DEFAULT_SCOPES[role] }, { now: new Date(), lifetimeSeconds: 600 });
  const headers = { Authorization: `Bearer ${token}`, Connection: 'close', ...(body === undefined ? {} : { 'Content-Type': 'application/fhir+json' }) };
  const answer = await fetch(gateway.url + address, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: answer.status, id: answer.headers.get('x-intake-message') ?? '', body: await answer.json() };
}

describe('a gateway that runs', () => {
  const until = (condition: () => Promise<void>): Promise<void> => vi.waitFor(condition, { timeout: 20_000, interval: 50 });

  it('stores by itself what came before the record that it refers to, and works on replays', async () => {
    const early = await call('source', 'POST', '/intake/hospital-a', result('hospital-a', { number: 'hk1-1', code: 'GLU', subject: 'Patient/hk1' }));
    expect(early.status).toBe(422);
    await call('source', 'POST', '/intake/hospital-a', { ...patient('hospital-a', { number: 'hk1' }), id: 'hk1' });
    await until(async () => expect((await call('operator', 'GET', `/intake/messages/${early.id}`)).body.message.status).toBe('processed'));

    const ordered = await call('operator', 'POST', '/intake/replays', { filter: { all: true } });
    await until(async () => expect((await call('operator', 'GET', `/intake/replays/${ordered.body.id}`)).body).toMatchObject({ state: 'done', total: 2, done: { processed: 2 } }));
  });

  it('answers at every address of its operators, whatever is asked there', async () => {
    const part = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('%', '%zz', '..', '__proto__', '$estimate', 'hospital-a', '\0', '患者', 'a'.repeat(300))).map(encodeURIComponent);
    const address = fc.oneof(
      part.map((id) => `/intake/replays/${id}`), fc.tuple(part, part).map(([id, number]) => `/intake/replays/${id}/parts/${number}`),
      part.map((id) => `/intake/sources/${id}`), part.map((id) => `/intake/sources/${id}/quality`),
      fc.tuple(fc.constantFrom('source', '_count', '_page', 'reason', 'status'), part).map(([name, value]) => `/intake/dead-letters?${name}=${value}`),
      fc.tuple(fc.constantFrom('source', 'reason', 'status', 'unmapped', 'message-id'), part).map(([name, value]) => `/intake/messages?${name}=${value}`),
    );
    await fc.assert(fc.asyncProperty(address, async (asked) => { expect((await call('operator', 'GET', asked)).status, asked).toBeLessThan(500); }), { numRuns: 200 });
  });
});
