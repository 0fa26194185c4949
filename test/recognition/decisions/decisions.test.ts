import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerDecision, presentDecisions, reverseDecision } from '../../../src/recognition/decisions/index.ts';
import { expireDecisions } from '../../../src/recognition/decisions/expire-decisions.ts';
import { openServices } from '../../../src/open-services.ts';
import type { Services } from '../../../src/services.ts';
import { STORES } from '../../http/server.ts';
import type { DecisionServer } from './decision-server.ts';
import { caller, presentation, startDecisionServer } from './decision-server.ts';

describe.each(STORES)('decisions on $name', ({ uri }) => {
  let server: DecisionServer;
  let beside: Services;
  beforeAll(async () => {
    server = await startDecisionServer({ uri });
    beside = await openServices({ ...server.services.config }, 'test-2');
  });
  afterAll(async () => {
    await beside.store.close();
    await server.stop();
  });

  const ask = { action: 'operation', interaction: 'recognition-ask', outcome: 'success' } as const;
  const statusOf = async (order: string): Promise<string> => String((await server.fhir('GET', `/ServiceRequest/${order}`)).body.status);
  const hoursLater = (services: Services, hours: number): Services => ({ ...services, clock: () => new Date(Date.now() + hours * 3_600_000) });

  it('is accepted: the order is revoked with its reason, Provenance and trace stand beside it, and the record has its note', async () => {
    const prepared = await server.prepare(1);
    const { id } = await server.present(prepared);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const answer = await server.physician('POST', `/recognition/decisions/${id}/accept`, {});
    expect(answer.status).toBe(200);
    expect(answer.body.decision).toMatchObject({ state: 'accepted', revokedFrom: 'active', note: expect.stringContaining('互认外院结果：葡萄糖 5.6 mmol/L') });
    const order = (await server.fhir('GET', `/ServiceRequest/${prepared.order}`)).body;
    expect(order).toMatchObject({ status: 'revoked' });
    expect(JSON.stringify(order.extension)).toContain('result-recognised');
    expect((await server.fhir('POST', '/ServiceRequest/$validate', order)).body.issue.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
    const provenance = await server.fhir('GET', `/Provenance?target=DetectedIssue/${id}`);
    expect(provenance.body.entry.map(({ resource }: { resource: { activity: { coding: { code: string }[] } } }) => resource.activity.coding[0]?.code)).toEqual(['accepted', 'presented']);
    const issue = await server.fhir('GET', `/DetectedIssue?recognition-state=accepted&recognition-item=GLU&recognition-organization=chengxin&implicated=Observation/${prepared.result}`);
    expect(issue.body.entry).toHaveLength(1);
    expect((await server.fhir('POST', '/DetectedIssue/$validate', issue.body.entry[0].resource)).body.issue.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
  });

  it('is put back when the acceptance is reversed, and not where somebody has changed the order since', async () => {
    const prepared = await server.prepare(2);
    const { id } = await server.present(prepared);
    await server.physician('POST', `/recognition/decisions/${id}/accept`, {});
    expect((await server.physician('POST', `/recognition/decisions/${id}/reverse`, { reason: '' })).status).toBe(422);
    const reversed = await server.physician('POST', `/recognition/decisions/${id}/reverse`, { reason: '点错了' });
    expect(reversed.body.decision).toMatchObject({ state: 'reversed' });
    const order = (await server.fhir('GET', `/ServiceRequest/${prepared.order}`)).body;
    expect([order.status, order.extension]).toEqual(['active', undefined]);

    const other = await server.prepare(3);
    const second = await server.present(other);
    await server.physician('POST', `/recognition/decisions/${second.id}/accept`, {});
    const revoked = (await server.fhir('GET', `/ServiceRequest/${other.order}`)).body;
    await server.fhir('PUT', `/ServiceRequest/${other.order}`, { ...revoked, status: 'completed' });
    const undone = await server.physician('POST', `/recognition/decisions/${second.id}/reverse`, { reason: '点错了' });
    expect(undone.body.decision.steps.at(-1)).toMatchObject({ to: 'reversed', order: 'untouched' });
    expect(await statusOf(other.order)).toBe('completed');
  });

  it('leaves an order alone that is completed already, and says so', async () => {
    const prepared = await server.prepare(4);
    const order = (await server.fhir('GET', `/ServiceRequest/${prepared.order}`)).body;
    await server.fhir('PUT', `/ServiceRequest/${prepared.order}`, { ...order, status: 'completed' });
    const { id } = await server.present(prepared);
    const answer = await server.physician('POST', `/recognition/decisions/${id}/accept`, {});
    expect(answer.body.decision.steps.at(-1)).toMatchObject({ to: 'accepted', order: 'untouched' });
    expect(await statusOf(prepared.order)).toBe('completed');
  });

  it('never touches an order of somebody else that a draft names', async () => {
    const [mine, others] = [await server.prepare(5), await server.prepare(6)];
    const { id } = await server.present(mine, { order: { ...presentation(mine).order, reference: `ServiceRequest/${others.order}`, key: `ServiceRequest/${others.order}` } });
    expect((await server.physician('POST', `/recognition/decisions/${id}/accept`, {})).body.decision.state).toBe('accepted');
    expect(await statusOf(others.order)).toBe('active');
  });

  it('is one decision however often, and at however many gateways at one moment, it is presented and answered', async () => {
    const prepared = await server.prepare(7);
    const all = await Promise.all([server.services, beside, server.services, beside].map((services) => presentDecisions(services, caller(), [presentation(prepared), presentation(prepared)], ask)));
    const ids = new Set(all.flat().map(({ id }) => id));
    expect([ids.size, all.flat().length]).toEqual([1, 8]);
    const [id = ''] = ids;
    const answers = await Promise.all([server.services, beside, server.services, beside].map((services) => answerDecision(services, caller(), { decision: id, outcome: 'accepted' })));
    expect(new Set(answers.map(({ state, steps }) => `${state} ${steps.length}`))).toEqual(new Set(['accepted 2']));
    expect((await server.fhir('GET', `/ServiceRequest/${prepared.order}/_history`)).body.entry).toHaveLength(2);
  });

  it('ends in one of two answers that contradict each other at one moment', async () => {
    const prepared = await server.prepare(8);
    const { id } = await server.present(prepared);
    const outcomes = await Promise.allSettled([
      answerDecision(server.services, caller(), { decision: id, outcome: 'accepted' }), answerDecision(beside, caller(), { decision: id, outcome: 'declined', reason: '4' }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { state } = (await server.physician('GET', `/recognition/decisions/${id}`)).body.decision;
    expect(await statusOf(prepared.order)).toBe(state === 'accepted' ? 'revoked' : 'active');
  });

  it('expires without an answer, and takes a late one with a mark', async () => {
    const prepared = await server.prepare(9);
    const { id } = await server.present(prepared);
    expect(await expireDecisions(hoursLater(server.services, 23))).toBe(0);
    const expired = await Promise.all([expireDecisions(hoursLater(server.services, 25)), expireDecisions(hoursLater(beside, 25))]);
    expect(expired.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1);
    expect((await server.physician('GET', `/recognition/decisions/${id}`)).body.decision).toMatchObject({ state: 'expired' });
    const late = await server.physician('POST', `/recognition/decisions/${id}/decline`, { reason: '6', text: '患者要求复查', isPatientInformed: true });
    expect(late.body.decision).toMatchObject({ state: 'declined', note: expect.stringContaining('已告知患者') });
    expect(late.body.decision.steps.at(-1)).toMatchObject({ reason: '6', isLate: true, isPatientInformed: true });
  });

  it('tells what is missing, contradicts, or is not there', async () => {
    const prepared = await server.prepare(10);
    const { id } = await server.present(prepared);
    const post = (path: string, body: unknown, facility?: string): ReturnType<typeof server.physician> => server.physician('POST', `/recognition/decisions/${path}`, body, facility);
    expect(await post(`${id}/decline`, {})).toMatchObject({ status: 422, body: { issue: [{ expression: ['reason'], diagnostics: expect.stringContaining('six lawful reasons') }] } });
    expect(await post(`${id}/decline`, { reason: '7' })).toMatchObject({ status: 422, body: { issue: [{ expression: ['reason'] }] } });
    expect(await post(`${id}/decline`, { reason: '6', text: ' ' })).toMatchObject({ status: 422, body: { issue: [{ expression: ['text'] }] } });
    expect(await post(`${id}/accept`, { at: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 422, body: { issue: [{ expression: ['at'] }] } });
    expect(await post('00000000-0000-8000-8000-000000000000/accept', {})).toMatchObject({ status: 404 });
    expect(await post('nonsense/accept', {})).toMatchObject({ status: 404 });
    // pubin measured, and has a care relation; the order is of chengxin.
    expect(await post(`${id}/accept`, {}, 'pubin')).toMatchObject({ status: 403 });
    expect(await post(`${id}/accept`, {}, 'kangning')).toMatchObject({ status: 403 });
    expect((await post(`${id}/decline`, { reason: '2' })).status).toBe(200);
    expect((await post(`${id}/decline`, { reason: '2' })).status).toBe(200);
    expect(await post(`${id}/accept`, {})).toMatchObject({ status: 409, body: { issue: [{ diagnostics: expect.stringContaining('declined already') }] } });
  });

  it('is found by patient of any institution, by order and by state, and by nobody without a care relation', async () => {
    const prepared = await server.prepare(11);
    const { id } = await server.present(prepared);
    const list = async (query: string, facility?: string): Promise<{ status: number; ids: string[] }> => {
      const answer = await server.physician('GET', `/recognition/decisions?${query}`, undefined, facility);
      return { status: answer.status, ids: (answer.body.decisions ?? []).map((decision: { id: string }) => decision.id) };
    };
    expect(await list(`patient=${prepared.priorPatient}`)).toEqual({ status: 200, ids: [id] });
    expect(await list(`order=ServiceRequest/${prepared.order}&state=presented`)).toEqual({ status: 200, ids: [id] });
    expect((await list(`order=ServiceRequest/${prepared.order}&state=accepted`)).status).toBe(404);
    expect((await list(`patient=${prepared.patient}`, 'kangning')).status).toBe(403);
    expect((await list('state=presented')).status).toBe(400);
    expect((await list('state=nonsense&patient=x')).status).toBe(400);
    expect((await server.physician('GET', '/recognition/retest-reasons')).body.reasons).toHaveLength(6);
  });

  it('is refused as a basis once the records are of several persons', async () => {
    const prepared = await server.prepare(12);
    const stranger = await server.prepare(13);
    await expect(server.present({ ...prepared, priorPatient: stranger.priorPatient })).rejects.toMatchObject({ kind: 'conflict' });
    const { id } = await server.present(prepared);
    // The institution corrects the name: another person.
    await server.push('hospital-b', { resourceType: 'Patient', identifier: [{ system: 'https://bund.example/sources/hospital-b/patient-number', value: 'b-12' }], name: [{ text: '赵六' }], gender: 'male', birthDate: '1950-02-02' });
    expect((await server.physician('POST', `/recognition/decisions/${id}/accept`, {})).status).toBe(409);
    expect(await statusOf(prepared.order)).toBe('active');
  });

  it('leaves nothing of a commit that fails: no decision without its trace', async () => {
    const prepared = await server.prepare(14);
    const failing: Services = { ...server.services, store: { ...boundStore(server.services), commit: () => Promise.reject(new Error('disk gone')) } };
    await expect(presentDecisions(failing, caller(), [presentation(prepared)], ask)).rejects.toThrow('disk gone');
    expect((await server.fhir('GET', `/DetectedIssue?patient=${prepared.patient}`)).body.entry ?? []).toEqual([]);
  });

  it('takes a reversal at two gateways once', async () => {
    const prepared = await server.prepare(15);
    const { id } = await server.present(prepared);
    await answerDecision(server.services, caller(), { decision: id, outcome: 'accepted' });
    const both = await Promise.all([server.services, beside].map((services) => reverseDecision(services, caller(), { decision: id, reason: '点错了' })));
    expect(both.map(({ state, steps }) => `${state} ${steps.length}`)).toEqual(['reversed 3', 'reversed 3']);
  });
});

function boundStore({ store }: Services): Services['store'] {
  return {
    commit: (changes, options) => store.commit(changes, options), read: (key) => store.read(key), readMany: (keys) => store.readMany(keys), readVersion: (key, version) => store.readVersion(key, version),
    history: (query) => store.history(query), search: (query) => store.search(query), count: (query) => store.count(query), feed: (query) => store.feed(query),
    feedPosition: (consumer) => store.feedPosition(consumer), saveFeedPosition: (consumer, position) => store.saveFeedPosition(consumer, position),
    chains: () => store.chains(), chain: (query) => store.chain(query), ping: () => store.ping(), close: () => store.close(),
  };
}
