import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryWaiting } from '../../../src/intake/retries/retry-waiting.ts';
import type { Answer, Parsed } from '../../http/server.ts';
import { STORES } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { bundle, patient, result, urn } from '../samples.ts';

const MINUTE_MS = 60_000;
const own = (id: string, resource: object): object => ({ ...resource, id });
const specimen = (source: string, id: string, subject: string): object => own(id, {
  resourceType: 'Specimen', identifier: [{ system: `https://bund.example/sources/${source}/specimen`, value: id }], type: { text: '血清' }, subject: { reference: subject },
  collection: { collectedDateTime: '2026-03-01T08:10:00+08:00' },
});

describe.each(STORES)('messages that miss a record on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri, env: { BUND_RETRY_MINUTES: '1,5,30' } }); });
  afterAll(() => server.stop());

  const round = (afterMinutes = 0): Promise<number> => retryWaiting({ ...server.services, clock: () => new Date(Date.now() + afterMinutes * MINUTE_MS) });
  const idOf = (answer: Answer): string => answer.headers.get('x-intake-message') ?? '';
  const messageOf = async (answer: Answer): Promise<Parsed> => (await server.operator('GET', `/intake/messages/${idOf(answer)}`)).body.message;
  const orphan = (source: string, number: string) => server.push(source, result(source, { number: `${number}-1`, code: 'GLU', subject: `Patient/${number}` }));
  const arrive = (source: string, number: string) => server.push(source, own(number, patient(source, { number })));

  it('are stored as soon as it has come, whatever the time', async () => {
    const refused = await orphan('hospital-a', 'rt1');
    expect(await messageOf(refused)).toMatchObject({ status: 'refused', attempts: 0, reasons: [{ code: 'not-found' }] });
    expect(await round()).toBe(0);
    await arrive('hospital-b', 'rt1');
    expect(await round()).toBe(0);
    await arrive('hospital-a', 'rt1');
    expect(await round()).toBe(1);
    const message = await messageOf(refused);
    expect(message.status).toBe('processed');
    expect(Object.keys(message)).not.toEqual(expect.arrayContaining(['nextRetryAt', 'reasons']));
    expect((await server.fhir('GET', '/Observation?identifier=rt1-1')).body.entry[0].resource.subject.reference).toMatch(/^Patient\/[0-9a-f]{32}$/);
    const traced = await server.fhir('GET', '/AuditEvent?subtype=intake-retry&_count=1');
    expect(traced.body.entry[0]?.resource.agent[0].who.identifier.value).toBe('hospital-a');
    expect((await server.push('hospital-a', result('hospital-a', { number: 'rt1-1', code: 'GLU', subject: 'Patient/rt1' }))).status).toBe(200);
  });

  it('wait longer each time, and are dead letters after the last', async () => {
    const refused = await orphan('hospital-a', 'rt2');
    const waits = [];
    let now = 0;
    for (let times = 0; times < 5; times++) {
      const { nextRetryAt, attempts, status } = await messageOf(refused);
      waits.push([status, attempts, nextRetryAt === undefined ? undefined : Math.round((Date.parse(nextRetryAt) - Date.now()) / MINUTE_MS) - now]);
      if (nextRetryAt !== undefined) now += waits.at(-1)?.[2] as number;
      expect(await round(now - 0.5)).toBe(0);
      await round(now + 0.02);
    }
    expect(waits).toEqual([['refused', 0, 1], ['refused', 1, 5], ['refused', 2, 30], ['refused', 3, undefined], ['refused', 3, undefined]]);
    await arrive('hospital-a', 'rt2');
    expect(await round()).toBe(0);
    expect((await server.operator('POST', `/intake/messages/${idOf(refused)}/replay`)).status).toBe(200);
  });

  it('that wait for each other are all stored once the first of them can be', async () => {
    const answers = [
      await server.push('hospital-c', { ...result('hospital-c', { number: 'rt3-1', code: 'GLU', subject: 'Patient/rt3' }), specimen: { reference: 'Specimen/rt3-s' } }),
      await server.push('hospital-c', specimen('hospital-c', 'rt3-s', 'Patient/rt3')),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422]);
    await arrive('hospital-c', 'rt3');
    expect(await round()).toBe(2);
    for (const answer of answers) expect((await messageOf(answer)).status).toBe('processed');
  });

  it('in a part keep the rest, and get the part when they can', async () => {
    const entries = [patient('hospital-d', { number: 'rt4' }), result('hospital-d', { number: 'rt4-1', code: 'GLU', subject: urn(0) }), result('hospital-d', { number: 'rt4-2', code: 'GLU', subject: 'Patient/rt4-late' }), { ...patient('hospital-d', { number: 'rt4-x' }), gender: 'x' }];
    const partly = await server.push('hospital-d', bundle(entries, { type: 'batch' }));
    expect(await messageOf(partly)).toMatchObject({ status: 'partial', issueCount: 2, attempts: 0 });
    await round(2);
    expect(await messageOf(partly)).toMatchObject({ status: 'partial', issueCount: 2, attempts: 1 });
    await arrive('hospital-d', 'rt4-late');
    expect(await round()).toBe(1);
    const message = await messageOf(partly);
    expect(message).toMatchObject({ status: 'partial', issueCount: 1, reasons: [{ element: 'Bundle.entry[*].resource.gender' }] });
    expect(message.nextRetryAt).toBeUndefined();
    expect((await server.fhir('GET', '/Observation?identifier=rt4-1,rt4-2&_summary=count')).body.total).toBe(2);
  });

  it('are not tried again where something else is wrong too, or nothing can come', async () => {
    const faulty = await server.push('hospital-a', { ...result('hospital-a', { number: 'rt5-1', code: 'GLU', subject: 'Patient/rt5' }), status: 'ready' });
    const dangling = await server.push('hospital-a', bundle([result('hospital-a', { number: 'rt5-2', code: 'GLU', subject: urn(7) })]));
    for (const answer of [faulty, dangling]) expect((await messageOf(answer)).nextRetryAt).toBeUndefined();
  });

  it('are tried once by gateways that look at one moment, and change nothing that came later', async () => {
    const refused = await orphan('community-e', 'rt6');
    await arrive('community-e', 'rt6');
    const newer = await server.push('community-e', result('community-e', { number: 'rt6-1', code: 'GLU', value: 9.9, subject: 'Patient/rt6' }));
    expect(newer.status).toBe(200);
    await Promise.all([round(), round(), round()]);
    expect((await messageOf(refused)).status).toBe('processed');
    const found = await server.fhir('GET', '/Observation?identifier=rt6-1');
    expect(found.body.entry[0].resource).toMatchObject({ valueQuantity: { value: 9.9 }, meta: { versionId: '1' } });
  });
});

