import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceError } from '../../src/errors.ts';
import { bundle, observation, organization, patient, post } from './samples.ts';
import { startServer } from './server.ts';
import type { Answer, Parsed, TestServer } from './server.ts';

const RESOURCE_BYTES = 20_000;

describe('bad input', () => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer({ BUND_LIMIT_RESOURCE_BYTES: String(RESOURCE_BYTES), BUND_LIMIT_BUNDLE_BYTES: '100000', BUND_LIMIT_BUNDLE_ENTRIES: '10' }); });
  afterAll(() => server.stop());

  /** Everything that is stored but traces. */
  const stored = async (): Promise<Parsed> => (await server.services.store.history({ limit: 1000 })).items;
  const expectRefusal = (answer: Answer, status: number, code: string): void => {
    expect([answer.status, answer.body.resourceType, answer.body.issue?.[0]?.code]).toEqual([status, 'OperationOutcome', code]);
    expect(answer.body.issue[0].diagnostics).toMatch(/^[A-Z_$'`].{10,}/);
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w.-]+$/);
    expect(answer.headers.get('content-type')).toContain('application/fhir+json');
  };
  const nested = `{"resourceType":"Patient","extension":${'[{"url":"x","extension":'.repeat(50)}[]${'}]'.repeat(50)}}`;

  it.each<[string, [string, string, unknown?, Record<string, string>?], number, string]>([
    ['malformed JSON', ['POST', '/Patient', '{"resourceType":"Patient",}'], 400, 'structure'],
    ['JSON that ends too early', ['POST', '/Patient', '{"resourceType":"Pat'], 400, 'structure'],
    ['no body', ['POST', '/Patient', ''], 400, 'structure'],
    ['an array', ['POST', '/Patient', '[]'], 400, 'structure'],
    ['bytes that are not UTF-8', ['POST', '/Patient', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])], 400, 'structure'],
    ['nesting too deep', ['POST', '/Patient', nested], 413, 'too-long'],
    ['nesting too deep in a bundle', ['POST', '', `{"resourceType":"Bundle","type":"batch","entry":[{"resource":${nested}}]}`], 413, 'too-long'],
    ['another content type', ['POST', '/Patient', 'x', { 'Content-Type': 'text/plain' }], 415, 'not-supported'],
    ['XML', ['POST', '/Patient', '<Patient/>', { 'Content-Type': 'application/fhir+xml' }], 415, 'not-supported'],
    ['another charset', ['POST', '/Patient', '{}', { 'Content-Type': 'application/fhir+json; charset=gb18030' }], 415, 'not-supported'],
    ['a body of another version of FHIR', ['POST', '/Patient', patient(), { 'Content-Type': 'application/fhir+json; fhirVersion=3.0' }], 415, 'not-supported'],
    ['another content encoding', ['POST', '/Patient', '{}', { 'Content-Encoding': 'br' }], 415, 'not-supported'],
    ['gzip that is none', ['POST', '/Patient', '{}', { 'Content-Encoding': 'gzip' }], 400, 'structure'],
    ['a body over the limit', ['POST', '/Patient', JSON.stringify(patient({ text: 'x'.repeat(RESOURCE_BYTES) }))], 413, 'too-long'],
    ['a gzip bomb', ['POST', '/Patient', gzipSync(Buffer.alloc(50_000_000, ' ')), { 'Content-Encoding': 'gzip' }], 413, 'too-long'],
    ['a bundle over the limit', ['POST', '', JSON.stringify(bundle('batch')) + ' '.repeat(100_000)], 413, 'too-long'],
    ['too many entries', ['POST', '', bundle('transaction', ...Array.from({ length: 11 }, () => post(organization())))], 413, 'too-long'],
    ['a bundle with a member twice', ['POST', '', '{"resourceType":"Bundle","type":"batch","type":"transaction"}'], 400, 'structure'],
    ['a member twice', ['POST', '/Patient', '{"resourceType":"Patient","gender":"male","gender":"female"}'], 400, 'structure'],
    ['a member twice within a resource of a bundle', ['POST', '', '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","gender":"male","gender":"female"},"request":{"method":"POST","url":"Patient"}}]}'], 400, 'structure'],
    ['an unknown type', ['POST', '/Foo', { resourceType: 'Foo' }], 404, 'not-supported'],
    ['an unknown type to read', ['GET', '/Foo/1'], 404, 'not-supported'],
    ['an unknown type to search', ['GET', '/Foo?x=1'], 404, 'not-supported'],
    ['an internal record', ['GET', '/SourceMessage/1'], 404, 'not-supported'],
    ['another type than the address', ['POST', '/Patient', organization()], 400, 'value'],
    ['no resourceType', ['POST', '/Patient', {}], 400, 'required'],
    ['an illegal id', ['PUT', '/Patient/a%20b', patient({ id: 'a b' })], 400, 'value'],
    ['an overlong id', ['GET', `/Patient/${'x'.repeat(65)}`], 400, 'value'],
    ['an id with path signs', ['GET', '/Patient/..%2f..%2fetc'], 400, 'value'],
    ['an id that is not a string', ['PUT', '/Patient/1', patient({ id: 1 as unknown as string })], 400, 'value'],
    ['no id in an update', ['PUT', '/Patient/p', patient()], 400, 'required'],
    ['an unreal date', ['POST', '/Patient', patient({ birthDate: '2026-02-30' })], 422, 'value'],
    ['a broken escape in the address', ['GET', '/Patient/%zz'], 400, 'structure'],
    ['an operation that is not known', ['GET', '/Patient/$everything'], 404, 'not-supported'],
    ['an unknown route', ['GET', '/Patient/p/unknown/route/x'], 404, 'not-found'],
    ['an unknown operation', ['POST', '/Patient/$frobnicate', patient()], 405, 'not-supported'],
    ['a condition without parameters', ['DELETE', '/Patient'], 400, 'required'],
    ['a condition that asks for a page', ['POST', '/Patient', patient(), { 'If-None-Exist': '_count=1' }], 400, 'value'],
    ['a condition with an unknown parameter', ['POST', '/Patient', patient(), { 'If-None-Exist': 'colour=red' }], 400, 'not-supported'],
    ['a format that is not offered', ['GET', '/Patient?_format=xml'], 406, 'not-supported'],
    ['an Accept that takes no JSON', ['GET', '/Patient', undefined, { Accept: 'application/fhir+xml' }], 406, 'not-supported'],
    ['another version of FHIR', ['GET', '/Patient', undefined, { Accept: 'application/fhir+json; fhirVersion=3.0' }], 406, 'not-supported'],
    ['a search form of another type', ['POST', '/Patient/_search', 'name=x', { 'Content-Type': 'text/plain' }], 415, 'not-supported'],
    ['no token', ['GET', '/Patient', undefined, { Authorization: '' }], 401, 'login'],
    ['a foreign token', ['GET', '/Patient', undefined, { Authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }], 401, 'login'],
  ])('with %s is refused, and nothing is stored', async (_what, [method, address, body, headers], status, code) => {
    const before = await stored();
    const answer = await server.fhir(method, address, body, headers);
    expectRefusal(answer, status, code);
    expect(await stored()).toEqual(before);
  });

  it('with an expired token is refused', async () => {
    expectRefusal(await server.fhir('GET', '/Patient', undefined, { Authorization: `Bearer ${server.token('system', {}, -3600)}` }), 401, 'login');
  });

  it('never repeats a name from the body that could be patient data', async () => {
    const answer = await server.fhir('POST', '/Patient', '{"name":"Zhang San" "x"}');
    expect(answer.text).not.toContain('Zhang');
  });

  it('with prototype-polluting members pollutes nothing', async () => {
    const sent = '{"resourceType":"Patient","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const answer = await server.fhir('POST', '/Patient', sent);
    expect(answer.status).toBe(422);
    await server.fhir('POST', '', `{"resourceType":"Bundle","type":"batch","__proto__":{"polluted":1},"entry":[{"__proto__":{"request":{"method":"GET","url":"Patient"}}}]}`);
    await server.fhir('GET', '/Patient?__proto__=1&constructor=2');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('by a method that is not offered is told which are', async () => {
    for (const [address, allowed] of [['/Patient/p', 'GET, PUT, DELETE'], ['/Patient', 'GET, POST, PUT, DELETE'], ['/Patient/p/_history', 'GET']] as const) {
      const answer = await server.fhir('PATCH', address, '[]');
      expectRefusal(answer, 405, 'not-supported');
      expect(answer.headers.get('allow')).toBe(allowed);
    }
  });

  it('takes gzip, and a byte order mark before UTF-8', async () => {
    const text = JSON.stringify(organization());
    expect((await server.fhir('POST', '/Organization', gzipSync(text), { 'Content-Encoding': 'gzip' })).status).toBe(201);
    expect((await server.fhir('POST', '/Organization', `\ufeff${text}`)).status).toBe(201);
  });

  it('lets a client go that ends the connection in the middle of a body, and serves on', async () => {
    const before = await stored();
    const { hostname, port } = new URL(server.url);
    await new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token('system')}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"resourceType":"Patient"`);
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', resolve);
    });
    expect((await server.fhir('GET', '/Patient?_count=1')).status).toBe(200);
    expect(await stored()).toEqual(before);
  });

  it('gives the request its own id back, and an id of the server in place of an unsound one', async () => {
    const own = await server.fhir('GET', '/Patient/none', undefined, { 'X-Request-Id': 'from-client.1' });
    const unsound = await server.fhir('GET', '/Patient/none', undefined, { 'X-Request-Id': 'a b<script>' });
    expect(own.headers.get('x-request-id')).toBe('from-client.1');
    expect(unsound.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('when the store fails', () => {
  /** A gateway whose store refuses commits from the moment it is told to. */
  const failing = async (error: Error) => {
    let isFailing = false;
    const server = await startServer({}, (services) => ({
      ...services,
      store: new Proxy(services.store, {
        get: (store, name) => {
          if (name === 'commit' && isFailing) return () => Promise.reject(error);
          const member: unknown = Reflect.get(store, name);
          return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(store) : member;
        },
      }),
    }));
    return { server, fail: () => { isFailing = true; } };
  };

  it.each([
    ['storage-full', 507, 'no-store'],
    ['unavailable', 503, 'transient'],
  ] as const)('with %s it says so, discloses nothing, and nothing changes', async (kind, status, code) => {
    const { server, fail } = await failing(new ServiceError(kind, 'The store cannot take this now'));
    await server.fhir('PUT', '/Patient/kept', patient({ id: 'kept' }));
    await server.fhir('GET', '/Patient/kept');
    fail();
    const before = await server.services.store.history({ limit: 10 });
    for (const answer of [
      await server.fhir('POST', '/Patient', patient()),
      await server.fhir('POST', '', bundle('transaction', post(patient()), post(organization()))),
      await server.fhir('GET', '/Patient/kept'),
      await server.fhir('GET', '/Patient?_id=kept'),
    ]) {
      expect([answer.status, answer.body.issue[0].code]).toEqual([status, code]);
      expect(answer.text).not.toContain('张三');
    }
    expect(await server.services.store.history({ limit: 10 })).toEqual(before);
    await server.stop();
  });

  it('with a bug it names the request and shows neither stack nor data', async () => {
    const { server, fail } = await failing(new TypeError('cannot read 张三'));
    await server.fhir('GET', '/Patient/p');
    fail();
    const answer = await server.fhir('POST', '/Patient', patient());
    expect([answer.status, answer.body.issue[0].code]).toEqual([500, 'exception']);
    expect(answer.body.issue[0].diagnostics).toContain(answer.headers.get('x-request-id'));
    expect(answer.text).not.toMatch(/张三|at .*\.ts/);
    await server.stop();
  });

  it('is alive and not ready when the store is gone', async () => {
    const server = await startServer();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await server.services.store.close();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    const answer = await server.fhir('POST', '/Observation', observation('p'));
    expect([answer.status, answer.body.resourceType]).toEqual([503, 'OperationOutcome']);
    await server.stop().catch(() => undefined);
  });
});

it('tells Prometheus about requests by route, never by address', async () => {
  const server = await startServer();
  await server.fhir('GET', '/Patient/secret-id');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('bund_http_request_seconds_count{method="GET",route="/fhir/:type/:id",status="404"} 1');
  expect(metrics).toContain('bund_store_seconds_count{operation="read"} 1');
  expect(metrics).toMatch(/^bund_body_bytes 0$/m);
  expect(metrics).not.toContain('secret-id');
  await server.stop();
});
