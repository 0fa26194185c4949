import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Parsed } from '../../http/server.ts';
import { STORES } from '../../http/server.ts';
import { bundle, patient, residentId, urn } from '../../intake/samples.ts';
import type { RecognitionServer } from '../recognition-server.ts';
import { ago, draft, knownAtA, labReport, LIPIDS_B, pushed, startRecognitionServer } from '../recognition-server.ts';

const RECOGNIZE = '/fhir/ServiceRequest/$recognize';

describe.each(STORES)('the operation recognize on $name', ({ uri }) => {
  let server: RecognitionServer;
  let id: string;
  beforeAll(async () => {
    server = await startRecognitionServer(uri);
    id = await knownAtA(server, 1);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 1, ageDays: 5, values: { ...LIPIDS_B, 30504: [3.1, '[arb]/mL'] } }));
  });
  afterAll(() => server.stop());

  const recognize = (...parameter: object[]) => server.physician('chengxin', RECOGNIZE, { resourceType: 'Parameters', parameter });
  const part = (parts: Parsed, name: string): Parsed => parts.find((one: Parsed) => one.name === name);
  const all = (parts: Parsed, name: string): Parsed[] => parts.filter((one: Parsed) => one.name === name);

  it('answers for each item of an order: verdict, result, anchor, end, mark, and every gate that failed', async () => {
    const answer = await recognize({ name: 'order', resource: draft(id) });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(server.services.fhir.validate(answer.body).filter(({ severity }) => severity === 'error'), []);
    const [order] = answer.body.parameter;
    assert.equal(part(order.part, 'coverage').valueCode, 'partial');
    assert.equal(part(order.part, 'panel').valueCoding.code, 'LIP');
    const items = all(order.part, 'item').map((item) => item.part);
    assert.deepEqual(items.map((item) => [part(item, 'code').valueCoding.code, part(item, 'verdict').valueCode]), [['TC', 'recognise'], ['TG', 'recognise'], ['HDLC', 'recognise'], ['LDLC', 'view-only']]);
    const [tc, , , ldlc] = items;
    assert.match(part(tc, 'prior').valueReference.reference, /^Observation\//);
    assert.equal(part(part(tc, 'anchor').part, 'kind').valueCode, 'collected');
    assert.equal(part(part(tc, 'mark').part, 'label').valueString, '沪HR');
    assert.ok(Date.parse(part(tc, 'validUntil').valueInstant) > Date.now());
    assert.equal(part(part(ldlc, 'failed').part, 'gate').valueCode, 'unit');
    assert.match(part(part(ldlc, 'failed').part, 'zh').valueString, /单位/);
    const decision = part(order.part, 'decision').valueReference.reference.split('/')[1];
    assert.ok(await server.services.store.read({ type: 'DetectedIssue', id: decision }));
  });

  it('answers for a code, and records nothing of a mere question', async () => {
    const before = await server.services.store.count({ type: 'DetectedIssue', where: [] });
    const answer = await recognize({ name: 'subject', valueReference: { reference: `Patient/${id}` } }, { name: 'code', valueCoding: { system: 'http://loinc.org', code: '14647-2' } }, { name: 'code', valueCodeableConcept: { text: 'unknown' } });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body.parameter.map((order: Parsed) => part(order.part, 'coverage').valueCode), ['complete', 'none']);
    assert.match(part(answer.body.parameter[1].part, 'remark').valueString, /nothing in the catalogue/);
    assert.equal(await server.services.store.count({ type: 'DetectedIssue', where: [] }), before);
  });

  it('answers for an order that the exchange has', async () => {
    const stored = await server.fhir('PUT', '/ServiceRequest/stored-1', { ...draft(id), id: 'stored-1', status: 'active' });
    assert.equal(stored.status, 201, stored.text);
    const answer = await recognize({ name: 'order', valueReference: { reference: 'ServiceRequest/stored-1' } });
    assert.equal(part(answer.body.parameter[0].part, 'reference').valueReference.reference, 'ServiceRequest/stored-1');
    assert.equal(part(answer.body.parameter[0].part, 'coverage').valueCode, 'partial');
  });

  it('refuses to tell of a patient, or of an order, without a care relation: both alike', async () => {
    const other = await server.push('hospital-b', bundle([patient('hospital-b', { number: '50', residentId: residentId(50) })]));
    const unknown = String(other.body.entry[0].response.location).split('/')[1] ?? '';
    const answers = await Promise.all([
      recognize({ name: 'order', resource: draft(unknown) }), recognize({ name: 'order', resource: draft('nobody') }),
      recognize({ name: 'order', valueReference: { reference: 'ServiceRequest/none' } }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403]);
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body.issue))).size, 1);
  });

  it('opens the record of one person with a broken glass, and says so in the trace', async () => {
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 51, ageDays: 5, values: LIPIDS_B }));
    const { items } = await server.services.store.search({ type: 'Patient', where: [{ kind: 'token', param: 'identifier', anyOf: [{ code: '51' }] }], sort: [], limit: 1 });
    const headers = { 'X-Break-Glass-Reason': encodeURIComponent('昏迷病人急诊抢救，无法取得授权'), 'X-Purpose-Of-Use': 'ETREAT' };
    const answer = await server.physician('chengxin', RECOGNIZE, { resourceType: 'Parameters', parameter: [{ name: 'order', resource: draft(items[0]?.id ?? '') }] }, headers);
    assert.equal(answer.status, 200, answer.text);
    assert.ok((await server.traces('recognition-ask')).some((trace) => JSON.stringify(trace).includes('break-glass-reason')));
  });

  it('recognises an examination by its images, and shows a report without them', async () => {
    const local = (kind: string, value: string): object => ({ system: `https://bund.example/sources/hospital-b/${kind}`, value });
    const code = { coding: [{ system: 'https://bund.example/sources/hospital-b/examinations', code: 'CHEST-CT', display: '胸部CT平扫' }], text: '胸部CT平扫' };
    const report = (number: string, more: object): object => ({
      resourceType: 'DiagnosticReport', identifier: [local('report', number)], status: 'final', code, subject: { reference: urn(0) }, category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'RAD' }] }],
      effectiveDateTime: ago(4), issued: ago(3.9), conclusion: '未见异常', ...more,
    });
    const study = { resourceType: 'ImagingStudy', identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:2.25.113059749145936325402354257176981405696' }], status: 'available', subject: { reference: urn(0) }, started: ago(4), modality: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' }], series: [{ uid: '1.2.3', modality: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' } }] };
    const ask = async (person: number) => {
      const known = await knownAtA(server, person);
      const answer = await recognize({ name: 'order', resource: draft(known, { code: { coding: [{ system: 'http://loinc.org', code: '24627-2' }] } }) });
      assert.equal(answer.status, 200, answer.text);
      return part(answer.body.parameter[0].part, 'item').part;
    };
    await pushed(server, 'hospital-b', bundle([patient('hospital-b', { number: '52', residentId: residentId(52), name: '王芳' }), study, report('e1', { imagingStudy: [{ reference: urn(1) }] })]));
    const recognised = await ask(52);
    assert.equal(part(recognised, 'verdict').valueCode, 'recognise', JSON.stringify(recognised));
    assert.match(part(recognised, 'prior').valueReference.reference, /^ImagingStudy\//);
    await pushed(server, 'hospital-b', bundle([patient('hospital-b', { number: '53', residentId: residentId(53), name: '王芳' }), report('e2', {})]));
    assert.deepEqual(all(await ask(53), 'failed').map((failed) => part(failed.part, 'gate').valueCode), ['conclusion', 'images']);
  });

  it('names the parameter at fault', async () => {
    const refusals: [parameters: unknown, element: string][] = [
      [[{ name: 'orders' }], 'Parameters.parameter[0].name'], [[], 'Parameters.parameter'], [[{ name: 'order' }], 'Parameters.parameter[0].resource'],
      [[{ name: 'code', valueCoding: {} }], 'Parameters.parameter'], [[{ name: 'subject', valueString: 'x' }, { name: 'code', valueCoding: {} }], 'Parameters.parameter[0].valueReference'],
      [[{ name: 'order', resource: draft(id) }, { name: 'order', resource: draft('p2') }], 'Parameters.parameter[1].resource.subject'],
      [[{ name: 'order', resource: draft(id, { subject: undefined }) }], 'Parameters.parameter[0].resource.subject'],
    ];
    for (const [parameter, element] of refusals) {
      const answer = await server.physician('chengxin', RECOGNIZE, { resourceType: 'Parameters', parameter });
      assert.equal(answer.status, 422, answer.text);
      assert.equal(answer.body.issue[0].expression[0], element);
    }
    assert.equal((await server.physician('chengxin', RECOGNIZE, { resourceType: 'Bundle' })).status, 422);
  });

  it('never ends in a fault, whatever the parameters hold', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const parameter = fc.dictionary(fc.constantFrom('name', 'resource', 'valueReference', 'valueCoding', 'valueCodeableConcept', 'part'), fc.oneof(value, fc.constantFrom('order', 'subject', 'code'), fc.constant({ reference: `Patient/${id}` })));
    await fc.assert(fc.asyncProperty(fc.oneof(value, fc.array(parameter, { maxLength: 3 })), async (parameters) => {
      const answer = await server.physician('chengxin', RECOGNIZE, { resourceType: 'Parameters', parameter: parameters });
      assert.ok([200, 400, 403, 422].includes(answer.status), answer.text);
    }), { numRuns: 60 });
  });

  it('is told by the capability statement', async () => {
    const { body } = await server.fhir('GET', '/metadata');
    const type = body.rest[0].resource.find((one: Parsed) => one.type === 'ServiceRequest');
    assert.ok(type.operation.some(({ name, definition }: Parsed) => name === 'recognize' && definition === 'https://bund.example/OperationDefinition/recognize'));
  });
});