describe('records of one source that refer to each other', () => {
  const SOURCE = 'hospital-a';
  const MESSAGES: readonly object[] = [
    own('cv', patient(SOURCE, { number: 'cv' })),
    specimen(SOURCE, 'cv-s', 'Patient/cv'),
    own('cv-o', { ...result(SOURCE, { number: 'cv-o', code: 'GLU', subject: 'Patient/cv' }), specimen: { reference: 'Specimen/cv-s' } }),
    own('cv-h', { ...result(SOURCE, { number: 'cv-h', code: 'HB', subject: 'Patient/cv' }), hasMember: [{ reference: 'Observation/cv-o' }] }),
    bundle([own('cv-b', { ...result(SOURCE, { number: 'cv-b', code: 'ALT', subject: 'Patient/cv' }), derivedFrom: [{ reference: 'Observation/cv-h' }] }), { ...patient(SOURCE, { number: 'bad' }), gender: 'x' }], { type: 'batch' }),
  ];

  it('end in the same resources in whatever order they come, however often is looked, and without anybody replaying them', async () => {
    const ends = new Set<string>();
    const orders = fc.sample(fc.tuple(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 })), 12);
    for (const [order, looks] of orders) {
      const server = await startIntakeServer();
      for (const [at, which] of order.entries()) {
        await server.push(SOURCE, MESSAGES[which]);
        if (looks[at] === true) await retryWaiting(server.services);
      }
      await retryWaiting(server.services);
      ends.add(JSON.stringify(await Promise.all(['Patient', 'Specimen', 'Observation'].map((type) => server.stored(type)))));
      expect(await server.services.store.count({ type: 'SourceMessage', where: [{ kind: 'token', param: 'status', anyOf: [{ code: 'refused' }] }] })).toBe(0);
      await server.stop();
    }
    expect(ends.size).toBe(1);
  });
});
