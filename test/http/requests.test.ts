import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAcceptable } from '../../src/fhir/outcome.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Services } from '../../src/services.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { bundle, organization, patient, post } from './samples.ts';
import { startServer } from './server.ts';
import type { Parsed, TestServer } from './server.ts';

describe('a request', () => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer(); });
  afterAll(() => server.stop());

  /** Announces a body and sends none of it. @returns the first line of the answer */
  async function announceBody(address: string, token: string): Promise<string> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST ${address} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/fhir+json\r\nContent-Length: 3000000\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    return String(answer).split('\r\n')[0] ?? '';
  }

  it('is laid out for people when it says so, however deep the resource is nested', async () => {
    const extension = `${'{"url":"https://x.example","extension":['.repeat(29)}{"url":"https://x.example","valueDecimal":1.50}${']}'.repeat(29)}`;
    const sent = await server.fhir('PUT', '/Organization/deep', `{"resourceType":"Organization","id":"deep","name":"Deep","extension":[${extension}]}`);
    expect(sent.status, sent.text).toBe(201);
    for (const address of ['/Organization/deep', '/Organization?_id=deep']) {
      const [plain, pretty] = await Promise.all([server.fhir('GET', address), server.fhir('GET', `${address}${address.includes('?') ? '&' : '?'}_pretty=true`)]);
      expect(pretty.status).toBe(200);
      expect(pretty.text).toContain('"valueDecimal": 1.50\n');
      expect(pretty.text.split('\n').length).toBeGreaterThan(60);
      expect(plain.text).not.toContain('\n');
    }
    expect((await server.fhir('GET', '/Organization/deep?_pretty=false')).text).not.toContain('\n');
  });

  it.each([
    ['/Organization/asked?foo=1', "A read takes no parameter 'foo'; it takes _format, _pretty"],
    ['/Organization/asked?_pretty=true&_elements=id', "A read takes no parameter '_elements'; it takes _format, _pretty"],
    ['/Organization/asked/_history/1?_summary=true', "A read of a version takes no parameter '_summary'; it takes _format, _pretty"],
    ['/metadata?foo=1', "The capability statement takes no parameter 'foo'; it takes mode, _format, _pretty"],
    ['/Organization/asked/_history?_at=2026', "A history takes no parameter '_at'; it takes _count, _since, _format, _pretty"],
  ])('is told which parameters are taken instead of the one in %s', async (address, diagnostics) => {
    await server.fhir('PUT', '/Organization/asked', organization({ id: 'asked' }));
    expect(await server.fhir('GET', address)).toMatchObject({ status: 400, body: { issue: [{ code: 'not-supported', diagnostics }] } });
    const withFormatOnly = address.replace(/\?.*/, '?_format=json&_pretty=true');
    expect(await server.fhir('GET', withFormatOnly)).toMatchObject({ status: 200, text: expect.stringContaining('\n') });
  });

  it('is told so for a read within a batch too', async () => {
    const { body } = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: 'Organization/asked?foo=1' } }] });
    expect(body.entry[0].response).toMatchObject({ status: expect.stringMatching(/^400/), outcome: { issue: [{ diagnostics: expect.stringMatching(/takes no parameter 'foo'/) }] } });
  });

  it('fails to delete with If-Match what is not there', async () => {
    for (const address of ['/Organization/none', '/Organization?identifier=none']) {
      expect((await server.fhir('DELETE', address, undefined, { 'If-Match': 'W/"1"' })).status).toBe(412);
      expect((await server.fhir('DELETE', address)).status).toBe(204);
    }
    await server.fhir('PUT', '/Organization/passing', organization({ id: 'passing' }));
    await server.fhir('DELETE', '/Organization/passing');
    expect((await server.fhir('DELETE', '/Organization/passing', undefined, { 'If-Match': 'W/"1"' })).status).toBe(412);
  });

  it('is told that the statement of capabilities comes as JSON only', async () => {
    expect((await fetch(`${server.url}/fhir/metadata`, { headers: { Accept: 'application/fhir+xml' } })).status).toBe(406);
    expect((await fetch(`${server.url}/fhir/metadata?_format=xml`)).status).toBe(406);
  });

  it('is refused before its body is read when its sender may not send it', async () => {
    for (const [address, token] of [['/fhir', server.token('operator')], ['/fhir/Observation', server.token('clinician', { facility: 'x' })], ['/intake/hospital-a', server.token('system')]] as const) {
      expect(await announceBody(address, token), address).toMatch(/ 403 /);
    }
  });

  it('learns what the server offers from a valid CapabilityStatement', async () => {
    const { body } = await server.fhir('GET', '/metadata');
    const issues = server.services.fhir.validate(body as Resource);
    expect(isAcceptable(issues), JSON.stringify(issues.slice(0, 3))).toBe(true);
  });

  it('hears of best practices when it asks for a judgement', async () => {
    const { body } = await server.fhir('POST', '/Organization/$validate', organization());
    expect(body.issue.map(({ severity }: Parsed) => severity)).toContain('warning');
  });

  it('gets full pages of the history of everything, whatever internal records stand between', async () => {
    await server.fhir('PUT', '/Organization/before', organization({ id: 'before' }));
    await server.services.store.commit([{ kind: 'put', resource: { resourceType: 'SourcePayload', id: 'internal' } }]);
    const { body } = await server.fhir('GET', '/_history?_count=1');
    expect(body.entry.map(({ resource }: Parsed) => resource.id)).toEqual(['before']);
  });

  it('sees in a history how each version came about', async () => {
    const { body: { id } } = await server.fhir('POST', '/Organization', organization());
    await server.fhir('PUT', '/Organization/chosen', organization({ id: 'chosen' }));
    await server.fhir('DELETE', '/Organization/chosen');
    await server.fhir('PUT', '/Organization/chosen', organization({ id: 'chosen' }));
    const steps = async (address: string): Promise<string[]> => (await server.fhir('GET', address)).body.entry.map(({ request, response }: Parsed) => `${request.method} ${request.url} ${response.status}`);
    expect(await steps(`/Organization/${id}/_history`)).toEqual(['POST Organization 201']);
    expect(await steps('/Organization/chosen/_history')).toEqual(['PUT Organization/chosen 201', 'DELETE Organization/chosen 204', 'PUT Organization/chosen 201']);
    expect(await steps('/Organization/chosen/_history?_count=1')).toEqual(['PUT Organization/chosen 201']);
  });
});

