import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observation, organization, patient } from './samples.ts';
import { startServer, STORES } from './server.ts';
import type { Parsed, TestServer } from './server.ts';

describe.each(STORES)('one resource over HTTP on $name', ({ fresh }) => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer(fresh()); });
  afterAll(() => server.stop());

  it('is created under an id of the server and read as it was sent', async () => {
    const created = await server.fhir('POST', '/Patient', patient({ extension: [{ url: 'https://example.org/height', valueDecimal: 1.5 }] }));
    expect(created.status).toBe(201);
    const { id } = created.body;
    expect(created.headers.get('location')).toBe(`${server.url}/fhir/Patient/${id}/_history/1`);
    expect(created.headers.get('etag')).toBe('W/"1"');
    const read = await server.fhir('GET', `/Patient/${id}`);
    expect(read.status).toBe(200);
    expect(read.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(read.body).toEqual(created.body);
    expect(read.body).toMatchObject(patient({ extension: [{ url: 'https://example.org/height', valueDecimal: 1.5 }] }));
  });

  it('keeps the precision of its decimals', async () => {
    const sent = JSON.stringify(observation('p1')).replace('5.6', '6.00');
    const { body } = await server.fhir('POST', '/Observation', sent);
    expect((await server.fhir('GET', `/Observation/${body.id}`)).text).toContain('"value":6.00');
  });

  it('ignores the id that a create sends', async () => {
    const { body } = await server.fhir('POST', '/Patient', patient({ id: 'mine' }));
    expect(body.id).not.toBe('mine');
  });

  it('is created by an update under an id of the client, then versioned', async () => {
    const first = await server.fhir('PUT', '/Patient/version-1', patient({ id: 'version-1' }));
    const second = await server.fhir('PUT', '/Patient/version-1', patient({ id: 'version-1', gender: 'female' }));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.headers.get('etag')).toBe('W/"2"');
    expect((await server.fhir('GET', '/Patient/version-1/_history/1')).body.gender).toBe('male');
    expect(await server.fhir('GET', '/Patient/version-1/_history/3')).toMatchObject({ status: 404, body: { issue: [{ diagnostics: 'The Patient has no such version' }] } });
    expect(await server.fhir('GET', '/Patient/version-0/_history/3')).toMatchObject({ status: 404, body: { issue: [{ diagnostics: 'There is no Patient with this id' }] } });
  });

  it('gets no version from an update that changes nothing', async () => {
    await server.fhir('PUT', '/Patient/same', patient({ id: 'same' }));
    const again = await server.fhir('PUT', '/Patient/same', patient({ id: 'same' }));
    expect([again.status, again.headers.get('etag')]).toEqual([200, 'W/"1"']);
  });

  it('keeps the tags of its meta and loses the version that the client claims', async () => {
    const meta = { versionId: '77', lastUpdated: '2001-01-01T00:00:00Z', tag: [{ system: 'https://example.org', code: 'kept' }] };
    const { body } = await server.fhir('PUT', '/Patient/meta', patient({ id: 'meta', meta }));
    expect(body.meta).toMatchObject({ versionId: '1', tag: meta.tag });
    expect(body.meta.lastUpdated).not.toBe(meta.lastUpdated);
  });

  it('is gone after its deletion, keeps its history, and can come back', async () => {
    await server.fhir('PUT', '/Patient/gone', patient({ id: 'gone' }));
    expect((await server.fhir('DELETE', '/Patient/gone')).status).toBe(204);
    expect((await server.fhir('GET', '/Patient/gone')).status).toBe(410);
    expect((await server.fhir('GET', '/Patient/gone/_history/1')).status).toBe(200);
    expect((await server.fhir('GET', '/Patient/gone/_history/2')).status).toBe(410);
    expect((await server.fhir('DELETE', '/Patient/gone')).status).toBe(204);
    const back = await server.fhir('PUT', '/Patient/gone', patient({ id: 'gone' }));
    expect(back.headers.get('etag')).toBe('W/"3"');
  });

  it('counts as deleted when it never was', async () => {
    expect((await server.fhir('DELETE', '/Patient/never-was')).status).toBe(204);
    expect((await server.fhir('GET', '/Patient/never-was')).status).toBe(404);
  });

  describe('If-Match', () => {
    it('lets the current version be replaced and refuses any other', async () => {
      await server.fhir('PUT', '/Patient/match', patient({ id: 'match' }));
      const current = await server.fhir('PUT', '/Patient/match', patient({ id: 'match', gender: 'other' }), { 'If-Match': 'W/"1"' });
      const stale = await server.fhir('PUT', '/Patient/match', patient({ id: 'match', gender: 'unknown' }), { 'If-Match': 'W/"1"' });
      expect([current.status, stale.status]).toEqual([200, 412]);
      expect(stale.body.issue[0].code).toBe('conflict');
      expect((await server.fhir('DELETE', '/Patient/match', undefined, { 'If-Match': 'W/"1"' })).status).toBe(412);
    });

    it('is refused when it names no version', async () => {
      const answer = await server.fhir('PUT', '/Patient/match', patient({ id: 'match' }), { 'If-Match': 'latest' });
      expect([answer.status, answer.body.issue[0].code]).toEqual([400, 'structure']);
    });
  });

  it('is created only where none is, with If-None-Match: *', async () => {
    const first = await server.fhir('PUT', '/Patient/once', patient({ id: 'once' }), { 'If-None-Match': '*' });
    const second = await server.fhir('PUT', '/Patient/once', patient({ id: 'once', gender: 'other' }), { 'If-None-Match': '*' });
    expect([first.status, second.status]).toEqual([201, 412]);
    expect(second.body.issue[0].diagnostics).toMatch(/exists already|expects none/);
  });

  it('is not sent again to a client that has it', async () => {
    const { headers } = await server.fhir('PUT', '/Patient/cached', patient({ id: 'cached' }));
    const byTag = await server.fhir('GET', '/Patient/cached', undefined, { 'If-None-Match': 'W/"1"' });
    const byTime = await server.fhir('GET', '/Patient/cached', undefined, { 'If-Modified-Since': headers.get('last-modified')! });
    const older = await server.fhir('GET', '/Patient/cached', undefined, { 'If-Modified-Since': 'Thu, 01 Jan 2015 00:00:00 GMT' });
    expect([byTag.status, byTag.text, byTime.status, older.status]).toEqual([304, '', 304, 200]);
  });

  it.each([['minimal', ''], ['representation', 'Organization'], ['OperationOutcome', 'OperationOutcome']])('comes back as Prefer: return=%s says', async (wish, type) => {
    const { status, body } = await server.fhir('POST', '/Organization', organization(), { Prefer: `return=${wish}` });
    expect([status, body.resourceType ?? '']).toEqual([201, type]);
  });

  it('has a history, newest first, with what was asked at each step', async () => {
    await server.fhir('PUT', '/Patient/steps', patient({ id: 'steps' }));
    await server.fhir('PUT', '/Patient/steps', patient({ id: 'steps', gender: 'other' }));
    await server.fhir('DELETE', '/Patient/steps');
    const { body } = await server.fhir('GET', '/Patient/steps/_history');
    expect(body.type).toBe('history');
    expect(body.entry.map((entry: Parsed) => [entry.request.method, entry.response.etag, entry.resource?.gender])).toEqual([
      ['DELETE', 'W/"3"', undefined], ['PUT', 'W/"2"', 'other'], ['PUT', 'W/"1"', 'male'],
    ]);
    expect((await server.fhir('GET', '/Patient/no-such/_history')).status).toBe(404);
  });

  it('is listed page by page in the history of its type', async () => {
    for (let n = 0; n < 5; n++) await server.fhir('POST', '/Location', { resourceType: 'Location', name: `Ward ${n}` });
    const seen: string[] = [];
    let next: string | undefined = '/Location/_history?_count=2';
    while (next !== undefined) {
      const { status, body } = await server.fhir('GET', next);
      expect(status).toBe(200);
      seen.push(...body.entry.map((entry: Parsed) => entry.resource.name));
      next = body.link.find((link: Parsed) => link.relation === 'next')?.url.slice(`${server.url}/fhir`.length);
    }
    expect(seen).toEqual(['Ward 4', 'Ward 3', 'Ward 2', 'Ward 1', 'Ward 0']);
    expect((await server.fhir('GET', '/Location/_history?_since=2999-01-01T00:00:00Z')).body.entry).toBeUndefined();
    expect((await server.fhir('GET', '/_history?_count=1')).body.entry).toHaveLength(1);
  });

  it('leaves a trace of each access that names the patient', async () => {
    await server.fhir('PUT', '/Patient/traced', patient({ id: 'traced' }));
    const { body: lab } = await server.fhir('POST', '/Observation', observation('traced'));
    await server.fhir('GET', `/Observation/${lab.id}`);
    const { body } = await server.fhir('GET', `/AuditEvent?entity=Observation/${lab.id}`);
    expect(body.entry.map((entry: Parsed) => entry.resource.action).sort()).toEqual(['C', 'R']);
    for (const { resource } of body.entry) expect(resource.entity.map((entity: Parsed) => entity.what?.reference)).toContain('Patient/traced');
  });

  it('is packed for a client that takes gzip', async () => {
    await server.fhir('PUT', '/Patient/large', patient({ id: 'large', name: Array.from({ length: 300 }, (_, n) => ({ text: `Name ${n}` })) }));
    const packed = await server.fhir('GET', '/Patient/large', undefined, { 'Accept-Encoding': 'gzip' });
    const plain = await server.fhir('GET', '/Patient/large', undefined, { 'Accept-Encoding': 'identity' });
    expect([packed.headers.get('content-encoding'), plain.headers.get('content-encoding')]).toEqual(['gzip', null]);
    expect(packed.text).toBe(plain.text);
  });
});
