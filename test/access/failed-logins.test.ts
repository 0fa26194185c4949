import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailedLogins } from '../../src/access/index.ts';
import { readConfig } from '../../src/config.ts';
import { openServices } from '../../src/open-services.ts';
import { serve } from '../../src/serve.ts';
import type { Services } from '../../src/services.ts';

let folder: string;
let services: Services;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bund-logins-'));
  services = await openServices(readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'bund.db')}`, BUND_LOG: 'silent' }), 'gateway-1');
});
afterAll(async () => {
  await services.store.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the traces of refused logins say, oldest first. */
async function reasons(): Promise<readonly string[]> {
  const links = await services.store.chain({ writer: 'gateway-1', fromSeq: 1, limit: 1000 });
  return links.map(({ body }) => (JSON.parse(body) as { outcomeDesc: string }).outcomeDesc);
}

describe('refused tokens', () => {
  it('are traced at once when new, then counted, and then traced with their number', async () => {
    const failures = new FailedLogins(services, 100);
    await Promise.all(Array.from({ length: 30 }, () => failures.trace({ address: '192.0.2.1', requestId: 'r' }, 'The token has expired')));
    expect(await reasons()).toEqual(['The token has expired']);
    await expect.poll(reasons).toEqual(['The token has expired', 'The token has expired; 29 more within 0.1 s']);
  });

  it('leave few traces however many clients send them, and none is left out of the count', async () => {
    const before = (await reasons()).length;
    const failures = new FailedLogins(services, 100);
    await Promise.all(Array.from({ length: 500 }, (_, n) => failures.trace({ address: `192.0.2.${n % 250}`, requestId: 'r' }, 'flood')));
    await expect.poll(async () => (await reasons()).some((reason) => reason.includes('from many addresses'))).toBe(true);
    await expect.poll(async () => countIn((await reasons()).slice(before))).toBe(500);
    expect((await reasons()).length - before).toBeLessThanOrEqual(2 * 33);
  });
});

describe('refused tokens that are counted when the gateway stops', () => {
  it('are traced before it ends', async () => {
    const config = readConfig({ BUND_STORE: `sqlite:${path.join(folder, 'stopped.db')}`, BUND_PORT: '0', BUND_LOG: 'silent' });
    const gateway = await serve(config, 'stopped');
    for (let n = 0; n < 5; n++) await fetch(`${gateway.url}/fhir/Patient/p`, { headers: { Authorization: 'Bearer none' } });
    await gateway.stop();
    const again = await openServices(config, 'again');
    const links = await again.store.chain({ writer: 'stopped', fromSeq: 1, limit: 100 });
    await again.store.close();
    expect(links.map(({ body }) => JSON.parse(body) as { outcomeDesc?: string }).flatMap(({ outcomeDesc }) => outcomeDesc ?? [])).toEqual([expect.stringMatching(/malformed/), expect.stringMatching(/malformed.*; 4 more within 10 s/)]);
  });
});

function countIn(flood: readonly string[]): number {
  return flood.reduce((sum, reason) => sum + Number(/; (\d+) more/.exec(reason)?.[1] ?? 1), 0);
}
