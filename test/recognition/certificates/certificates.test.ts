import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAIM_URL, MARK_URL, registerFileCertificates } from '../../../src/recognition/index.ts';
import { runRemapJobs } from '../../../src/terminology/run-remap-jobs.ts';
import { startBeside, startIntakeServer } from '../../intake/intake-server.ts';
import { labBundle } from '../../intake/samples.ts';
import { STORES } from '../../http/server.ts';
import type { RecognitionServer } from '../catalogue-server.ts';
import { certificate, faultOf, startRecognitionServer } from '../catalogue-server.ts';
import type { Parsed } from '../../http/server.ts';

describe.each(STORES)('certificates of quality on $name', ({ uri }) => {
  let bench: RecognitionServer;
  beforeAll(async () => { bench = await startRecognitionServer(uri); });
  afterAll(() => bench.stop());

  const reason = 'list of the centre';
  const post = (person: string, address: string, body: unknown) => bench.as(person, 'POST', `/recognition/certificates${address}`, body);
  const pushed = async (source: string, number: string, code: string, changes: object = {}): Promise<Parsed> => {
    const message = labBundle(source, { number: `p-${number}` }, [{ number, code, unit: 'U/L' }]);
    Object.assign(message.entry[1]?.resource as object, { issued: '2026-03-01T10:00:00+08:00', ...changes });
    const answer = await bench.push(source, message);
    expect(answer.status, answer.text).toBe(200);
    return stored(number);
  };
  const stored = async (number: string): Promise<Parsed> => (await bench.stored('Observation')).find((one) => JSON.stringify(one).includes(`"${number}"`));
  const markOn = (result: Parsed): Parsed => Object.fromEntries((result.extension ?? []).filter(({ url }: Parsed) => url === MARK_URL).flatMap(({ extension }: Parsed) => extension).map(({ url, valueString, valueCode, valueReference }: Parsed) => [url, valueString ?? valueCode ?? valueReference?.reference]));
  const held = async (organization: string, item: string): Promise<Parsed> => (await bench.as('mei', 'GET', `/recognition/certificates?organization=${organization}&item=${item}`)).body.certificates[0];

  it('of the files are shown as valid VerificationResults, once', async () => {
    const { total } = (await bench.fhir('GET', '/VerificationResult?_summary=count')).body;
    expect(total).toBe(bench.services.recognition.files.certificates.length);
    const { id } = await held('chengxin', 'TC');
    const { body } = await bench.fhir('GET', `/VerificationResult/${String(id)}`);
    expect(body).toMatchObject({ status: 'validated', target: [{ reference: 'Organization/chengxin' }], primarySource: [{ who: { display: '上海市临床检验中心' } }], meta: { versionId: '1' } });
    expect((await bench.fhir('GET', `/VerificationResult/${String((await held('jiming', 'TSH')).id)}`)).body.status).toBe('val-fail');
    await registerFileCertificates(bench.services);
    expect((await bench.fhir('GET', `/VerificationResult/${String(id)}`)).body.meta.versionId).toBe('1');
  });

  it('mark each result that is reported while they hold, with what bore it out', async () => {
    const { id } = await held('chengxin', 'ALT');
    expect(markOn(await pushed('hospital-a', 'c1-1', 'ALT'))).toEqual({ label: '沪HR', scope: 'shanghai', certificate: `VerificationResult/${String(id)}` });
    expect(markOn(await pushed('hospital-a', 'c1-2', 'ALT', { issued: '2023-12-31T10:00:00+08:00', effectiveDateTime: '2023-12-31T08:00:00+08:00' }))).toEqual({});
    expect(markOn(await pushed('hospital-a', 'c1-3', 'ALT', { performer: [{ display: 'another laboratory' }] })).label).toBe('沪HR');
    expect((await bench.fhir('GET', '/Observation?recognition-mark=shanghai&_summary=count')).body.total).toBe(2);
  });

  it('of the files mark what a store holds already that never knew them', async () => {
    // Until now nobody knew of certificates.
    const fresh = await startIntakeServer({ uri, change: (services) => ({ ...services, recognition: { ...services.recognition, stamp: (resource) => resource } }) });
    try {
      await fresh.push('hospital-a', labBundle('hospital-a', { number: 'p-c0' }, [{ number: 'c0-1', code: 'ALT', unit: 'U/L' }]));
      expect((await fresh.stored('Observation')).map(markOn)).toEqual([{}]);
      await registerFileCertificates(fresh.services);
      while (await runRemapJobs(fresh.services, { worker: 'test', graceMs: 0, restartMs: 0 }) > 0);
      expect((await fresh.stored('Observation')).map(markOn)).toMatchObject([{ label: '沪HR' }]);
      expect((await fresh.fhir('GET', '/Provenance?_sort=-recorded&_count=1')).text.includes('profiles/recognition/certificates.json')).toBe(true);
    } finally {
      await fresh.stop();
    }
  });

  it('never let a source mark its own results, and take no mark from a message', async () => {
    const sent = { extension: [{ url: MARK_URL, extension: [{ url: 'label', valueString: '全国HR' }, { url: 'scope', valueCode: 'national' }, { url: 'certificate', valueReference: { reference: 'VerificationResult/forged' } }] }, { url: CLAIM_URL, extension: [{ url: 'text', valueString: '★' }] }] };
    const result = await pushed('hospital-d', 'c2-1', 'JXLSM', sent);
    expect(JSON.stringify(result)).not.toContain('forged');
    expect(result.extension?.map(({ url }: Parsed) => url) ?? []).not.toContain(MARK_URL);
    const forged = await bench.push('hospital-a', { resourceType: 'VerificationResult', status: 'validated', target: [{ reference: 'Organization/chengxin' }] });
    expect([forged.status, forged.text]).toEqual([422, expect.stringContaining('A source sends no VerificationResult')]);
  });

  it('cannot be written as resources, not even by the system', async () => {
    const { id } = await held('chengxin', 'TC');
    const answers = [
      await bench.fhir('POST', '/VerificationResult', { resourceType: 'VerificationResult', status: 'validated' }),
      await bench.fhir('PUT', `/VerificationResult/${String(id)}`, { resourceType: 'VerificationResult', id, status: 'val-fail' }),
      await bench.fhir('DELETE', `/VerificationResult/${String(id)}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(answers[0]?.text).toContain('POST /recognition/certificates');
  });

  it('are registered by two people, and mark what was reported before that as well, each with its Provenance', async () => {
    expect(markOn(await pushed('hospital-d', 'c3-1', 'JXLSM'))).toEqual({});
    await pushed('hospital-d', 'c3-2', 'JXLSM', { issued: '2025-12-31T10:00:00+08:00', effectiveDateTime: '2025-12-31T08:00:00+08:00' });
    const proposed = await post('mei', '', certificate());
    expect(proposed.status, proposed.text).toBe(201);
    const { id } = proposed.body.certificate;
    expect((await bench.fhir('GET', `/VerificationResult/${String(id)}`)).status).toBe(404);
    expect(faultOf(await post('mei', `/${String(id)}/approve`, { reason })).diagnostics).toContain('another person');
    expect((await post('lin', `/${String(id)}/approve`, { reason })).body.certificate).toMatchObject({ status: 'registered', registered: { by: 'lin' } });
    expect((await bench.fhir('GET', `/VerificationResult/${String(id)}`)).body).toMatchObject({ status: 'validated', attestation: { who: { identifier: { value: 'lin' } } } });
    expect(markOn(await pushed('hospital-d', 'c3-3', 'JXLSM')).label).toBe('沪HR');
    await bench.remap();
    const result = await stored('c3-1');
    expect(markOn(result)).toMatchObject({ label: '沪HR', certificate: `VerificationResult/${String(id)}` });
    expect(markOn(await stored('c3-2'))).toEqual({});
    const history = (await bench.fhir('GET', `/Observation/${String(result.id)}/_history`)).body.entry;
    expect(history.map(({ resource }: Parsed) => resource.extension?.some(({ url }: Parsed) => url === MARK_URL) ?? false)).toEqual([true, false]);
    const provenance = (await bench.fhir('GET', `/Provenance?target=Observation/${String(result.id)}&_sort=-recorded&_count=1`)).body.entry[0].resource;
    expect(provenance).toMatchObject({ entity: [{ role: 'source', what: { reference: `VerificationResult/${String(id)}` } }] });
    expect(provenance.agent[0].who.identifier.value).toBe('lin');
    expect((await post('mei', '', certificate())).status).toBe(422);
  });

  it('that are recalled stop at their instant, and rewrite nothing', async () => {
    const before = await pushed('hospital-c', 'c4-1', '碱性磷酸酶');
    expect(markOn(before).label).toBe('沪HR');
    const { id } = await held('yunqiao', 'ALP');
    const past = await post('lin', `/${String(id)}/recall`, { reason, at: '2026-01-01T00:00:00+08:00' });
    expect([past.status, faultOf(past).expression]).toEqual([422, ['at']]);
    expect((await post('lin', `/${String(id)}/recall`, { reason: 'instrument out of order' })).body.certificate).toMatchObject({ status: 'recalled', recalled: { by: 'lin', reason: 'instrument out of order' } });
    expect((await bench.fhir('GET', `/VerificationResult/${String(id)}`)).body).toMatchObject({ status: 'reval-fail' });
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect(markOn(await pushed('hospital-c', 'c4-2', '碱性磷酸酶', { issued: soon }))).toEqual({});
    await bench.remap();
    expect(await stored('c4-1')).toEqual(before);
    // What came late and was reported before has the mark that held then.
    expect(markOn(await pushed('hospital-c', 'c4-3', '碱性磷酸酶')).label).toBe('沪HR');
    const view = await held('yunqiao', 'ALP');
    expect(view).toMatchObject({ status: 'recalled', holds: false, steps: { recalled: { by: 'lin' } } });
    expect(bench.services.recognition.certificatesOf('yunqiao', 'ALP')).toMatchObject([{ recalled: { reason: 'instrument out of order' } }]);
    expect((await post('lin', `/${String(id)}/recall`, { reason })).status).toBe(422);
    expect((await post('lin', '/none/recall', { reason })).status).toBe(404);
    await registerFileCertificates(bench.services);
    expect((await bench.fhir('GET', `/VerificationResult/${String(id)}`)).body.status).toBe('reval-fail');
  });

  it('hold, and are recalled, at every gateway', async () => {
    const other = await startBeside(bench);
    try {
      await bench.certify({ organization: 'wutongli', item: 'CRP', scope: 'huangpu', programme: 'HP-EQA' });
      const seen = async (): Promise<Parsed> => (await other.operator('GET', '/recognition/certificates?organization=wutongli&item=CRP')).body.certificates;
      // The poll of a gateway is a refresh; a proposal makes one.
      await other.operator('POST', '/recognition/certificates', certificate({ organization: 'wutongli', item: 'CRP' }));
      expect((await seen()).map(({ status }: Parsed) => status).sort()).toEqual(['proposed', 'registered']);
    } finally {
      await other.stop();
    }
  });

  it('that are rejected mark nothing, and may be proposed again', async () => {
    const content = certificate({ organization: 'pubin', item: 'HBSAG' });
    const { id } = (await post('mei', '', content)).body.certificate;
    expect((await post('lin', `/${String(id)}/reject`, { reason: 'no such list' })).body.certificate.status).toBe('rejected');
    expect((await post('lin', `/${String(id)}/approve`, { reason })).status).toBe(422);
    expect((await post('mei', '', content)).status).toBe(201);
    expect((await post('lin', `/${String(id)}/approve`, { reason })).status).toBe(200);
  });

  it('are refused for whom and what nobody knows, each element told', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ organization: 'nowhere' }, 'organization'], [{ item: 'GLUX' }, 'item'], [{ scope: 'moon' }, 'scope'], [{ rounds: [] }, 'rounds'], [{ rounds: [{ round: '1', score: 70 }] }, 'rounds'],
      [{ rounds: [{ round: '1', score: 101 }] }, 'rounds.0.score'], [{ valid: { from: '2026-02-30' } }, 'valid.from'], [{ valid: { from: '2026-02-02', to: '2026-02-01' } }, 'valid'], [{ reason: 'why' }, 'reason'],
    ];
    for (const [changes, element] of cases) {
      const answer = await post('mei', '', certificate({ programme: 'other', ...changes }));
      expect([answer.status, new Set(answer.body.issue?.map(({ expression }: Parsed) => expression[0]))], element).toEqual([422, new Set([element])]);
    }
  });

  it('are listed in pages, by institution, item and status', async () => {
    const first = (await bench.as('mei', 'GET', '/recognition/certificates?organization=pubin&_count=5')).body;
    expect(first.certificates).toHaveLength(5);
    const second = (await bench.as('mei', 'GET', first.next)).body.certificates;
    expect(new Set([...first.certificates, ...second].map(({ id }: Parsed) => id)).size).toBe(10);
    expect((await bench.as('mei', 'GET', '/recognition/certificates?status=recalled')).body.certificates.map(({ organization }: Parsed) => organization)).toEqual(['yunqiao']);
  });

  it('are read by clinicians as VerificationResults, and kept by operators alone', async () => {
    const clinician = { Authorization: `Bearer ${bench.token('clinician', { facility: 'chengxin' })}` };
    const { id } = await held('yunqiao', 'ALP');
    expect((await bench.fhir('GET', `/VerificationResult/${String(id)}`, undefined, clinician)).status).toBe(200);
    const answers = await Promise.all(['/recognition/certificates', '/recognition/claims'].map((address) => fetch(bench.url + address, { headers: clinician })));
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });

  it('leave any body that is none answered with an OperationOutcome, and nothing changed', async () => {
    const before = bench.services.recognition.revision;
    const name = fc.constantFrom('organization', 'item', 'scope', 'valid', 'rounds', 'method', 'programme', 'reason', 'id', '__proto__');
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('x'.repeat(5_000), '\u0000', -1, [{ round: '1', score: 'good' }]));
    await fc.assert(fc.asyncProperty(name, value, async (member, content) => {
      const answer = await post('mei', '', certificate({ programme: 'fuzz', [member]: content }));
      if (answer.status === 201) return;
      expect([400, 422], answer.text).toContain(answer.status);
      expect(answer.body.resourceType).toBe('OperationOutcome');
    }), { numRuns: 100 });
    expect(bench.services.recognition.revision).toBe(before);
  });
});
