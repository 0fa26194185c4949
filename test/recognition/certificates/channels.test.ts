import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAIM_URL, MARK_URL } from '../../../src/recognition/index.ts';
import { order, pid, v2 } from '../../intake/hl7v2/samples.ts';
import { labBundle } from '../../intake/samples.ts';
import { STORES } from '../../http/server.ts';
import type { RecognitionServer } from '../catalogue-server.ts';
import { startRecognitionServer } from '../catalogue-server.ts';
import type { Parsed } from '../../http/server.ts';

const fixture = (name: string): string => readFileSync(path.resolve(import.meta.dirname, '../../../fixtures', name), 'utf8');

describe.each(STORES)('marks and claims of what is pushed, on $name,', ({ uri }) => {
  let bench: RecognitionServer;
  beforeAll(async () => { bench = await startRecognitionServer(uri); });
  afterAll(() => bench.stop());

  /** Label of the mark, what is claimed, and whether a certificate bears it out, of each result of an item. */
  const of = async (item: string): Promise<unknown[]> => (await bench.stored('Observation')).filter(({ code }: Parsed) => code.coding?.some((coding: Parsed) => coding.system === 'https://bund.example/CodeSystem/item' && coding.code === item)).map(({ extension = [] }: Parsed) => {
    const parts = (url: string): Parsed[] => extension.find((one: Parsed) => one.url === url)?.extension ?? [];
    const claim = parts(CLAIM_URL);
    return { mark: parts(MARK_URL)[0]?.valueString, claim: claim[0]?.valueString, held: claim[1]?.valueBoolean };
  });

  it('over FHIR: the claim in a display or a text is noted, and the name stays as it was sent', async () => {
    const message = labBundle('hospital-a', { number: 'f1' }, [{ number: 'f1-1', code: 'GLU' }, { number: 'f1-2', code: 'CREA' }, { number: 'f1-3', code: 'CEA', unit: 'ng/mL' }]);
    const [, first, second, third] = message.entry.map(({ resource }: Parsed) => resource);
    first.code.coding[0].display = '★葡萄糖';
    second.code.text = '肌酐(沪HR)';
    second.performer = [{ reference: 'Organization/chengxin' }];
    // 澄心医院 was assessed for tumour markers by one method, and this result names none.
    third.code.coding[0].display = '全国HR 癌胚抗原';
    expect((await bench.push('hospital-a', message)).status).toBe(200);
    expect([await of('GLU'), await of('CREA'), await of('CEA')]).toEqual([[{ mark: '沪HR', claim: '★', held: true }], [{ mark: '沪HR', claim: '沪HR', held: true }], [{ mark: undefined, claim: '全国HR', held: false }]]);
    expect(JSON.stringify(await bench.stored('Observation'))).toContain('★葡萄糖');
  });

  it('over FHIR: an examination and its report are marked by the certificate of the examination', async () => {
    const code = { coding: [{ system: 'https://bund.example/sources/hospital-c/examinations', code: 'CHEST-CT' }], text: '胸部CT平扫' };
    const [patient] = labBundle('hospital-c', { number: 'f2' }, []).entry;
    const subject = { reference: patient?.fullUrl };
    const entry = [patient, ...[
      { resourceType: 'ImagingStudy', identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:1.2.3.4' }], status: 'available', subject, started: '2026-03-01T09:20:00+08:00', procedureCode: [code], modality: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' }], series: [{ uid: '1.2.3.4.1', modality: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' } }] },
      { resourceType: 'DiagnosticReport', identifier: [{ system: 'https://bund.example/sources/hospital-c/report', value: 'f2-r' }], status: 'final', code, subject, effectiveDateTime: '2026-03-01T09:20:00+08:00', issued: '2026-03-01T10:50:00+08:00', category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'RAD' }] }], conclusion: '心肺未见明显异常。', performer: [{ reference: 'Organization/yunqiao' }] },
    ].map((resource, at) => ({ fullUrl: `urn:uuid:22222222-2222-4222-8222-22222222222${at}`, resource, request: { method: 'POST', url: resource.resourceType } }))];
    const answer = await bench.push('hospital-c', { resourceType: 'Bundle', type: 'transaction', entry });
    expect(answer.status, answer.text).toBe(200);
    for (const type of ['ImagingStudy', 'DiagnosticReport']) {
      expect((await bench.stored(type)).map(({ extension }: Parsed) => extension?.[0]?.extension?.[0]?.valueString), type).toEqual(['上海市黄浦区HR']);
      expect((await bench.fhir('GET', `/${type}?recognition-mark=huangpu&_summary=count`)).body.total).toBe(1);
    }
  });

  it('over HL7 v2: OBX-3.2', async () => {
    const [orc = '', obr = '', obx = ''] = order('H1', '20260301082000+0800', [{}]);
    const message = v2({ type: 'ORU^R01^ORU_R01', control: 'h1', at: '20260301093000+0800', segments: [pid({ number: '2000000001' }), orc, obr, obx.replace('项目30601', '*葡萄糖')] });
    const answer = await bench.push('hospital-b', message, { 'Content-Type': 'x-application/hl7-v2+er7' });
    expect(answer.status, answer.text).toBe(200);
    expect(await of('GLU')).toContainEqual({ mark: '沪HR', claim: '*', held: true });
  });

  it('over shared documents: displayName', async () => {
    const answer = await bench.push('hospital-d', fixture('hospital-d/laboratory-report.in.xml').replace('displayName="C反应蛋白"', 'displayName="★C反应蛋白"'), { 'Content-Type': 'application/xml' });
    expect(answer.status, answer.text).toBe(200);
    expect(await of('CRP')).toEqual([{ mark: '沪HR', claim: '★', held: true }]);
    expect((await of('WBC')).every((one: Parsed) => one.mark === '沪HR' && one.claim === undefined)).toBe(true);
  });

  it('over tables: the name of the item', async () => {
    const answer = await bench.push('community-e', fixture('community-e/lab-results.in.csv').replace('血红蛋白', '血红蛋白HR').replace(/JY014,C反应蛋白/g, 'JY014,★C反应蛋白'), { 'Content-Type': 'text/csv', 'X-Message-Id': 't1.csv' });
    expect(answer.status, answer.text).toBe(200);
    expect(await of('HGB')).toContainEqual({ mark: '上海市黄浦区HR', claim: 'HR', held: true });
  });

  it('are compared: claims without certificate, and certificates without claim, by source and item', async () => {
    const { claims } = (await bench.as('mei', 'GET', '/recognition/claims')).body;
    expect(claims).toContainEqual({ source: 'hospital-a', item: 'CEA', agreeing: 0, withoutCertificate: 1, notClaimed: 0 });
    expect(claims).toContainEqual({ source: 'hospital-a', item: 'GLU', agreeing: 1, withoutCertificate: 0, notClaimed: 0 });
    expect(claims).toContainEqual(expect.objectContaining({ source: 'hospital-d', item: 'WBC', agreeing: 0, withoutCertificate: 0, notClaimed: expect.any(Number) }));
    expect(claims.filter(({ source }: Parsed) => source === 'hospital-c')).toEqual([]);
    expect((await bench.as('mei', 'GET', '/recognition/claims?source=hospital-b')).body.claims).toEqual([{ source: 'hospital-b', item: 'GLU', agreeing: 1, withoutCertificate: 0, notClaimed: 0 }]);
    const metrics = await (await fetch(`${bench.url}/metrics`)).text();
    expect(metrics.includes('bund_mark_claims{source="hospital-a",item="CEA",kind="without-certificate"} 1')).toBe(true);
  });

  it('of examinations are set when their certificate is registered late', async () => {
    await bench.certify({ organization: 'yunqiao', item: 'CT-CHEST', scope: 'shanghai', programme: 'SH-RQC' });
    await bench.remap();
    for (const type of ['ImagingStudy', 'DiagnosticReport']) expect((await bench.stored(type)).map(({ extension }: Parsed) => extension?.[0]?.extension?.[0]?.valueString).filter(Boolean), type).toEqual(['沪HR']);
  });

  it('follow the mapping: a test that is mapped late is marked then, one that is unmapped no longer', async () => {
    const message = labBundle('hospital-a', { number: 'f3' }, [{ number: 'f3-1', code: 'NEW-UA', value: 350, unit: 'umol/L' }]);
    (message.entry[1]?.resource as Parsed).code.coding[0].display = '★尿酸';
    await bench.push('hospital-a', message);
    const result = async (): Promise<Parsed> => (await bench.stored('Observation')).find((one) => JSON.stringify(one).includes('NEW-UA'));
    expect((await result()).extension).toEqual([{ url: CLAIM_URL, extension: [{ url: 'text', valueString: '★' }] }]);
    const { mapping } = await bench.map({ kind: 'code', source: 'hospital-a', local: 'NEW-UA', item: 'UA', loinc: '14933-6', equivalence: 'equivalent', reason: 'named so in the list' });
    await bench.remap();
    expect(await of('UA')).toEqual([{ mark: '沪HR', claim: '★', held: true }]);
    await bench.as('lin', 'POST', `/terminology/mappings/${mapping.id}/retire`, { reason: 'it is another test' });
    await bench.remap();
    expect((await result()).extension).toEqual([{ url: CLAIM_URL, extension: [{ url: 'text', valueString: '★' }] }]);
  });
});