/** A store whose commits of some changes wait until they are let go. */
function heldBack(services: Services, holds: (changes: readonly Change[]) => boolean): { services: Services; letGo: () => void; held: Promise<unknown> } {
  const [gate, seen] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const commit: Store['commit'] = async (changes, options) => {
    if (holds(changes)) {
      seen.resolve(undefined);
      await gate.promise;
    }
    return services.store.commit(changes, options);
  };
  const store = new Proxy(services.store, { get: (target, name) => {
    if (name === 'commit') return commit;
    const member: unknown = Reflect.get(target, name);
    return typeof member === 'function' ? member.bind(target) : member;
  } });
  return { services: { ...services, store }, letGo: () => gate.resolve(undefined), held: seen.promise };
}

describe('a request that nobody waits for any more', () => {
  it('gives back the memory of its body when its client leaves while it is being authenticated', async () => {
    let held: ReturnType<typeof heldBack> | undefined;
    const server = await startServer({}, (services) => (held = heldBack(services, ([change]) => change?.kind === 'append' && change.trace['action'] === 'E' && JSON.stringify(change.trace['subtype']).includes('110122'))).services);
    try {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      socket.write(`POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token('system', { subject: 'leaver' })}\r\nContent-Type: application/fhir+json\r\nContent-Length: 3000000\r\n\r\n{`);
      await held?.held;
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
      held?.letGo();
      expect((await server.fhir('POST', '/Patient', patient())).status).toBe(201);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(/^bund_body_bytes (\d+)/m.exec(metrics)?.[1]).toBe('0');
    } finally {
      await server.stop();
    }
  });

  it('does no further entries of its batch when the time limit has answered', async () => {
    let held: ReturnType<typeof heldBack> | undefined;
    const server = await startServer({ BUND_LIMIT_REQUEST_MS: '150' }, (services) => (held = heldBack(services, ([change]) => change?.kind === 'put')).services);
    try {
      const { status } = await server.fhir('POST', '', bundle('batch', ...Array.from({ length: 60 }, () => post(organization()))));
      expect(status).toBe(503);
      held?.letGo();
      await expect.poll(() => server.services.store.count({ type: 'Organization', where: [] })).toBe(16);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await server.services.store.count({ type: 'Organization', where: [] })).toBe(16);
    } finally {
      await server.stop();
    }
  });
});
