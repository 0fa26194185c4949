import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SCOPES, issueToken } from '../../src/access/tokens.ts';
import type { Role } from '../../src/access/index.ts';
import { readConfig } from '../../src/config.ts';
import type { Gateway } from '../../src/serve.ts';
import { serve } from '../../src/serve.ts';
import { STORES } from '../http/server.ts';
import { labBundle } from '../intake/samples.ts';
import { proposal } from './workbench-server.ts';

describe.each(STORES)('two gateways on one $name', ({ fresh }) => {
  let folder = '';
  let gateways: Gateway[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bund-live-'));
    const config = readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_DATA: folder, BUND_PORT: '0', BUND_LOG: 'silent', ...fresh() });
    gateways = [await serve(config, `first-${randomUUID()}`), await serve(config, `second-${randomUUID()}`)];
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function call(at: number, role: Role, subject: string, request: { method: string; address: string; body?: unknown }): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
    const { url, services } = gateways[at]!;
    const identity = { role, subject, name: undefined, source: role === 'source' ? subject : undefined, facility: undefined, scopes: DEFAULT_SCOPES[role] };
    const token = issueToken(services.keys, services.config, identity, { now: new Date(), lifetimeSeconds: 600 });
    const response = await fetch(url + request.address, {
      method: request.method,
      headers: { Authorization: `Bearer ${token}`, ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return { status: response.status, body: await response.json() };
  }
  const pushAt = (at: number, number: string): Promise<unknown> =>
    call(at, 'source', 'hospital-a', { method: 'POST', address: '/intake/hospital-a', body: labBundle('hospital-a', { number: 'live-1' }, [{ number, code: 'LIVE-1' }]) });
  const found = async (): Promise<number> => (await call(0, 'system', 's', { method: 'GET', address: '/fhir/Observation?code=http://loinc.org|14749-6' })).body.entry?.length ?? 0;

  it('map a code that was approved at one of them, what is stored and what comes, without a restart', async () => {
    await pushAt(0, 'l-1');
    const proposed = await call(0, 'operator', 'mei', { method: 'POST', address: '/terminology/mappings', body: proposal('hospital-a', 'LIVE-1') });
    const { status } = await call(1, 'operator', 'lin', { method: 'POST', address: `/terminology/mappings/${String(proposed.body.mapping.id)}/approve`, body: { reason: 'agreed' } });
    expect(status).toBe(200);
    await vi.waitFor(async () => expect(await found()).toBe(1), { timeout: 20_000, interval: 100 });
    await vi.waitFor(() => expect(gateways.map(({ services }) => services.liveCodes.revision)).toEqual([1, 1]), { timeout: 20_000, interval: 100 });
    await pushAt(0, 'l-2');
    await pushAt(1, 'l-3');
    expect(await found()).toBe(3);
  });
});
