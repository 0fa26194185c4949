import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followFeed } from '../../../src/follow-feed.ts';
import { personsOf } from '../../../src/identity/index.ts';
import { openServices } from '../../../src/open-services.ts';
import { answerDecision } from '../../../src/recognition/decisions/index.ts';
import { reopening } from '../../../src/recognition/decisions/reopen-decisions.ts';
import { CERTIFICATE_TYPE } from '../../../src/recognition/certificates/certificate-record.ts';
import { registerFileCertificates } from '../../../src/recognition/index.ts';
import type { Services } from '../../../src/services.ts';
import { STORES } from '../../http/server.ts';
import type { DecisionServer, Prepared } from './decision-server.ts';
import { caller, presentation, RECOGNISED, startDecisionServer } from './decision-server.ts';

describe.each(STORES)('what a decision rests on changes, on $name', ({ uri }) => {
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

  /** Two of one name hold one lease, so that both handle the same pages at one moment. */
  const follow = (services: Services = server.services): Promise<number> => followFeed(services, reopening(services), { name: 'worker', signal: new AbortController().signal, share: 1 });
  const accepted = async (resident: number): Promise<{ prepared: Prepared; id: string }> => {
    const prepared = await server.prepare(resident);
    const { id } = await server.present(prepared);
    await answerDecision(server.services, caller(), { decision: id, outcome: 'accepted' });
    return { prepared, id };
  };
  const decision = async (id: string): Promise<Record<string, unknown> & { steps: Record<string, unknown>[] }> => (await server.physician('GET', `/recognition/decisions/${id}`)).body.decision;
  const notices = async (source = 'hospital-a', status = 'requested'): Promise<Record<string, unknown>[]> => {
    const answer = await fetch(`${server.url}/recognition/notices?status=${status}&_count=200`, { headers: { Authorization: `Bearer ${server.token('source', { source, subject: source })}` } });
    return ((await answer.json()) as { notices: Record<string, unknown>[] }).notices;
  };
  const noticesOf = async (id: string, status?: string): Promise<Record<string, unknown>[]> => (await notices('hospital-a', status)).filter(({ focus }) => focus === `DetectedIssue/${id}`);

  it('re-opens an accepted decision when a corrected report comes through the intake, and tells its institution once', async () => {
    const { prepared, id } = await accepted(21);
    await follow();
    expect(await decision(id)).toMatchObject({ state: 'accepted' });
    await server.pushResult(21, 15.2, { status: 'corrected' });
    await Promise.all([follow(), follow(beside)]);
    await follow();
    const reopened = await decision(id);
    expect(reopened).toMatchObject({ state: 'reopened', note: expect.stringContaining('已变更') });
    expect(reopened.steps.at(-1)).toMatchObject({ to: 'reopened', changes: [{ reference: `Observation/${prepared.result}`, version: 2, kind: 'corrected', what: ['value'] }] });
    expect(await noticesOf(id)).toMatchObject([{ kind: 'recognition-reopened', patient: `Patient/${prepared.patient}`, about: [{ what: 'value' }] }]);
    expect((await server.fhir('GET', `/ServiceRequest/${prepared.order}`)).body.status).toBe('revoked');
    expect((await server.physician('GET', `/fhir/Task?patient=${prepared.patient}&code=recognition-reopened&owner=Organization/chengxin`)).body.entry).toHaveLength(1);
    // The physician looks again and orders the test after all.
    const answer = await server.physician('POST', `/recognition/decisions/${id}/decline`, { reason: '1' });
    expect(answer.body.decision).toMatchObject({ state: 'declined' });
    expect((await server.fhir('GET', `/ServiceRequest/${prepared.order}`)).body.status).toBe('active');
    expect(await noticesOf(id)).toEqual([]);
  });

  it('does not re-open for a note, a narrative or the same value written otherwise', async () => {
    const { id } = await accepted(22);
    await server.pushResult(22, JSON.rawJSON('5.60'), { status: 'amended', note: [{ text: '复核无误' }] });
    await follow();
    expect(await decision(id)).toMatchObject({ state: 'accepted' });
    await server.pushResult(22, 5.7, { status: 'amended', note: [{ text: '复核无误' }] });
    await follow();
    await server.pushResult(22, 5.7, { status: 'amended', note: [{ text: '再次复核' }] });
    await follow();
    expect((await decision(id)).steps.filter(({ to }) => to === 'reopened')).toHaveLength(1);
  });

  it('re-opens for another unit, another range, a retraction and a deletion, also what nobody has answered', async () => {
    const cases: [number, () => Promise<unknown>, object][] = [];
    for (const resident of [23, 24, 25, 26]) {
      const prepared = await server.prepare(resident);
      const { id } = await server.present(prepared);
      cases.push([resident, () => Promise.resolve(id), prepared]);
    }
    await server.pushResult(23, 5.6, { valueQuantity: { value: 5.6, unit: 'mg/dL' } });
    await server.pushResult(24, 5.6, { referenceRange: [{ low: { value: 3.9, unit: 'mmol/L' }, high: { value: 6.1, unit: 'mmol/L' } }] });
    await server.pushResult(25, 5.6, { status: 'entered-in-error' });
    const last = cases[3]?.[2] as Prepared;
    expect((await server.fhir('DELETE', `/Observation/${last.result}`)).status).toBe(204);
    await follow();
    const outcomes = await Promise.all(cases.map(async ([, id]) => (await decision(String(await id()))).steps.at(-1)));
    expect(outcomes).toMatchObject([
      { to: 'reopened', changes: [{ kind: 'corrected', what: ['unit'] }] }, { to: 'reopened', changes: [{ what: ['range'] }] }, { to: 'reopened', changes: [{ kind: 'retracted' }] }, { to: 'reopened', changes: [{ kind: 'retracted' }] },
    ]);
  });

  it('finds a decision that was taken on a result which had just been corrected', async () => {
    const prepared = await server.prepare(27);
    await server.pushResult(27, 9.9, { status: 'corrected' });
    await follow();
    // The candidates were read before the correction.
    const { id } = await server.present(prepared);
    await follow();
    expect(await decision(id)).toMatchObject({ state: 'reopened' });
    const again = await server.present(prepared, { prior: { ...presentation(prepared).prior, results: [{ reference: `Observation/${prepared.result}`, version: 2 }] } });
    await follow();
    expect([again.id, (await decision(id))['state']]).toEqual([id, 'presented']);
  });

  it('re-opens when the records are no longer of one person', async () => {
    const { id } = await accepted(28);
    await server.push('hospital-b', { resourceType: 'Patient', identifier: [{ system: 'https://bund.example/sources/hospital-b/patient-number', value: 'b-28' }], name: [{ text: '赵六' }], gender: 'male', birthDate: '1950-02-02' });
    await follow();
    await follow();
    expect((await decision(id)).steps.filter(({ to }) => to === 'reopened')).toMatchObject([{ changes: [{ kind: 'identity' }] }]);
    expect(await noticesOf(id)).toMatchObject([{ priority: 'urgent' }]);
    // It can be taken back, which puts the order back.
    expect((await server.physician('POST', `/recognition/decisions/${id}/reverse`, { reason: '不是同一人' })).body.decision.steps.at(-1)).toMatchObject({ order: 'restored' });
  });

  it('ends ordering at the moment at which a person is taken apart in one of two consistent ways', async () => {
    for (let resident = 30; resident < 36; resident++) {
      const prepared = await server.prepare(resident);
      const apart = server.push('hospital-b', { resourceType: 'Patient', identifier: [{ system: 'https://bund.example/sources/hospital-b/patient-number', value: `b-${resident}` }], name: [{ text: `赵${resident}` }], gender: 'male', birthDate: '1950-02-02' });
      const [shown] = await Promise.allSettled([server.present(prepared).then(({ id }) => answerDecision(beside, caller(), { decision: id, outcome: 'accepted' })), apart]);
      await follow();
      const { entry = [] } = (await server.fhir('GET', `/DetectedIssue?patient=${prepared.patient}`)).body;
      const states = entry.map(({ resource }: { resource: { extension: { url: string; valueCode?: string }[] } }) => resource.extension.find(({ url }) => url.endsWith('/recognition-state'))?.valueCode);
      // Refused and nothing told, or told and re-opened.
      if (states.length === 0) expect(shown.status).toBe('rejected');
      else expect(states).toEqual(['reopened']);
      const { status } = (await server.fhir('GET', `/ServiceRequest/${prepared.order}`)).body;
      if (shown.status === 'rejected') expect(status).toBe('active');
    }
  });

  it('re-opens when a human takes two records apart, whether or not somebody orders at that moment', async () => {
    for (const resident of [50, 51, 52]) {
      const prepared = await server.prepare(resident);
      const [shown] = await Promise.allSettled([
        server.present(prepared).then(({ id }) => answerDecision(beside, caller(), { decision: id, outcome: 'accepted' })),
        server.operator('POST', '/identity/decisions', { patients: [prepared.patient, prepared.priorPatient], verdict: 'different', reason: 'two residents, asked at the desk' })
          .then(({ status, text }) => { if (status >= 300) throw new Error(text); }),
      ]);
      await follow();
      const { persons } = await personsOf(server.services, [prepared.patient, prepared.priorPatient]);
      expect(persons).toHaveLength(2);
      const { entry = [] } = (await server.fhir('GET', `/DetectedIssue?patient=${prepared.patient}`)).body;
      const text = JSON.stringify(entry);
      if (entry.length === 0) expect(shown.status).toBe('rejected');
      else expect([text.includes('"valueCode":"reopened"'), text.includes('"valueCode":"identity"')]).toEqual([true, true]);
    }
  });

  it('re-opens what was recognised by a certificate that is recalled, and lists what was since', async () => {
    const prepared = await server.prepare(40);
    const mark = { certificate: 'cert-recalled', scope: 'shanghai', label: '沪HR' };
    const { id } = await server.present(prepared, { assessment: { ...RECOGNISED, mark } });
    await answerDecision(server.services, caller(), { decision: id, outcome: 'accepted' });
    await server.services.store.commit([{ kind: 'put', resource: recalledCertificate(mark.certificate) }]);
    await follow();
    await follow();
    expect((await decision(id)).steps.filter(({ to }) => to === 'reopened')).toMatchObject([{ changes: [{ kind: 'recalled', reference: 'VerificationResult/cert-recalled' }] }]);
    const told = (await notices()).filter(({ kind }) => kind === 'recognition-recalled');
    expect(told).toMatchObject([{ focus: 'VerificationResult/cert-recalled', about: [{ reference: `DetectedIssue/${id}` }] }]);
    const acknowledge = (source: string): Promise<Response> => fetch(`${server.url}/recognition/notices/${String(told[0]?.['id'])}/acknowledge`, { method: 'POST', headers: { Authorization: `Bearer ${server.token('source', { source, subject: source })}` } });
    expect((await acknowledge('hospital-b')).status).toBe(404);
    expect([(await acknowledge('hospital-a')).status, (await acknowledge('hospital-a')).status]).toEqual([200, 200]);
    expect((await notices()).filter(({ kind }) => kind === 'recognition-recalled')).toEqual([]);
    expect((await notices('hospital-a', 'completed')).filter(({ kind }) => kind === 'recognition-recalled')).toHaveLength(1);
  });

  it('re-opens what was recognised by a certificate that an operator recalls', async () => {
    await registerFileCertificates(server.services);
    const [certificate] = (await server.operator('GET', '/recognition/certificates?organization=pubin&item=GLU&status=registered')).body.certificates;
    const prepared = await server.prepare(41);
    const { id } = await server.present(prepared, { assessment: { ...RECOGNISED, mark: { certificate: certificate.id, scope: 'shanghai', label: '沪HR' } } });
    await answerDecision(server.services, caller(), { decision: id, outcome: 'accepted' });
    await follow();
    expect(await decision(id)).toMatchObject({ state: 'accepted' });
    expect((await server.operator('POST', `/recognition/certificates/${String(certificate.id)}/recall`, { reason: 'control material out of range' })).status).toBe(200);
    await follow();
    expect((await decision(id)).steps.at(-1)).toMatchObject({ to: 'reopened', changes: [{ kind: 'recalled', reference: `VerificationResult/${String(certificate.id)}` }] });
    // It was accepted before the recall: nothing is listed as taken since.
    expect((await notices()).filter(({ kind, focus }) => kind === 'recognition-recalled' && focus === `VerificationResult/${String(certificate.id)}`)).toMatchObject([{ about: [] }]);
  });
});

function recalledCertificate(id: string): { readonly resourceType: string; readonly id: string } {
  const step = { by: 'mei', at: '2026-01-01T00:00:00.000Z', reason: 'control failed' };
  const content = { organization: 'pubin', item: 'GLU', organiser: 'SCCL', programme: '临床化学', scope: 'shanghai', valid: { from: '2026-01-01', to: '2026-12-31' }, rounds: [{ round: '1', score: 100 }] };
  return { resourceType: CERTIFICATE_TYPE, id, ...{ status: 'recalled', organization: 'pubin', item: 'GLU', content, proposed: step, registered: step, recalled: { ...step, from: '2026-02-01T00:00:00.000Z' } } };
}
