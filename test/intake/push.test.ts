import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { bundle, labBundle, patient, result, urn } from './samples.ts';

let server: IntakeServer;
beforeAll(async () => { server = await startIntakeServer(); });
afterAll(() => server.stop());

const locations = (body: { entry: { response: { location: string } }[] }): string[] => body.entry.map(({ response }) => response.location.split('/_history/')[0] ?? '');

describe('a push', () => {
  it('stores each resource under a derived id and answers with a transaction-response', async () => {
    const answer = await server.push('hospital-a', labBundle('hospital-a', { number: 'push-1' }, [{ number: 'push-1-1', code: 'GLU' }]));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ type: 'transaction-response', entry: [{ response: { status: '201 Created', etag: 'W/"1"' } }, { response: { status: '201 Created' } }] });
    const [patientAt, resultAt] = locations(answer.body);
    const stored = await server.fhir('GET', `/${resultAt}`);
    expect(stored.body).toMatchObject({ subject: { reference: patientAt }, meta: { source: 'https://bund.example/sources/hospital-a' } });
  });

  it('gives the same message its first answer again and changes nothing', async () => {
    const message = labBundle('hospital-a', { number: 'push-2' }, [{ number: 'push-2-1', code: 'GLU' }], { identifier: 'push-2' });
    const first = await server.push('hospital-a', message);
    const second = await server.push('hospital-a', message);
    expect(second.text).toBe(first.text);
    expect([first.headers.get('x-intake-repeat'), second.headers.get('x-intake-repeat')]).toEqual([null, 'true']);
    expect(second.headers.get('x-intake-message')).toBe(first.headers.get('x-intake-message'));
  });

  it('gives a refused message its refusal again, with the same status and body', async () => {
    const message = bundle([{ resourceType: 'Patient', gender: 'unheard-of' }]);
    const first = await server.push('hospital-a', message);
    const second = await server.push('hospital-a', message);
    expect([first.status, second.status]).toEqual([422, 422]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('x-intake-repeat')).toBe('true');
  });

  it('changes nothing when the same records come in a new bundle with other placeholders', async () => {
    const sample = [patient('hospital-a', { number: 'push-3' }), result('hospital-a', { number: 'push-3-1', code: 'GLU', subject: urn(0) })];
    const first = await server.push('hospital-a', bundle(sample, { id: 'one' }));
    const renamed = JSON.stringify(bundle(sample, { id: 'two' })).replaceAll('urn:uuid:0000', 'urn:uuid:1111');
    const second = await server.push('hospital-a', renamed);
    expect(second.headers.get('x-intake-repeat')).toBeNull();
    expect(locations(second.body)).toEqual(locations(first.body));
    expect(second.body.entry.map((entry: { response: { etag: string } }) => entry.response.etag)).toEqual(['W/"1"', 'W/"1"']);
  });

  it('takes another content under a known message id for a newer version of it', async () => {
    const version = (value: number): object => labBundle('hospital-a', { number: 'push-4' }, [{ number: 'push-4-1', code: 'GLU', value }], { identifier: 'push-4' });
    const first = await server.push('hospital-a', version(5.1));
    const second = await server.push('hospital-a', version(5.2));
    expect(second.headers.get('x-intake-repeat')).toBeNull();
    expect(second.body.entry[1].response).toMatchObject({ status: '200 OK', etag: 'W/"2"' });
    expect(locations(second.body)).toEqual(locations(first.body));
  });

  it('processes a message once that comes many times at one moment', async () => {
    const message = labBundle('hospital-a', { number: 'push-5' }, [{ number: 'push-5-1', code: 'GLU' }], { identifier: 'push-5' });
    const answers = await Promise.all(Array.from({ length: 12 }, () => server.push('hospital-a', message)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    const history = await server.fhir('GET', `/${locations(answers[0]?.body)[1]}/_history`);
    expect(history.body.entry).toHaveLength(1);
  });

  it('lets different messages of one new patient meet without losing any', async () => {
    const messages = Array.from({ length: 10 }, (_, at) => labBundle('hospital-a', { number: 'push-6' }, [{ number: `push-6-${at}`, code: 'GLU' }]));
    const answers = await Promise.all(messages.map((message) => server.push('hospital-a', message)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    const found = await server.fhir('GET', `/Observation?subject=${locations(answers[0]?.body)[0]}&_summary=count`);
    expect(found.body.total).toBe(10);
  });

  it.each(['transaction', 'batch', 'collection'])('takes in a %s', async (type) => {
    const answer = await server.push('hospital-a', labBundle('hospital-a', { number: `push-${type}` }, [{ number: `push-${type}-1`, code: 'GLU' }], { type }));
    expect(answer.status).toBe(200);
    expect(answer.body.type).toBe(type === 'batch' ? 'batch-response' : 'transaction-response');
    expect(answer.body.entry).toHaveLength(2);
  });

  it('takes in a message whose header comes first, and refuses one without', async () => {
    const header = { resourceType: 'MessageHeader', id: 'push-header', eventCoding: { system: 'http://terminology.hl7.org/CodeSystem/v2-0003', code: 'R01' }, source: { endpoint: 'https://lis.example' }, focus: [{ reference: urn(2) }] };
    const resources = [header, patient('hospital-a', { number: 'push-7' }), result('hospital-a', { number: 'push-7-1', code: 'GLU', subject: urn(1) })];
    expect((await server.push('hospital-a', bundle(resources, { type: 'message' }))).status).toBe(200);
    const headless = await server.push('hospital-a', bundle(resources.slice(1), { type: 'message' }));
    expect(headless.status).toBe(422);
    expect(headless.text).toContain('The first entry of a message is its MessageHeader');
  });

  it('takes in a document', async () => {
    const composition = { resourceType: 'Composition', status: 'final', type: { text: '检验报告' }, subject: { reference: urn(1) }, date: '2026-03-01T10:00:00+08:00', author: [{ reference: 'Organization/chengxin' }], title: '检验报告', section: [{ entry: [{ reference: urn(2) }] }] };
    const answer = await server.push('hospital-a', bundle([composition, patient('hospital-a', { number: 'push-8' }), result('hospital-a', { number: 'push-8-1', code: 'GLU', subject: urn(1) })], { type: 'document' }));
    expect(answer.body).toMatchObject({ type: 'transaction-response', entry: [{ response: { status: '201 Created' } }, {}, {}] });
  });

  it('takes in one resource without a bundle', async () => {
    const answer = await server.push('hospital-a', patient('hospital-a', { number: 'push-9' }));
    expect(answer.body.entry).toHaveLength(1);
  });

  it('leads references to what the source sent before, by its own id, by identifier and by the id of the answer', async () => {
    const first = await server.push('hospital-a', { ...patient('hospital-a', { number: 'push-10' }), id: 'own-10' });
    const [patientAt] = locations(first.body);
    const subjects = [
      { reference: 'Patient/own-10' },
      { reference: patientAt },
      { identifier: { system: 'https://bund.example/sources/hospital-a/patient-number', value: 'push-10' } },
      { reference: 'Patient?identifier=https://bund.example/sources/hospital-a/patient-number|push-10' },
    ];
    for (const [at, subject] of subjects.entries()) {
      const answer = await server.push('hospital-a', { ...result('hospital-a', { number: `push-10-${at}`, code: 'GLU', subject: '' }), subject });
      expect(answer.status, JSON.stringify(subject)).toBe(200);
    }
    const found = await server.fhir('GET', `/Observation?subject=${patientAt}&_summary=count`);
    expect(found.body.total).toBe(subjects.length);
  });

  it('refuses an own id that has named two patients rather than choose one', async () => {
    for (const number of ['push-11', 'push-12']) await server.push('hospital-a', { ...patient('hospital-a', { number }), id: 'p1' });
    const answer = await server.push('hospital-a', result('hospital-a', { number: 'push-11-1', code: 'GLU', subject: 'Patient/p1' }));
    expect(answer.status).toBe(422);
  });

  it('does not lead a reference to the record of another source', async () => {
    const foreign = await server.push('hospital-b', patient('hospital-b', { number: 'push-13' }));
    const answer = await server.push('hospital-a', result('hospital-a', { number: 'push-13-1', code: 'GLU', subject: locations(foreign.body)[0] ?? '' }));
    expect(answer.status).toBe(422);
    expect(answer.body.issue[0].expression).toEqual(['Observation.subject.reference']);
  });

  it('keeps the text of decimals and the spelling of what was sent', async () => {
    const message = JSON.stringify(labBundle('hospital-a', { number: 'push-14' }, [{ number: 'push-14-1', code: 'GLU', value: 'VALUE' }])).replace('"VALUE"', '6.10');
    const answer = await server.push('hospital-a', message);
    const stored = await server.fhir('GET', `/${locations(answer.body)[1]}`);
    expect(stored.text).toContain('"value":6.10,"unit":"mmol/L"');
  });
});

describe('a push that is refused', () => {
  it.each([
    ['two entries of one identity', bundle([patient('hospital-a', { number: 'dup' }), patient('hospital-a', { number: 'dup' })]), 'Bundle.entry[1].resource', 'Bundle.entry[0].resource'],
    ['a placeholder that no entry has', bundle([result('hospital-a', { number: 'd1', code: 'GLU', subject: urn(7) })]), 'Bundle.entry[0].resource.subject.reference', 'neither in this message'],
    ['a patient who was never sent', bundle([result('hospital-a', { number: 'd2', code: 'GLU', subject: 'Patient/never-sent' })]), 'Bundle.entry[0].resource.subject.reference', 'Patient that is neither'],
    ['a deletion', { ...bundle([]), entry: [{ request: { method: 'DELETE', url: 'Patient/1' } }] }, 'Bundle.entry[0].request.method', 'deletes nothing'],
    ['an entry without a resource', { ...bundle([]), entry: [{ request: { method: 'POST', url: 'Patient' } }] }, 'Bundle.entry[0].resource', 'holds no resource'],
    ['an entry without a request', { ...bundle([]), entry: [{ resource: patient('hospital-a', { number: 'd3' }) }] }, 'Bundle.entry[0].request', 'says in request'],
    ['a searchset', { ...bundle([]), type: 'searchset' }, 'Bundle.type', 'no other type'],
    ['a bundle without entries', bundle([]), 'Bundle.entry', 'no entry'],
    ['a trace', bundle([{ resourceType: 'AuditEvent' }]), 'Bundle.entry[0].resource', 'A source sends no AuditEvent'],
    ['a person', bundle([{ resourceType: 'Person', link: [{ target: { reference: 'Patient/1' } }] }]), 'Bundle.entry[0].resource', 'A source sends no Person'],
    ['a record of the intake', bundle([{ resourceType: 'SourceMessage', status: 'processed' }]), 'Bundle.entry[0].resource.resourceType', 'not a resource type'],
    ['an address of another type', { ...bundle([]), entry: [{ resource: patient('hospital-a', { number: 'd4' }), request: { method: 'PUT', url: 'Observation/1' } }] }, 'Bundle.entry[0].request.url', 'not that of a Patient'],
    ['an id with illegal characters', { ...patient('hospital-a', { number: 'd5' }), id: 'a b' }, 'Patient.id', 'logical id'],
  ])('%s: names the element and the cause', async (_what, message, expression, cause) => {
    const before = await server.services.store.count({ type: 'Patient', where: [] });
    const answer = await server.push('hospital-a', message);
    expect(answer.status).toBe(422);
    const issue = answer.body.issue.find((candidate: { expression?: string[] }) => candidate.expression?.[0] === expression);
    expect(issue?.diagnostics).toContain(cause);
    expect(await server.services.store.count({ type: 'Patient', where: [] })).toBe(before);
  });

  it('tells every fault of every entry at once', async () => {
    const faulty = { ...result('hospital-a', { number: 'f1', code: 'GLU', subject: urn(9) }), status: 'ready' };
    const answer = await server.push('hospital-a', bundle([{ ...patient('hospital-a', { number: 'f2' }), gender: 'x' }, faulty]));
    const places = answer.body.issue.map((issue: { expression: string[] }) => issue.expression[0]);
    expect(places).toEqual(expect.arrayContaining(['Bundle.entry[0].resource.gender', 'Bundle.entry[1].resource.status', 'Bundle.entry[1].resource.subject.reference']));
  });

  it.each([
    ['text that is not JSON', '{"resourceType":', 400],
    ['a list', '[]', 400],
    ['an object without a type', '{}', 422],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 400],
    ['JSON nested too deep', `{"resourceType":"Patient","x":${'['.repeat(200)}${']'.repeat(200)}}`, 413],
  ])('keeps %s as a dead letter', async (_what, body, status) => {
    const answer = await server.push('hospital-a', body);
    expect(answer.status).toBe(status);
    expect(answer.body.resourceType).toBe('OperationOutcome');
    const listed = await server.operator('GET', `/intake/messages/${answer.headers.get('x-intake-message')}`);
    expect(listed.body.message.status).toBe('refused');
  });

  it('refuses a source that posts as another, an unknown source and a foreign content type', async () => {
    const body = patient('hospital-a', { number: 'x' });
    const asOther = await server.push('hospital-a', body, { Authorization: `Bearer ${server.token('source', { subject: 'hospital-b', source: 'hospital-b' })}` });
    expect(asOther.status).toBe(403);
    const unknown = await server.push('hospital-z', body, { Authorization: `Bearer ${server.token('source', { subject: 'hospital-z', source: 'hospital-z' })}` });
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain('hospital-z');
    expect((await server.push('hospital-a', body, { Authorization: '' })).status).toBe(401);
    expect((await server.push('hospital-a', 'x', { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await server.push('hospital-a', body, { 'X-Message-Id': 'x'.repeat(300) })).status).toBe(400);
    expect((await server.operator('GET', '/intake/hospital-a')).status).toBe(405);
  });
});

describe('a batch', () => {
  it('keeps its good entries and refuses each bad one by itself', async () => {
    const answer = await server.push('hospital-a', bundle([
      patient('hospital-a', { number: 'batch-1' }),
      { ...result('hospital-a', { number: 'batch-1-1', code: 'GLU', subject: urn(0) }), status: 'ready' },
      result('hospital-a', { number: 'batch-1-2', code: 'GLU', subject: urn(0) }),
    ], { type: 'batch' }));
    expect(answer.status).toBe(200);
    expect(answer.body.entry.map((entry: { response: { status: string } }) => entry.response.status)).toEqual(['201 Created', '422 Unprocessable Entity', '201 Created']);
    expect(answer.body.entry[1].response.outcome.issue[0].expression).toEqual(['Bundle.entry[1].resource.status']);
    const listed = await server.operator('GET', `/intake/messages/${answer.headers.get('x-intake-message')}`);
    expect(listed.body.message).toMatchObject({ status: 'partial', issueCount: 1, entryCount: 3 });
  });

  it('refuses an entry that refers to a refused one', async () => {
    const answer = await server.push('hospital-a', bundle([
      { ...patient('hospital-a', { number: 'batch-2' }), gender: 'x' },
      result('hospital-a', { number: 'batch-2-1', code: 'GLU', subject: urn(0) }),
      patient('hospital-a', { number: 'batch-3' }),
    ], { type: 'batch' }));
    expect(answer.body.entry.map((entry: { response: { status: string } }) => entry.response.status.slice(0, 3))).toEqual(['422', '422', '201']);
    expect(answer.body.entry[1].response.outcome.issue[0].diagnostics).toContain('refused');
  });
});
