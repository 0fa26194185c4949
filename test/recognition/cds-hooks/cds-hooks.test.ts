import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { STORES } from '../../http/server.ts';
import type { RecognitionServer } from '../recognition-server.ts';
import { draft, hookBody, knownAtA, labReport, LIPIDS_B, LIPIDS_C, prefetchedPatient, pushed } from '../recognition-server.ts';
import { startRecognitionServer } from '../recognition-server.ts';
import { assertCards, assertDiscovery } from './response-schema.ts';

const SIGN = '/cds-services/bund-order-sign';
const SELECT = '/cds-services/bund-order-select';
const VIEW = '/cds-services/bund-patient-view';
const REASON = 'https://bund.example/CodeSystem/retest-reason';

describe.each(STORES)('CDS Hooks on $name', ({ uri }) => {
  let server: RecognitionServer;
  beforeAll(async () => { server = await startRecognitionServer(uri); });
  afterAll(() => server.stop());

  /** Asks at order-sign as the EMR does, with its own id of the patient and the patient prefetched. */
  const sign = async (person: number, more: Parameters<typeof hookBody>[2] = {}, emrId = `emr-${person}`) => {
    const answer = await server.cds(SIGN, hookBody('order-sign', emrId, { prefetch: { patient: prefetchedPatient(emrId, person), encounter: null }, ...more }));
    assert.equal(answer.status, 200, answer.text);
    assertCards(answer.body);
    return answer.body.cards;
  };
  const feedback = (entry: object, service = SIGN) => server.cds(`${service}/feedback`, { feedback: [{ outcomeTimestamp: new Date().toISOString(), ...entry }] });

  it('tells what it offers, to anybody and to browsers', async () => {
    const answer = await fetch(`${server.url}/cds-services`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assertDiscovery(await answer.json());
    const asked = await fetch(`${server.url}${SIGN}`, { method: 'OPTIONS', headers: { Origin: 'https://sandbox.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' } });
    assert.equal(asked.status, 204);
    assert.match(asked.headers.get('access-control-allow-headers') ?? '', /Authorization, Content-Type/);
  });

  it('answers an order for a panel with the result of another hospital, and takes the draft away', async () => {
    await knownAtA(server, 1);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 1, ageDays: 5, values: LIPIDS_B }));
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 1, ageDays: 60, values: { 30501: [180, 'mg/dL'] } }));
    const [card, ...others] = await sign(1);
    assert.equal(others.length, 0);
    assert.equal(card.indicator, 'warning');
    assert.match(card.summary, /^已有可互认结果：血脂 4\/4 项（浦滨综合医院 /);
    for (const shown of ['200 mg/dL', '5.17 mmol/L', '↑', '浦滨综合医院', '沪HR', '剩余 24 天 / 24 days left', '趋势 Trend 总胆固醇']) assert.ok(card.detail.includes(shown), `${shown} in ${card.detail}`);
    assert.deepEqual(card.suggestions[0].actions.map(({ type, resourceId }: Record<string, string>) => [type, resourceId]), [['delete', 'ServiceRequest/draft-1']]);
    assert.deepEqual(card.overrideReasons.map(({ code, system }: Record<string, string>) => [code, system]), ['1', '2', '3', '4', '5', '6'].map((code) => [code, REASON]));
    assert.match(card.links[0].url, /\/fhir\/DiagnosticReport\/[0-9a-f]{32}$/);
  });

  it('answers order-select for what is selected alone', async () => {
    const drafts = [draft('emr-1'), draft('emr-1', { id: 'draft-2', code: { coding: [{ system: 'http://loinc.org', code: '14647-2' }] } })];
    const ask = async (selections: string[]) => {
      const answer = await server.cds(SELECT, hookBody('order-select', 'emr-1', { drafts, selections, prefetch: { patient: prefetchedPatient('emr-1', 1) } }));
      assert.equal(answer.status, 200, answer.text);
      assertCards(answer.body);
      return answer.body.cards.map(({ suggestions }: { suggestions: { actions: { resourceId: string }[] }[] }) => suggestions[0]?.actions[0]?.resourceId);
    };
    assert.deepEqual(await ask(['ServiceRequest/draft-2']), ['ServiceRequest/draft-2']);
    assert.deepEqual(await ask(['ServiceRequest/draft-1', 'ServiceRequest/draft-2']), ['ServiceRequest/draft-1', 'ServiceRequest/draft-2']);
  });

  it('tells at patient-view which results of others are valid, without a decision', async () => {
    const answer = await server.cds(VIEW, hookBody('patient-view', 'emr-1', { prefetch: { patient: prefetchedPatient('emr-1', 1) } }));
    assert.equal(answer.status, 200, answer.text);
    assertCards(answer.body);
    assert.match(answer.body.cards[0].summary, /^外院有 4 项可互认结果/);
    assert.match(answer.body.cards[0].detail, /总胆固醇.*200 mg\/dL.*浦滨综合医院.*沪HR/);
  });

  it('finds the patient by its own number, by the resident ID, and by the id of a caller of the exchange', async () => {
    const id = await knownAtA(server, 1);
    const residentIdOnly = { ...prefetchedPatient('x', 1), identifier: [(prefetchedPatient('x', 1) as { identifier: object[] }).identifier[1]] };
    assert.equal((await sign(1, { prefetch: { patient: residentIdOnly } }, 'x')).length, 1);
    // Without any prefetch the EMR's id is its number of the patient.
    assert.equal((await sign(1, { prefetch: {} }, '1')).length, 1);
    const own = await server.physician('chengxin', SIGN, hookBody('order-sign', id));
    assert.equal(own.body.cards.length, 1, own.text);
  });

  it.each([
    [2, 'hospital-c', LIPIDS_C, {}, /级|level/, 'level'],
    [3, 'hospital-b', { 30501: [200, '[arb]/mL'] }, {}, /单位|unit/, 'unit'],
    [4, 'hospital-b', LIPIDS_B, { ageDays: 40 }, /超过 30 天互认时限.*older than the 30 days/, 'window'],
    [5, 'hospital-b', LIPIDS_B, { specimen: '尿' }, /标本为 urine.*The specimen is urine/, 'specimen-site'],
    [6, 'hospital-b', LIPIDS_B, { status: 'preliminary' }, /preliminary/, 'status'],
  ] as const)('shows a result that may not stand in, with its reason and without an override (person %d)', async (...drawn) => {
    const [person, source, values, changes, sentence, gate] = drawn;
    await knownAtA(server, person);
    await pushed(server, source, labReport({ source, person, ageDays: 5, values, ...changes }));
    const [card] = await sign(person);
    assert.equal(card.indicator, 'info');
    assert.match(card.detail, sentence);
    assert.equal('overrideReasons' in card, false);
    assert.equal('suggestions' in card, false);
    const stored = await server.services.store.read({ type: 'DetectedIssue', id: card.uuid });
    assert.ok(stored?.body.includes(gate), stored?.body);
  });

  it('says which members of a panel are missing', async () => {
    await knownAtA(server, 7);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 7, ageDays: 5, values: { 30501: [200, 'mg/dL'], 30502: [150, 'mg/dL'] } }));
    const [card] = await sign(7);
    assert.match(card.summary, /已有部分可互认结果：血脂 2\/4 项/);
    assert.match(card.detail, /缺少项目 Missing:\n\n- 高密度脂蛋白胆固醇.*no result\n- 低密度/);
    assert.equal(card.suggestions[0].actions, undefined);
  });

  it('never recognises in an emergency, whether the order or the encounter says so', async () => {
    await knownAtA(server, 13);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 13, ageDays: 2, values: { 30101: [6.2, '10^9/L'] }, specimen: '全血' }));
    const order = { code: { coding: [{ system: 'http://loinc.org', code: '6690-2' }] } };
    const [ordinary] = await sign(13, { drafts: [draft('emr-13', order)] });
    assert.equal(ordinary.indicator, 'warning');
    const [byPriority] = await sign(13, { drafts: [draft('emr-13', { ...order, id: 'stat-1', priority: 'stat' })] });
    assert.match(byPriority.detail, /急诊急救情形下不互认/);
    const encounter = { resourceType: 'Encounter', id: '89284', status: 'in-progress', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'EMER' } };
    const [byEncounter] = await sign(13, { drafts: [draft('emr-13', { ...order, id: 'stat-2' })], prefetch: { patient: prefetchedPatient('emr-13', 13), encounter } });
    assert.equal(byEncounter.indicator, 'info');
  });

  it('tells nothing without a care relation, and leaves the trace of the refusal', async () => {
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 8, ageDays: 5, values: LIPIDS_B }));
    assert.deepEqual(await sign(8), []);
    assert.deepEqual(await sign(99), []);
    const [trace] = await server.traces('recognition-ask');
    assert.equal(trace?.['outcome'], '4');
  });

  it('tells nothing that the person keeps from this institution', async () => {
    const id = await knownAtA(server, 9);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 9, ageDays: 5, values: LIPIDS_B }));
    assert.equal((await sign(9)).length, 1);
    const consent = {
      resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }], patient: { reference: `Patient/${id}` }, policyRule: { text: 'refusal' },
      provision: { type: 'deny', actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Organization/chengxin' } }] },
    };
    const stored = await server.fhir('POST', '/Consent', consent);
    assert.equal(stored.status, 201, stored.text);
    assert.deepEqual(await sign(9), []);
  });

  it('names every result that it tells in the trace, before it answers', async () => {
    await sign(1, { drafts: [draft('emr-1', { id: 'traced' })] });
    const trace = (await server.traces('order-sign')).find((one) => JSON.stringify(one).includes('DiagnosticReport/'));
    const text = JSON.stringify(trace);
    assert.ok(/Observation\/[0-9a-f]{32}/.test(text) && /Patient\/[0-9a-f]{32}/.test(text) && /DetectedIssue\//.test(text), text);
    assert.ok(text.includes('Practitioner/doc-7') && text.includes('Organization/chengxin'), text);
  });

  it('takes an acceptance as the decision, once', async () => {
    await knownAtA(server, 10);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 10, ageDays: 5, values: LIPIDS_B }));
    const [card] = await sign(10);
    const accepted = { card: card.uuid, outcome: 'accepted', acceptedSuggestions: [{ id: card.suggestions[0].uuid }] };
    assert.equal((await feedback(accepted)).status, 200);
    assert.equal((await feedback(accepted)).status, 200);
    const stored = await server.services.store.read({ type: 'DetectedIssue', id: card.uuid });
    assert.equal(stored?.version, 2);
    const contradicting = await feedback({ card: card.uuid, outcome: 'overridden', overrideReason: { reason: { code: '1', system: REASON } } });
    assert.equal(contradicting.status, 409);
    assert.equal(contradicting.body.issue[0].expression[0], 'feedback[0].outcome');
  });

  it('takes a refusal with its reason, and asks no second time', async () => {
    await knownAtA(server, 11);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 11, ageDays: 5, values: LIPIDS_B }));
    const [card] = await sign(11);
    const refusals: [entry: object, element: string][] = [
      [{}, 'feedback[0].overrideReason.reason'],
      [{ overrideReason: { reason: { code: '6', system: REASON } } }, 'feedback[0].overrideReason.userComment'],
      [{ overrideReason: { reason: { code: '7', system: REASON } } }, 'feedback[0].overrideReason.reason.code'],
      [{ overrideReason: { reason: { code: '1', system: 'https://other.example' } } }, 'feedback[0].overrideReason.reason.system'],
    ];
    for (const [entry, element] of refusals) {
      const answer = await feedback({ card: card.uuid, outcome: 'overridden', ...entry });
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body.issue[0].expression[0], element);
    }
    const extension = { 'https://bund.example/cds-hooks/feedback': { userId: 'Practitioner/doc-7', patientInformed: true } };
    const answer = await feedback({ card: card.uuid, outcome: 'overridden', overrideReason: { reason: { code: '6', system: REASON }, userComment: '家属要求复查' }, extension });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(await sign(11), []);
  });

  it('answers feedback for what it does not know, and takes the rest', async () => {
    await knownAtA(server, 12);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 12, ageDays: 5, values: LIPIDS_B }));
    const [card] = await sign(12);
    const at = new Date().toISOString();
    const answer = await server.cds(`${SIGN}/feedback`, { feedback: [{ card: randomUUID(), outcome: 'accepted', outcomeTimestamp: at }, { card: card.uuid, outcome: 'accepted', outcomeTimestamp: at }] });
    assert.equal(answer.status, 404);
    assert.equal(answer.body.issue[0].expression[0], 'feedback[0].card');
    assert.match((await server.services.store.read({ type: 'DetectedIssue', id: card.uuid }))?.body ?? '', /accepted/);
  });
});
