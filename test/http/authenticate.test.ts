import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => { server = await startServer(); });
afterAll(() => server.stop());

async function ask(headers: Record<string, string>): Promise<{ status: number; challenge: string | null; diagnostics: string }> {
  const response = await fetch(`${server.url}/fhir/Organization/none`, { headers });
  const body = (await response.json()) as { issue: { diagnostics: string }[] };
  return { status: response.status, challenge: response.headers.get('www-authenticate'), diagnostics: body.issue[0]!.diagnostics };
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
async function traces(query: string): Promise<readonly { outcomeDesc: string }[]> {
  const { text } = await server.fhir('GET', `/AuditEvent?${query}`);
  const { entry = [] } = JSON.parse(text) as { entry?: { resource: { outcomeDesc: string } }[] };
  return entry.map(({ resource }) => resource);
}

describe('the address of a client', () => {
  const loginFrom = async (env: Record<string, string>): Promise<unknown> => {
    const server = await startServer(env);
    try {
      const token = server.token('system', { subject: 'far-away' });
      await fetch(`${server.url}/fhir/Patient/none`, { headers: { Authorization: `Bearer ${token}`, 'X-Forwarded-For': '203.0.113.9' } });
      const { body } = await server.fhir('GET', '/AuditEvent?altid=far-away&action=E');
      return body.entry[0].resource.agent[0].network.address;
    } finally {
      await server.stop();
    }
  };

  it('is what a trusted proxy says, and else that of the connection, whatever the header says', async () => {
    expect(await loginFrom({})).toBe('203.0.113.9');
    expect(await loginFrom({ BUND_TRUSTED_PROXIES: 'none' })).toBe('127.0.0.1');
    expect(await loginFrom({ BUND_TRUSTED_PROXIES: '10.0.0.0/8', BUND_BASE_URL: 'https://bund.example' })).toBe('127.0.0.1');
  });
});

describe('authentication', () => {
  it('asks a client without a token for one', async () => {
    expect(await ask({})).toEqual({ status: 401, challenge: 'Bearer realm="bund"', diagnostics: 'The request needs the header Authorization: Bearer <token>' });
  });

  it.each<[string, () => string, RegExp]>([
    ['another scheme', () => 'Basic dXNlcjpwYXNz', /must have the form Bearer <token>/],
    ['a token that is none', () => 'Bearer abc', /malformed or not signed by this exchange/],
    ['an expired token', () => `Bearer ${server.token('system', {}, -60)}`, /has expired/],
    ['a token whose signature was cut off', () => `Bearer ${server.token('system').split('.').slice(0, 2).join('.')}.`, /malformed or not signed/],
  ])('refuses %s and says why, in the challenge too', async (_, authorization, reason) => {
    const { status, challenge, diagnostics } = await ask({ Authorization: authorization() });
    expect(status).toBe(401);
    expect(diagnostics).toMatch(reason);
    expect(challenge).toBe(`Bearer realm="bund", error="invalid_token", error_description="${diagnostics}"`);
  });

  it('traces a refused token once, however often it is sent', async () => {
    const token = server.token('system', {}, -3600).replace(/\.[^.]*$/, '.AAAA');
    await Promise.all(Array.from({ length: 20 }, () => ask(bearer(token))));
    const refused = await traces('outcome=4&subtype=110122&_count=200');
    expect(refused.filter((trace) => /malformed or not signed/.test(trace.outcomeDesc)).length).toBe(1);
    expect(refused[0]).toMatchObject({ action: 'E', type: { code: '110114' }, agent: [{ role: [{ coding: [{ code: 'unknown' }] }], network: { address: '127.0.0.1' } }, {}] });
  });

  it('traces the first use of a token as a login, and the further ones not, at whichever address', async () => {
    const token = server.token('system', { subject: 'loader-7', name: 'Loader' });
    await fetch(`${server.url}/intake/messages`, { headers: bearer(token) });
    for (let i = 0; i < 3; i++) expect((await ask(bearer(token))).status).toBe(404);
    const logins = await traces('subtype=110122&altid=loader-7');
    expect(logins).toHaveLength(1);
    expect(logins[0]).toMatchObject({ outcome: '0', agent: [{ name: 'Loader', altId: 'loader-7' }, {}] });
  });

  it('refuses a purpose that is none, and a reason that cannot be read', async () => {
    const token = server.token('system');
    expect(await ask({ ...bearer(token), 'X-Purpose-Of-Use': 'CURIOSITY' })).toMatchObject({ status: 400, diagnostics: expect.stringMatching(/X-Purpose-Of-Use must be one code of/) });
    for (const reason of ['short', '%E6%80', '%00%00%00%00%00%00%00%00%00%00%00', 'x'.repeat(501), '%20%20%20%20%20%20%20%20%20%20%20', 'é'.repeat(12)]) {
      expect(await ask({ ...bearer(token), 'X-Break-Glass-Reason': reason }), reason).toMatchObject({ status: 400, diagnostics: expect.stringMatching(/X-Break-Glass-Reason must be 10 to 500 characters/) });
    }
    expect((await ask({ ...bearer(token), 'X-Purpose-Of-Use': 'ETREAT', 'X-Break-Glass-Reason': encodeURIComponent('急诊昏迷，无法联系家属获取授权') })).status).toBe(404);
  });

  it('refuses a reason to break the glass without a purpose', async () => {
    const reason = encodeURIComponent('急诊昏迷，无法联系家属获取授权');
    expect(await ask({ ...bearer(server.token('system')), 'X-Break-Glass-Reason': reason })).toMatchObject({ status: 400, diagnostics: expect.stringMatching(/needs the header X-Purpose-Of-Use/) });
  });

  it('leaves the capability statement and the health checks open', async () => {
    for (const address of ['/fhir/metadata', '/healthz', '/readyz']) expect((await fetch(server.url + address)).status, address).toBe(200);
  });
});
