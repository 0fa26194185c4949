import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patientsOf, personsOf } from '../../src/identity/index.ts';
import { STORES } from '../http/server.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { labBundle, patient, residentId, result } from './samples.ts';

describe.each(STORES)('the intake on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  const idsOf = (body: { entry: { response: { location: string } }[] }): string[] => body.entry.map(({ response }) => response.location.split('/')[1] ?? '');

  it('processes a message once that comes many times at one moment', async () => {
    const message = labBundle('hospital-a', { number: 's1' }, [{ number: 's1-1', code: 'GLU' }], { identifier: 's1' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => server.push('hospital-a', message)));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
    const [, observation] = idsOf(answers[0]?.body);
    expect((await server.fhir('GET', `/Observation/${observation}/_history`)).body.entry).toHaveLength(1);
  });

  it('joins what many sources say of one person at one moment', async () => {
    const sources = ['hospital-a', 'hospital-b', 'hospital-c', 'community-e'];
    const answers = await Promise.all(sources.map((source) => server.push(source, patient(source, { number: 's2', residentId: residentId(2) }))));
    const patients = answers.flatMap((answer) => idsOf(answer.body));
    expect([...patientsOf((await personsOf(server.services, patients.slice(0, 1))).persons)].sort()).toEqual([...patients].sort());
  });

  it('lists doubts and dead letters, and takes a dead letter in once it can', async () => {
    await Promise.all(['王芳', '李雷'].map((name, at) => server.push('hospital-d', patient('hospital-d', { number: `s3-${at}`, residentId: residentId(3), name }))));
    const doubts: { reason: string }[] = (await server.operator('GET', '/identity/reviews')).body.reviews;
    expect(doubts.filter(({ reason }) => reason === 'same-number')).toHaveLength(1);

    const refused = await server.push('hospital-b', result('hospital-b', { number: 's4-1', code: 'no-such-code', subject: 'Patient/s4' }));
    expect(refused.status).toBe(422);
    await server.push('hospital-b', { ...patient('hospital-b', { number: 's4' }), id: 's4' });
    const [dead] = (await server.operator('GET', '/intake/messages?status=refused&source=hospital-b')).body.messages;
    expect((await server.operator('POST', `/intake/messages/${dead.id}/replay`)).status).toBe(200);
    expect((await server.operator('GET', '/terminology/unmapped?source=hospital-b')).body.unmapped).toMatchObject([{ code: 'no-such-code', count: 1 }]);
  });
});
