import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, observation, patient } from './samples.ts';
import { startServer } from './server.ts';
import type { Parsed, TestServer } from './server.ts';

const breaking = { 'X-Break-Glass-Reason': encodeURIComponent('急诊昏迷，需要既往检验结果'), 'X-Purpose-Of-Use': 'ETREAT' };
const FLAG = 'https://bund.example/policy/break-glass';

let server: TestServer;
let asked = 0;
beforeAll(async () => {
  server = await startServer();
  await server.fhir('PUT', '/Patient/p1', patient({ id: 'p1' }));
  await server.fhir('PUT', '/Patient/gone', patient({ id: 'gone' }));
  await server.fhir('DELETE', '/Patient/gone');
  await server.fhir('PUT', '/Observation/o1', observation('p1', { id: 'o1' }));
  await server.fhir('PUT', '/Account/a1', { resourceType: 'Account', id: 'a1', status: 'active', subject: [{ reference: 'Patient/p1' }, { reference: 'Patient/p2' }] });
});
afterAll(() => server.stop());

/** Sends a request as somebody of their own, and gives the traces that it left. */
async function tracesOf(method: string, address: string, { body, headers, role = 'system' }: { body?: unknown; headers?: Record<string, string>; role?: 'system' | 'clinician' } = {}): Promise<{ status: number; traces: Parsed[] }> {
  const subject = `asker-${asked++}`;
  const token = server.token(role, { subject, ...(role === 'clinician' ? { facility: 'here' } : {}) });
  const { status } = await server.fhir(method, address, body, { Authorization: `Bearer ${token}`, ...headers });
  const found = await server.fhir('GET', `/AuditEvent?altid=${subject}&type=rest&_count=50`);
  return { status, traces: (found.body.entry ?? []).map((entry: Parsed) => entry.resource) };
}

const references = (trace: Parsed): string[] => trace.entity.flatMap((entity: Parsed) => entity.what?.reference ?? []).sort();

describe('a request that fails', () => {
  it.each([
    { method: 'GET', address: '/Observation/none', expected: [404, 'read', ['Observation/none']], reason: 'not-found' },
    { method: 'GET', address: '/Patient/gone', expected: [410, 'read', ['Patient/gone']], reason: 'deleted' },
    { method: 'GET', address: '/Observation/o1/_history/9', expected: [404, 'vread', ['Observation/o1']], reason: 'not-found' },
    { method: 'GET', address: '/Observation?colour=red', expected: [400, 'search-type', []], reason: 'not-supported' },
    { method: 'GET', address: '/Observation/none/_history', expected: [404, 'history-instance', ['Observation/none']], reason: 'not-found' },
    { method: 'POST', address: '/Observation', body: { resourceType: 'Observation' }, expected: [422, 'create', []], reason: 'required' },
    { method: 'POST', address: '/Observation', body: '{', expected: [400, 'create', []], reason: 'structure' },
    { method: 'PUT', address: '/Observation/o1', body: observation('p1', { id: 'other' }), expected: [400, 'update', ['Observation/o1']], reason: 'value' },
    { method: 'POST', address: '/', body: { resourceType: 'Bundle', type: 'document' }, expected: [400, 'transaction', []], reason: 'not-supported' },
    { method: 'GET', address: '/Nothing/1', expected: [404, 'read', []], reason: 'not-supported' },
  ])('leaves a trace of $method $address', async ({ method, address, body, expected, reason }) => {
    const { status, traces } = await tracesOf(method, address, { body });
    expect(traces).toHaveLength(1);
    const [{ outcome, outcomeDesc, subtype }] = traces;
    expect([status, subtype[0].code, references(traces[0])]).toEqual(expected);
    expect([outcome, outcomeDesc]).toEqual(['8', expect.stringContaining(reason)]);
  });

  it('leaves a trace of a precondition that does not hold', async () => {
    const { status, traces } = await tracesOf('PUT', '/Observation/o1', { body: observation('p1', { id: 'o1' }), headers: { 'If-Match': 'W/"7"' } });
    expect([status, traces[0].outcome, traces[0].action]).toEqual([412, '8', 'U']);
  });

  it('leaves a trace of what was searched for', async () => {
    const { traces } = await tracesOf('GET', '/Observation?colour=red');
    expect(traces[0].entity.flatMap(({ query }: Parsed) => (query === undefined ? [] : [Buffer.from(query, 'base64').toString()]))).toEqual(['Observation?colour=red']);
  });

  it('leaves a trace of each entry of a batch that fails', async () => {
    const { traces } = await tracesOf('POST', '/', { body: bundle('batch', { request: { method: 'GET', url: 'Observation/none' } }, { request: { method: 'GET', url: 'Observation/o1' } }, { request: { method: 'DELETE', url: 'Observation/a/b' } }) });
    expect(traces.map(({ outcome, subtype }) => `${subtype[0].code} ${outcome}`).sort()).toEqual(['delete 8', 'read 0', 'read 8']);
  });

  it('leaves one trace when it was denied', async () => {
    const { status, traces } = await tracesOf('GET', '/Observation/o1', { role: 'clinician' });
    expect([status, traces.map(({ outcome }) => outcome)]).toEqual([403, ['4']]);
  });
});

describe('an attempt to break the glass', () => {
  it.each([['/Observation/none', 403], ['/Observation?colour=red', 400], ['/Patient', 403]])('is flagged though it fails, at %s', async (address, expected) => {
    const { status, traces } = await tracesOf('GET', address, { role: 'clinician', headers: breaking });
    expect(status).toBe(expected);
    expect(traces[0].agent[0].policy).toEqual([FLAG]);
    expect(traces[0].purposeOfEvent.map(({ coding }: Parsed) => coding[0].code)).toContain('BTG');
  });
});

describe('the trace of a search', () => {
  it('names the patients of the matches where the search names none', async () => {
    expect(references((await tracesOf('GET', '/Observation?status=final')).traces[0])).toEqual(['Patient/p1']);
  });

  it('names all patients of matches that are about several', async () => {
    expect(references((await tracesOf('GET', '/Account?patient=p1')).traces[0])).toEqual(['Patient/p1', 'Patient/p2']);
  });
});
