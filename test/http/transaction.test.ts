import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, observation, organization, patient, post, put } from './samples.ts';
import { startServer, STORES } from './server.ts';
import type { Parsed, TestServer } from './server.ts';

const URN = 'urn:uuid:11111111-1111-4111-8111-11111111111';
const identifier = (value: string) => [{ system: 'https://example.org/ids', value }];

describe.each(STORES)('a transaction on $name', ({ fresh }) => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer(fresh()); });
  afterAll(() => server.stop());

  const count = async (query: string): Promise<number> => (await server.fhir('GET', `/${query}&_summary=count`)).body.total;
  /** Sends a transaction that must be refused, and makes sure that nothing of it was stored. */
  const refusal = async (...entry: object[]) => {
    const before = (await server.fhir('GET', '/_history?_count=1')).text.replace(/"id":"[^"]*","meta":\{"lastUpdated":"[^"]*"\},"type"/, '');
    const answer = await server.fhir('POST', '', bundle('transaction', ...entry));
    const after = (await server.fhir('GET', '/_history?_count=1')).text.replace(/"id":"[^"]*","meta":\{"lastUpdated":"[^"]*"\},"type"/, '');
    expect(after).toBe(before);
    return { status: answer.status, places: answer.body.issue.map((issue: Parsed) => `${issue.code} ${issue.expression?.[0] ?? ''}`) };
  };

  it('stores its entries and turns references between them into final ones', async () => {
    const { status, body } = await server.fhir('POST', '', bundle('transaction',
      post(observation('x', { subject: { reference: `${URN}1` }, performer: [{ reference: `${URN}2` }] }), { fullUrl: `${URN}3` }),
      post(patient({ managingOrganization: { reference: `${URN}2` } }), { fullUrl: `${URN}1` }),
      post(organization(), { fullUrl: `${URN}2` }),
    ));
    expect(status).toBe(200);
    expect(body.type).toBe('transaction-response');
    const [lab, person, org] = body.entry.map((entry: Parsed) => entry.response.location.replace('/_history/1', ''));
    expect(body.entry[0].response).toMatchObject({ status: '201 Created', etag: 'W/"1"' });
    expect((await server.fhir('GET', `/${lab}`)).body).toMatchObject({ subject: { reference: person }, performer: [{ reference: org }] });
    expect((await server.fhir('GET', `/${person}`)).body.managingOrganization.reference).toBe(org);
  });

  it('reads relative references against the fullUrl of their entry', async () => {
    const { body } = await server.fhir('POST', '', bundle('transaction',
      post(patient(), { fullUrl: 'https://his.example/fhir/Patient/7' }),
      post(observation('7'), { fullUrl: 'https://his.example/fhir/Observation/8' }),
    ), { Prefer: 'return=representation' });
    const [person, lab] = body.entry.map((entry: Parsed) => entry.resource);
    expect(lab.subject.reference).toBe(`Patient/${person.id}`);
  });

  it('leads the links of narratives and other uris to the entries, and leaves what is written in a text', async () => {
    const div = (link: string): string => `<div xmlns="http://www.w3.org/1999/xhtml"><p>${URN}6 <a href="${link}">see</a></p></div>`;
    const { body } = await server.fhir('POST', '', bundle('transaction',
      post(patient(), { fullUrl: `${URN}6` }),
      post(observation('x', { text: { status: 'generated', div: div(`${URN}6`) }, subject: { reference: `${URN}6` }, note: [{ text: `${URN}6` }], extension: [{ url: 'https://a.example/about', valueUri: `${URN}6` }] })),
    ), { Prefer: 'return=representation' });
    const [person, lab] = body.entry.map((entry: Parsed) => entry.resource);
    const final = `Patient/${person.id}`;
    expect(lab).toMatchObject({ text: { div: div(final) }, subject: { reference: final }, note: [{ text: `${URN}6` }], extension: [{ valueUri: final }] });
  });

  it('resolves conditional references', async () => {
    await server.fhir('PUT', '/Organization/conditional', organization({ id: 'conditional', identifier: identifier('conditional-1') }));
    const { body } = await server.fhir('POST', '', bundle('transaction', post(patient({ managingOrganization: { reference: 'Organization?identifier=https://example.org/ids|conditional-1' } }))), { Prefer: 'return=representation' });
    expect(body.entry[0].resource.managingOrganization.reference).toBe('Organization/conditional');
  });

  it('leads a conditional reference to the entry that states the same condition, wherever that stands and once it is stored', async () => {
    const condition = (value: string): string => `identifier=https://example.org/ids|${value}`;
    const organized = (value: string): object => post(patient({ managingOrganization: { reference: `Organization?${condition(value)}` } }));
    const createdIf = (value: string): object => ({ resource: organization({ identifier: identifier(value) }), request: { method: 'POST', url: 'Organization', ifNoneExist: encodeURI(condition(value)) } });
    const send = async (...entry: object[]): Promise<{ statuses: string[]; referred: string; made: string }> => {
      const { body } = await server.fhir('POST', '', bundle('transaction', ...entry), { Prefer: 'return=representation' });
      const [first, second] = body.entry;
      return { statuses: body.entry.map(({ response }: Parsed) => response.status), referred: first.resource.managingOrganization.reference, made: `Organization/${second.resource.id}` };
    };
    const created = await send(organized('made-here'), createdIf('made-here'));
    expect(created).toMatchObject({ statuses: ['201 Created', '201 Created'], referred: created.made });
    const again = await send(organized('made-here'), createdIf('made-here'));
    expect(again).toMatchObject({ statuses: ['201 Created', '200 OK'], referred: created.made, made: created.made });
    const updated = await send(organized('put-here'), { resource: organization({ identifier: identifier('put-here') }), request: { method: 'PUT', url: `Organization?${condition('put-here')}` } });
    expect(updated).toMatchObject({ statuses: ['201 Created', '201 Created'], referred: updated.made });
  });

  it('leads no conditional reference to an entry with another condition, or none', async () => {
    const reference = post(patient({ managingOrganization: { reference: 'Organization?identifier=https://example.org/ids|unconditional' } }));
    const made = organization({ identifier: identifier('unconditional') });
    const expected = { status: 422, places: ['not-found Bundle.entry[1].resource'] };
    expect(await refusal(post(made), reference)).toEqual(expected);
    expect(await refusal({ resource: made, request: { method: 'POST', url: 'Organization', ifNoneExist: 'identifier=https://example.org/ids|other' } }, reference)).toEqual(expected);
    expect(await refusal({ request: { method: 'DELETE', url: 'Organization?identifier=https://example.org/ids|unconditional' } }, reference)).toEqual(expected);
  });

  it('refuses a conditional reference that matches nothing, at its entry', async () => {
    const answer = await refusal(post(organization()), post(patient({ managingOrganization: { reference: 'Organization?identifier=no-such' } })));
    expect(answer).toEqual({ status: 422, places: ['not-found Bundle.entry[1].resource'] });
  });

  it('tells faults in the order of the entries, with the status of the first, whichever was found first', async () => {
    const unmatched = post(patient({ managingOrganization: { reference: 'Organization?identifier=no-such' } }));
    const unknownType = post({ resourceType: 'Foo' });
    expect(await refusal(post(organization()), unmatched, unknownType)).toEqual({ status: 422, places: ['not-found Bundle.entry[1].resource', 'not-supported Bundle.entry[2]'] });
    expect(await refusal(unknownType, post(organization()), unmatched)).toEqual({ status: 404, places: ['not-supported Bundle.entry[0]', 'not-found Bundle.entry[2].resource'] });
    // Updates are done after creates, and told before them all the same.
    const update = put(patient({ id: 'faulty', birthDate: '1970-13-01' }));
    expect((await refusal(update, post(observation('p', { status: 'finished' })))).places.map((place: string) => /entry\[\d\]/.exec(place)?.[0])).toEqual(['entry[0]', 'entry[1]']);
  });

  it('creates, updates, deletes and reads in that order, answering in the order of the request', async () => {
    await server.fhir('PUT', '/Patient/old', patient({ id: 'old' }));
    const { body } = await server.fhir('POST', '', bundle('transaction',
      { request: { method: 'GET', url: 'Patient/new' } },
      put(patient({ id: 'new' })),
      { request: { method: 'DELETE', url: 'Patient/old' } },
      { request: { method: 'GET', url: 'Patient/old' } },
    ));
    expect(body.entry.map((entry: Parsed) => entry.response.status)).toEqual(['200 OK', '201 Created', '204 No Content', '410 Gone']);
    expect(body.entry[0].resource.id).toBe('new');
  });

  it('finds instead of creating with ifNoneExist, also for references to that entry', async () => {
    await server.fhir('PUT', '/Organization/known', organization({ id: 'known', identifier: identifier('known-1') }));
    const { body } = await server.fhir('POST', '', bundle('transaction',
      post(organization({ identifier: identifier('known-1') }), { fullUrl: `${URN}5` }, { ifNoneExist: 'identifier=https://example.org/ids|known-1' }),
      post(patient({ managingOrganization: { reference: `${URN}5` } })),
    ), { Prefer: 'return=representation' });
    expect(body.entry[0].response.status).toBe('200 OK');
    expect(body.entry[1].resource.managingOrganization.reference).toBe('Organization/known');
  });

  it('updates what its query matches', async () => {
    await server.fhir('PUT', '/Organization/queried', organization({ id: 'queried', identifier: identifier('queried-1') }));
    const { body } = await server.fhir('POST', '', bundle('transaction', {
      resource: organization({ identifier: identifier('queried-1'), name: 'New name' }),
      request: { method: 'PUT', url: 'Organization?identifier=queried-1' },
    }));
    expect(body.entry[0].response).toMatchObject({ status: '200 OK', etag: 'W/"2"' });
  });

  it('respects ifMatch, and refuses as a whole when it is stale', async () => {
    await server.fhir('PUT', '/Patient/matched', patient({ id: 'matched' }));
    const stale = await refusal(
      post(organization()),
      { resource: patient({ id: 'matched', gender: 'other' }), request: { method: 'PUT', url: 'Patient/matched', ifMatch: 'W/"9"' } },
    );
    expect(stale.status).toBe(412);
  });

  it('refuses two entries that write one resource', async () => {
    expect(await refusal(put(patient({ id: 'twice' })), post(organization()), { request: { method: 'DELETE', url: 'Patient/twice' } }, put(patient({ id: 'twice' }))))
      .toEqual({ status: 422, places: ['duplicate Bundle.entry[3].request.url'] });
  });

  it('refuses two entries with one fullUrl or one condition', async () => {
    expect(await refusal(post(patient(), { fullUrl: `${URN}6` }), post(organization(), { fullUrl: `${URN}6` }))).toEqual({ status: 422, places: ['duplicate Bundle.entry[1].fullUrl'] });
    const once = post(organization(), {}, { ifNoneExist: 'identifier=only-once' });
    expect(await refusal(once, once)).toEqual({ status: 422, places: ['duplicate Bundle.entry[1].request'] });
  });

  it('refuses references to entries that it does not have', async () => {
    expect(await refusal(post(patient()), post(observation('x', { subject: { reference: `${URN}9` } }))))
      .toEqual({ status: 422, places: ['not-found Bundle.entry[1].resource.subject.reference'] });
  });

  it('names every fault of every entry', async () => {
    const answer = await refusal(post(patient({ birthDate: '1970-13-01' })), post(observation('p', { status: 'finished' })), post(organization()));
    expect(answer.status).toBe(422);
    expect(answer.places.some((place: string) => place.includes('Bundle.entry[0].resource.birthDate'))).toBe(true);
    expect(answer.places.some((place: string) => place.includes('Bundle.entry[1].resource.status'))).toBe(true);
  });

  it.each([
    ['no request', { resource: patient() }, 'required Bundle.entry[0].request'],
    ['no method', { resource: patient(), request: { url: 'Patient' } }, 'required Bundle.entry[0].request.method'],
    ['PATCH', { request: { method: 'PATCH', url: 'Patient/p' } }, 'not-supported Bundle.entry[0].request.method'],
    ['an address elsewhere', { resource: patient(), request: { method: 'POST', url: 'https://elsewhere.example/fhir/Patient' } }, 'value Bundle.entry[0].request.url'],
    ['an unknown type', { resource: { resourceType: 'Foo' }, request: { method: 'POST', url: 'Foo' } }, 'not-supported Bundle.entry[0]'],
    ['no resource', { request: { method: 'POST', url: 'Patient' } }, 'structure Bundle.entry[0].resource'],
    ['another id in the address', { resource: patient({ id: 'a' }), request: { method: 'PUT', url: 'Patient/b' } }, 'value Bundle.entry[0].resource.id'],
    ['an id with illegal characters', { resource: patient({ id: 'a_b' }), request: { method: 'PUT', url: 'Patient/a_b' } }, 'value Bundle.entry[0]'],
  ])('refuses an entry with %s', async (_what, entry, place) => {
    const answer = await refusal(entry);
    expect(answer.places).toContain(place);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('refuses other kinds of bundle and other resources', async () => {
    expect((await server.fhir('POST', '', { resourceType: 'Bundle', type: 'collection' })).status).toBe(400);
    expect((await server.fhir('POST', '', { resourceType: 'Bundle' })).status).toBe(400);
    expect((await server.fhir('POST', '', patient())).status).toBe(400);
  });

  it('answers an empty one with an empty one', async () => {
    const { status, body } = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction' });
    expect([status, body.type, body.entry]).toEqual([200, 'transaction-response', undefined]);
  });

  it('links a patient to its person in the same commit', async () => {
    await server.fhir('POST', '', bundle('transaction', put(patient({ id: 'linked' }))));
    expect(await count('Person?link=Patient/linked')).toBe(1);
  });

  it('asks for no version of what it does not find', async () => {
    const answer = await refusal({ resource: organization(), request: { method: 'PUT', url: 'Organization?identifier=nowhere', ifMatch: 'W/"1"' } });
    expect(answer).toEqual({ status: 412, places: ['conflict Bundle.entry[0]'] });
  });

  describe('as a batch', () => {
    it('refuses reads once its answer is full, and does its writes all the same', async () => {
      const small = await startServer({ BUND_LIMIT_BUNDLE_BYTES: '20000' });
      await small.fhir('PUT', '/Patient/large', patient({ id: 'large', name: Array.from({ length: 300 }, (_, n) => ({ text: `The ${n}th name` })) }));
      const read = { request: { method: 'GET', url: 'Patient/large' } };
      const { body } = await small.fhir('POST', '', bundle('batch', ...Array.from({ length: 40 }, () => read), post(organization())));
      const statuses: string[] = body.entry.map((entry: Parsed) => entry.response.status);
      expect(new Set(statuses.slice(0, -1))).toEqual(new Set(['200 OK', '413 Payload Too Large']));
      expect(statuses.at(-1)).toBe('201 Created');
      await small.stop();
    });

    it('refuses an entry alone that refers to another by its fullUrl, which would never resolve', async () => {
      const foreign = 'https://hospital.example/fhir/Organization/1';
      const { body } = await server.fhir('POST', '', bundle('batch',
        post(patient({ managingOrganization: { reference: foreign } }), { fullUrl: `${URN}1` }), post(organization(), { fullUrl: foreign }),
        put(observation('independent', { id: 'independent', subject: { reference: `${URN}1` } })),
        put(patient({ id: 'independent' }), { fullUrl: 'Patient/independent' }),
        put(patient({ id: 'dependent', link: [{ type: 'seealso', other: { reference: 'Patient/independent' } }] })),
      ));
      expect(body.entry.map((entry: Parsed) => entry.response.status)).toEqual(['422 Unprocessable Entity', '201 Created', '422 Unprocessable Entity', '201 Created', '201 Created']);
      expect([0, 2].map((at) => body.entry[at].response.outcome.issue[0])).toMatchObject([
        { code: 'business-rule', diagnostics: expect.stringContaining('cannot depend'), expression: ['Bundle.entry[0].resource.managingOrganization.reference'] },
        { code: 'business-rule', expression: ['Bundle.entry[2].resource.subject.reference'] },
      ]);
    });

    it('does each entry by itself and tells what became of it', async () => {
      const { status, body } = await server.fhir('POST', '', bundle('batch',
        post(patient({ birthDate: 'yesterday' })), post(organization()), { request: { method: 'GET', url: 'Patient/no-such' } },
        put(patient({ id: 'batched' })), { request: { method: 'DELETE', url: 'Patient/none' } }, { request: { method: 'GET', url: 'Organization?_count=1' } },
        { request: { method: 'PATCH', url: 'Patient/p' } },
      ));
      expect([status, body.type]).toEqual([200, 'batch-response']);
      expect(body.entry.map((entry: Parsed) => entry.response.status)).toEqual([
        '422 Unprocessable Entity', '201 Created', '404 Not Found', '201 Created', '204 No Content', '200 OK', '400 Bad Request',
      ]);
      expect(body.entry[0].response.outcome.issue[0].expression).toEqual(['Bundle.entry[0].resource.birthDate']);
      expect(body.entry[2].response.outcome.issue[0].expression).toEqual(['Bundle.entry[2]']);
      expect(body.entry[5].resource.type).toBe('searchset');
    });
  });
});
