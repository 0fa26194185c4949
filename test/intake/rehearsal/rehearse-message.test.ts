import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../http/server.ts';
import { STORES } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { bundle, labBundle, patient, residentId, result, urn } from '../samples.ts';

describe.each(STORES)('a rehearsal on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  const rehearse = (body: unknown, source = 'hospital-a', headers: Record<string, string> = {}): Promise<Answer> => server.push(`${source}/$rehearse`, body, { Authorization: `Bearer ${server.token('source', { subject: source, source })}`, ...headers });
  const fed = async (): Promise<number> => (await server.services.store.feed({ limit: 1_000 })).items.length;

  it('tells what a push would do, stores nothing, and the push does it', async () => {
    const message = labBundle('hospital-a', { number: 'rh1', residentId: residentId(1) }, [{ number: 'rh1-1', code: 'no-such-code', unit: 'no-such-unit' }, { number: 'rh1-2', code: 'no-such-code' }]);
    const before = await fed();
    const answer = await rehearse(message);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      source: 'hospital-a', format: 'fhir', wouldBe: 'accepted', kind: 'transaction', entryCount: 3, counts: { created: 3 }, issueCount: 0, issues: [], patients: { count: 1, identified: 1 },
      entries: [{ place: 'Bundle.entry[0].resource', type: 'Patient', outcome: 'created', profile: 'https://bund.example/StructureDefinition/bund-patient' }, { type: 'Observation' }, { type: 'Observation' }],
      unmapped: expect.arrayContaining([expect.objectContaining({ kind: 'code', code: 'no-such-code', count: 2 }), expect.objectContaining({ kind: 'unit', code: 'no-such-unit', count: 1 })]),
    });
    expect(answer.body.milliseconds).toBeGreaterThanOrEqual(0);
    expect(await fed()).toBe(before);
    expect((await server.operator('GET', '/intake/messages?source=hospital-a')).body.messages).toEqual([]);

    expect((await server.push('hospital-a', message)).status).toBe(200);
    expect((await rehearse(message)).body.counts).toEqual({ unchanged: 3 });
    expect((await rehearse(labBundle('hospital-a', { number: 'rh1', residentId: residentId(1) }, [{ number: 'rh1-1', code: 'no-such-code', value: 9.9 }]))).body.counts).toEqual({ unchanged: 1, updated: 1 });
  });

  it('tells every fault of what would be refused, with what is right beside it, and keeps no dead letter', async () => {
    const faulty = bundle([patient('hospital-b', { number: 'rh2' }), { ...result('hospital-b', { number: 'rh2-1', code: 'x', subject: urn(0) }), status: 'ready' }, result('hospital-b', { number: 'rh2-2', code: 'unknown', subject: 'Patient/none' })]);
    const answer = await rehearse(faulty, 'hospital-b');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ wouldBe: 'refused', counts: { refused: 2, withheld: 1 }, unmapped: [{ code: 'x' }, { code: 'unknown' }] });
    expect(answer.body.issues.map((issue: { expression: string }) => issue.expression)).toEqual(expect.arrayContaining(['Bundle.entry[1].resource.status', 'Bundle.entry[2].resource.subject.reference']));
    expect((await rehearse({ ...faulty, type: 'batch', entry: faulty.entry.map((entry) => ({ ...entry, request: { method: 'POST', url: (entry.resource as { resourceType: string }).resourceType } })) }, 'hospital-b')).body).toMatchObject({ wouldBe: 'partly', counts: { created: 1, refused: 2 } });
    expect((await server.operator('GET', '/intake/dead-letters?source=hospital-b')).body.deadLetters).toEqual([]);
  });

  it.each([['{"resourceType":', 'structure'], ['[]', 'structure'], ['{}', 'structure'], [`{"resourceType":"Patient","x":${'['.repeat(200)}${']'.repeat(200)}}`, 'too-long']])('reports on a body that cannot be read: %.30s', async (body, code) => {
    const answer = await rehearse(body);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ wouldBe: 'refused', issues: [{ code }] });
  });

  it('is traced, and open to the source itself alone', async () => {
    await rehearse(patient('hospital-a', { number: 'rh3' }));
    const traced = await server.fhir('GET', '/AuditEvent?subtype=intake-rehearse&_count=1');
    expect(traced.body.entry[0].resource).toMatchObject({ outcome: '0', agent: [{ who: { identifier: { value: 'hospital-a' } } }, {}] });
    expect((await rehearse(patient('hospital-a', { number: 'rh3' }), 'hospital-a', { Authorization: `Bearer ${server.token('source', { subject: 'hospital-b', source: 'hospital-b' })}` })).status).toBe(403);
    expect((await rehearse(patient('hospital-a', { number: 'rh3' }), 'hospital-z')).status).toBe(404);
    expect((await server.operator('POST', '/intake/hospital-a/$rehearse', {})).status).toBe(403);
    expect((await server.operator('GET', '/intake/hospital-a/$rehearse')).status).toBe(405);
  });

  it('does not tell whether another institution knows the person', async () => {
    const sent = (source: string): object => patient(source, { number: 'rh4', residentId: residentId(4) });
    const unknown = (await rehearse(sent('hospital-c'), 'hospital-c')).body;
    await server.push('hospital-d', sent('hospital-d'));
    const known = (await rehearse(sent('hospital-c'), 'hospital-c')).body;
    expect({ ...known, milliseconds: 0 }).toEqual({ ...unknown, milliseconds: 0 });
  });
});
