import assert from 'node:assert/strict';
import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import { residentId } from '../../intake/samples.ts';
import { renderReminders } from '../../../src/recognition/reminders/render-reminders.ts';
import type { RecognitionServer } from '../recognition-server.ts';
import { knownAtA, labReport, LIPIDS_B, pushed, startRecognitionServer } from '../recognition-server.ts';

const ADDRESS = '/recognition/reminders';
const XML = { 'Content-Type': 'application/xml' };
const ITEM = '<项目><项目代码>LIP</项目代码><项目名称>血脂</项目名称></项目>';

function message(patient: string, sheet = `<申请单><申请单编号>S-1</申请单编号>${ITEM}</申请单>`): string {
  return `<?xml version="1.0" encoding="UTF-8"?><GetRemind xmlns="urn:any"><患者>${patient}</患者><就诊类别>门诊</就诊类别><申请医师标识>D0231</申请医师标识>${sheet}</GetRemind>`;
}

describe.each(STORES)('reminders after WS/T 790.18 on $name', ({ uri }) => {
  let server: RecognitionServer;
  beforeAll(async () => {
    server = await startRecognitionServer(uri);
    await knownAtA(server, 1);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 1, ageDays: 5, values: LIPIDS_B }));
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 2, ageDays: 5, values: LIPIDS_B }));
  });
  afterAll(() => server.stop());

  const remind = async (body: string, headers: Record<string, string> = XML) => server.cds(ADDRESS, body, headers);
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });
  const remindersIn = (text: string): Record<string, string>[] => {
    assertWellFormed(text);
    const list: unknown = parser.parse(text).GetRemindResponse.提醒列表;
    return list === '' ? [] : [(list as { 提醒: Record<string, string>[] }).提醒].flat();
  };

  it.each([['by the resident ID', `<居民身份证号>${residentId(1)}</居民身份证号>`], ['by the number of the asking institution', '<患者标识>1</患者标识>']])('reminds of a repeated test, the patient named %s', async (_how, patient) => {
    const answer = await remind(message(patient));
    assert.equal(answer.status, 200, answer.text);
    const [reminder] = remindersIn(answer.text);
    assert.deepEqual([reminder?.['提醒类型'], reminder?.['申请单编号'], reminder?.['项目名称'], reminder?.['是否可互认'], reminder?.['报告机构'], reminder?.['互认标识']], ['重复检验', 'S-1', '血脂', '是', '浦滨综合医院', '沪HR']);
    assert.match(reminder?.['提醒内容'] ?? '', /^浦滨综合医院已有血脂可互认结果，互认至 /);
    assert.match(reminder?.['报告标识'] ?? '', /^DiagnosticReport\//);
    const feedback = await server.cds('/cds-services/bund-order-sign/feedback', { feedback: [{ card: reminder?.['提醒标识'], outcome: 'accepted', outcomeTimestamp: new Date().toISOString() }] });
    assert.equal(feedback.status, 200, feedback.text);
  });

  it('tells nothing without a care relation', async () => {
    const answer = await remind(message(`<居民身份证号>${residentId(2)}</居民身份证号>`));
    assert.deepEqual([answer.status, remindersIn(answer.text)], [200, []]);
  });

  it('does not recognise in an emergency where the catalogue excludes it, and says why', async () => {
    await knownAtA(server, 3);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 3, ageDays: 2, values: { 30101: [6.2, '10^9/L'] }, specimen: '全血' }));
    const sheet = '<申请单><申请单编号>S-2</申请单编号><项目><项目代码 代码系统="http://loinc.org">6690-2</项目代码></项目></申请单>';
    const answer = await remind(message('<患者标识>3</患者标识>', sheet).replace('门诊', '急诊'));
    assert.match(remindersIn(answer.text)[0]?.['提醒内容'] ?? '', /不可互认：白细胞计数 在急诊急救情形下不互认/);
  });

  it.each([
    ['GetRemind', '<Other/>'], ['GetRemind/患者', '<GetRemind/>'], ['GetRemind/患者', message('')], ['GetRemind/申请单', message('<患者标识>1</患者标识>', '')],
    ['GetRemind/申请单[1]/申请单编号', message('<患者标识>1</患者标识>', `<申请单>${ITEM}</申请单>`)], ['GetRemind/申请单[1]/项目', message('<患者标识>1</患者标识>', '<申请单><申请单编号>1</申请单编号></申请单>')],
    ['GetRemind/申请单[1]/项目[1]/项目代码', message('<患者标识>1</患者标识>', '<申请单><申请单编号>1</申请单编号><项目><项目代码> </项目代码></项目></申请单>')],
  ])('names the element at fault: %s', async (element, body) => {
    const answer = await remind(body);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.body.issue[0].expression[0], element);
  });

  it('takes in no entities, no bombs, nothing that is not XML in UTF-8', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(50)}"><!ENTITY b "&a;&a;&a;&a;">]>${message('<患者标识>&b;</患者标识>').replace(/<\?xml.*?\?>/, '')}`;
    for (const body of [bomb, '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>', '<a>'.repeat(30), `<GetRemind>${'<a/>'.repeat(2_001)}</GetRemind>`, `<GetRemind><a>${'x'.repeat(1_001)}</a></GetRemind>`, 'x', '']) {
      const answer = await remind(body);
      assert.equal(answer.status, 400, body.slice(0, 80));
    }
    assert.equal((await remind('{}', { 'Content-Type': 'application/json' })).status, 415);
  });

  it('never ends in a fault, whatever stands in an element', async () => {
    const text = fc.string({ maxLength: 20 }).map((one) => one.replace(/[&<>]/g, ''));
    await fc.assert(fc.asyncProperty(text, text, text, async (number, code, system) => {
      const answer = await remind(message(`<患者标识>${number}</患者标识>`, `<申请单><申请单编号>${number}</申请单编号><项目><项目代码 代码系统="${system.replaceAll('"', '')}">${code}</项目代码></项目></申请单>`));
      assert.ok([200, 400].includes(answer.status), answer.text);
    }), { numRuns: 40 });
  });
});

describe('renderReminders', () => {
  it('writes well-formed XML whatever a source called its things', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const xml = renderReminders([{ kind: '重复检验', order: text, item: text, name: text, isRecognised: true, sentence: text, report: text, institution: text, at: text, until: undefined, mark: text, decision: undefined, results: [{ item: text, value: text, flag: text }] }]);
      assertWellFormed(xml);
    }));
  });
});

/** Fails for what another parser does not take. */
function assertWellFormed(xml: string): void {
  new SaxesParser({ xmlns: true }).write(xml).close();
}
