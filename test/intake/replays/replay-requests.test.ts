import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { labBundle } from '../samples.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntakeServer({ env: { BUND_LIMIT_REPLAY_MESSAGES: '1' } });
  for (const number of ['1', '2']) await server.push('hospital-a', labBundle('hospital-a', { number }, []));
});
afterAll(() => server.stop());

describe('the order for a replay', () => {
  it.each([
    ['nothing', {}, /filter/],
    ['an empty filter', { filter: {} }, /all: true/],
    ['an unknown member', { filter: { sorce: 'hospital-a' } }, /sorce/],
    ['an unknown status', { filter: { status: 'received' } }, /filter\.status/],
    ['no instant', { filter: { from: '2026-03-01' } }, /filter\.from: must be an instant/],
    ['an impossible id', { filter: { ids: ['a/b'] } }, /filter\.ids\.0/],
    ['too many ids', { filter: { ids: Array.from({ length: 1_001 }, (_, at) => String(at)) } }, /filter\.ids/],
    ['a denied all', { filter: { all: false } }, /filter\.all/],
  ])('is refused for %s, with the place of the fault', async (_what, body, cause) => {
    for (const address of ['/intake/replays', '/intake/replays/$estimate']) {
      const answer = await server.operator('POST', address, body);
      expect(answer.status).toBe(400);
      expect(answer.body.issue[0].diagnostics).toMatch(cause);
    }
  });

  it('is refused when it has more messages than one replay may have', async () => {
    const answer = await server.operator('POST', '/intake/replays', { filter: { all: true } });
    expect(answer.status).toBe(413);
    expect(answer.body.issue[0].diagnostics).toContain('would have 2 messages');
  });

  it('is refused while a hundred others wait', async () => {
    const orders = [];
    for (let at = 0; at < 101; at++) orders.push(await server.operator('POST', '/intake/replays', { filter: { source: 'hospital-b' } }));
    expect(orders.map(({ status }) => status)).toEqual([...Array.from({ length: 100 }, () => 202), 429]);
    expect((await server.operator('GET', '/intake/replays?_count=30')).body.replays).toHaveLength(30);
  });

  it('is given by operators alone, who alone see it', async () => {
    const { id } = (await server.operator('GET', '/intake/replays?_count=1')).body.replays[0];
    for (const role of ['source', 'clinician', 'auditor', 'system'] as const) {
      const headers = { Authorization: `Bearer ${server.token(role, role === 'source' ? { subject: 'hospital-a', source: 'hospital-a' } : {})}`, 'Content-Type': 'application/json' };
      const status = async (method: string, address: string, body?: string): Promise<number> => (await fetch(server.url + address, { method, headers, ...(body === undefined ? {} : { body }) })).status;
      const body = JSON.stringify({ filter: { all: true } });
      expect([role, await status('POST', '/intake/replays', body), await status('POST', '/intake/replays/$estimate', body), await status('GET', '/intake/replays'),
        await status('GET', `/intake/replays/${id}`), await status('GET', `/intake/replays/${id}/parts/0`), await status('POST', `/intake/replays/${id}/cancel`)]).toEqual([role, 403, 403, 403, 403, 403, 403]);
    }
    expect((await server.operator('GET', '/intake/replays/none')).status).toBe(404);
    expect((await server.operator('GET', `/intake/replays/${id}/parts/7`)).status).toBe(404);
    expect((await server.operator('GET', `/intake/replays/${id}/parts/x`)).status).toBe(400);
    expect((await server.operator('DELETE', `/intake/replays/${id}`)).status).toBe(405);
  });

  it('never causes a fault of the server, whatever its filter', async () => {
    const text = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('__proto__', 'constructor', '\0', '\ud800', '\u{10ffff}', '患者', '*', '2026-13-45T99:99:99Z', '2026-03-01T08:00:00Z', 'hospital-a', 'processed', '%zz'));
    const value = fc.oneof(text, fc.array(text, { maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), fc.constant(true));
    const filter = fc.dictionary(fc.constantFrom('status', 'source', 'reason', 'unmapped', 'from', 'to', 'ids', 'all', '__proto__'), value, { maxKeys: 5 });
    await fc.assert(fc.asyncProperty(fc.oneof(filter.map((sent) => JSON.stringify({ filter: sent })), fc.json({ maxDepth: 3 }), text), async (body) => {
      const answer = await server.operator('POST', '/intake/replays/$estimate', body === '' ? '{}' : body);
      expect(answer.status, body).toBeLessThan(500);
      if (answer.status !== 200) expect(answer.body.resourceType).toBe('OperationOutcome');
    }), { numRuns: 400 });
  });
});
