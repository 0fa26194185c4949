import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observation, organization, patient } from './samples.ts';
import { startServer, STORES } from './server.ts';
import type { Answer, Parsed, TestServer } from './server.ts';

const ids = (answer: Answer, mode = 'match'): string[] => (answer.body.entry ?? []).filter((entry: Parsed) => entry.search.mode === mode).map((entry: Parsed) => entry.resource.id).sort();

describe.each(STORES)('a search over HTTP on $name', ({ fresh }) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(fresh());
    await server.fhir('PUT', '/Organization/org', organization({ id: 'org' }));
    await server.fhir('PUT', '/Patient/p1', patient({ id: 'p1', identifier: [{ system: 'https://a.example', value: '1' }], managingOrganization: { reference: 'Organization/org' } }));
    await server.fhir('PUT', '/Patient/p2', patient({ id: 'p2', name: [{ text: '李四' }] }));
    await server.fhir('PUT', '/Observation/o1', observation('p1', { id: 'o1' }));
    await server.fhir('PUT', '/Observation/o2', observation('p1', { id: 'o2', effectiveDateTime: '2026-04-01' }));
    await server.fhir('PUT', '/Observation/o3', observation('p2', { id: 'o3' }));
    await server.fhir('PUT', '/Person/person', { resourceType: 'Person', id: 'person', link: [{ target: { reference: 'Patient/p3' } }, { target: { reference: 'Patient/p4' } }] });
    await server.fhir('PUT', '/Observation/o4', observation('p3', { id: 'o4' }));
    await server.fhir('PUT', '/Observation/o5', observation('p4', { id: 'o5' }));
  });
  afterAll(() => server.stop());

  const get = (address: string, headers?: Record<string, string>): Promise<Answer> => server.fhir('GET', address, undefined, headers);

  it('answers with a searchset whose self link says what was understood', async () => {
    const answer = await get('/Observation?patient=p1&_sort=-date');
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset', link: [{ relation: 'self', url: `${server.url}/fhir/Observation?patient=p1&_sort=-date` }] });
    expect(answer.body.entry.map((entry: Parsed) => entry.fullUrl)).toEqual([`${server.url}/fhir/Observation/o2`, `${server.url}/fhir/Observation/o1`]);
    expect(answer.body.total).toBeUndefined();
  });

  it('widens a patient to all records of the same person', async () => {
    expect(ids(await get('/Observation?patient=p3'))).toEqual(['o4', 'o5']);
    expect(ids(await get('/Observation?subject=Patient/p4'))).toEqual(['o4', 'o5']);
    expect((await get('/Observation?patient=p3&_summary=count')).body.total).toBe(2);
  });

  it('finds a patient by identifier, in the middle of another search too', async () => {
    expect(ids(await get('/Observation?patient.identifier=https://a.example|1'))).toEqual(['o1', 'o2']);
    expect(ids(await get('/Observation?patient.identifier=none'))).toEqual([]);
  });

  it('finds a diagnosis by any name of its code system, and creates it once under all of them', async () => {
    const [oid, uri] = ['urn:oid:2.16.156.10011.2.3.3.11.3', 'https://bund.example/CodeSystem/icd-10-cn'];
    const condition = (system: string): object => ({ resourceType: 'Condition', subject: { reference: 'Patient/p1' }, code: { coding: [{ system, code: 'J15.000x002' }] } });
    const created = await server.fhir('POST', '/Condition', condition(oid));
    const again = await server.fhir('POST', '/Condition', condition(uri), { 'If-None-Exist': `code=${uri}|J15.000x002` });
    expect([created.status, again.status]).toEqual([201, 200]);
    for (const system of [oid, uri]) {
      const found = await get(`/Condition?code=${system}|J15.000x002`);
      expect(ids(found)).toEqual([created.body.id]);
      expect(found.body.entry[0].resource.code.coding[0].system).toBe(oid);
    }
    expect(ids(await get(`/Condition?code:not=${uri}|J15.000x002`))).toEqual([]);
  });

  it('counts instead of listing', async () => {
    for (const query of ['_summary=count', '_count=0']) {
      const { body } = await get(`/Observation?patient=p1&${query}`);
      expect([body.total, body.entry]).toEqual([2, undefined]);
    }
    expect((await get('/Observation?patient=p1&_count=1&_total=accurate')).body.total).toBe(2);
  });

  it('cuts a huge _count to the largest page and says so', async () => {
    const answer = await get('/Observation?patient=p1&_count=999999999');
    expect(answer.status).toBe(200);
    expect(answer.body.link[0].url).toContain('_count=200');
  });

  it.each([
    ['/Observation?colour=red', 'not-supported', 'colour'],
    ['/Observation?code:fuzzy=1', 'not-supported', 'fuzzy'],
    ['/Observation?date=soon', 'value', 'date'],
    ['/Observation?_count=many', 'value', '_count'],
    ['/Observation?_sort=colour', 'not-supported', 'colour'],
    ['/Observation?_include=Observation:colour', 'not-supported', 'colour'],
    ['/Observation?patient=%zz', 'structure', 'percent sign'],
  ])('refuses %s and names what is wrong', async (address, code, named) => {
    const answer = await get(address);
    expect([answer.status, answer.body.issue[0].code]).toEqual([400, code]);
    expect(answer.body.issue[0].diagnostics).toContain(named);
  });

  it('leaves out and tells what it does not know, when the client prefers lenience', async () => {
    const answer = await get('/Observation?patient=p1&colour=red', { Prefer: 'handling=lenient' });
    expect([answer.status, ids(answer)]).toEqual([200, ['o1', 'o2']]);
    const told = answer.body.entry.find((entry: Parsed) => entry.search.mode === 'outcome').resource;
    expect(told.issue[0]).toMatchObject({ severity: 'warning', code: 'not-supported' });
    expect(answer.body.link[0].url).not.toContain('colour');
  });

  it('includes what matches refer to, and what refers to matches', async () => {
    const forward = await get('/Observation?patient=p1&_include=Observation:subject&_include:iterate=Patient:organization');
    expect(ids(forward, 'include')).toEqual(['org', 'p1']);
    const backward = await get('/Patient?_id=p1&_revinclude=Observation:subject');
    expect([ids(backward), ids(backward, 'include')]).toEqual([['p1'], ['o1', 'o2']]);
  });

  it('reduces resources to the asked part, marked as such', async () => {
    const { resource } = (await get('/Observation?_id=o1&_elements=effective')).body.entry[0];
    expect(Object.keys(resource).sort()).toEqual(['code', 'effectiveDateTime', 'id', 'meta', 'resourceType', 'status']);
    expect(resource.meta.tag[0].code).toBe('SUBSETTED');
    expect((await get('/Patient?_id=p1&_summary=true')).body.entry[0].resource.name).toBeDefined();
  });

  describe('page links', () => {
    const nextOf = async (address = '/Observation?patient=p1&_count=1'): Promise<string> =>
      (await get(address)).body.link.find((link: Parsed) => link.relation === 'next').url.slice(`${server.url}/fhir`.length);

    it('carry the whole search and do not show it', async () => {
      const next = await nextOf();
      expect(next).toMatch(/^\/Observation\?_page=[\w.-]+$/);
      expect(ids(await get(next))).toHaveLength(1);
    });

    it('are refused when they were changed, cut, widened or used elsewhere', async () => {
      const next = await nextOf();
      const changed = `${next.slice(0, 30)}${next[30] === 'A' ? 'B' : 'A'}${next.slice(31)}`;
      for (const address of [changed, next.slice(0, -3), `${next}&code=x`, next.replace('Observation', 'Patient'), '/Observation?_page=', '/Observation?_page=abc.def', next.replace('Observation', 'Observation/_history')]) {
        const answer = await get(address);
        expect([answer.status, answer.body.issue[0].diagnostics]).toEqual([400, expect.stringContaining('_page')]);
      }
    });

    it('of a lenient search are followed without the preference', async () => {
      const first = await get('/Observation?patient=p1&colour=red&_count=1', { Prefer: 'handling=lenient' });
      const next = first.body.link.find((link: Parsed) => link.relation === 'next').url.slice(`${server.url}/fhir`.length);
      expect(ids(await get(next))).toHaveLength(1);
    });

    it('go on although the person of the patient has changed in between', async () => {
      const next = await nextOf('/Observation?patient=p3&date=ap2026-03-01&_count=1');
      await server.fhir('PUT', '/Person/person', { resourceType: 'Person', id: 'person', link: ['p3', 'p4', 'p5'].map((id) => ({ target: { reference: `Patient/${id}` } })) });
      expect((await get(next)).status).toBe(200);
    });

    it('are refused for another caller', async () => {
      const next = await nextOf();
      const other = await get(next, { Authorization: `Bearer ${server.token('system', { subject: 'someone-else' })}` });
      expect(other.status).toBe(400);
    });
  });

  it('leaves a trace with the patients of the person and the query as it was written', async () => {
    await get('/Observation?patient=p3&code=traced-query');
    const { body } = await get('/AuditEvent?patient=Patient/p4&_count=200');
    const queries = body.entry.flatMap((entry: Parsed) => entry.resource.entity.map((entity: Parsed) => Buffer.from(entity.query ?? '', 'base64').toString()));
    expect(queries).toContain('Observation?patient=p3&code=traced-query');
  });
});
