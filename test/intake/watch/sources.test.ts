import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerSources } from '../../../src/intake/register-sources.ts';
import { channelsOf } from '../../../src/intake/source-resources.ts';
import type { Source } from '../../../src/intake/source.ts';
import { rollUp } from '../../../src/intake/watch/roll-up.ts';
import { watchSource } from '../../../src/intake/watch/watch-source.ts';
import type { Services } from '../../../src/services.ts';
import type { Answer, Parsed } from '../../http/server.ts';
import { STORES } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { bundle, labBundle, patient } from '../samples.ts';

const HOUR_MS = 3_600_000;

describe.each(STORES)('the registry of sources on $name', ({ uri }) => {
  let server: IntakeServer;
  let shiftMs = 0;
  const clock = (): Date => new Date(Date.now() + shiftMs);
  beforeAll(async () => { server = await startIntakeServer({ uri, env: { BUND_BASE_URL: 'https://hie.example' }, change: (services) => ({ ...services, clock }) }); });
  afterAll(() => server.stop());

  /** Lets answers that stand for some time be found anew. */
  const passTime = (): void => { shiftMs += 2 * 60_000; };
  const sourceOf = (id: string): Source => server.services.sources.get(id) as Source;
  /** The gateway as it will be some hours later. */
  const later = (hours: number): Services => ({ ...server.services, clock: () => new Date(clock().getTime() + hours * HOUR_MS) });
  const asSource = (address: string, source: string): Promise<Response> => fetch(server.url + address, { headers: { Authorization: `Bearer ${server.token('source', { subject: source, source })}` } });

  it('holds each institution, system, way and measure as a resource that R4 allows, made once', async () => {
    const found = await Promise.all(['Organization', 'Device', 'Endpoint', 'Measure'].map(async (type) => (await server.fhir('GET', `/${type}`)).body.entry.map(({ resource }: Parsed) => resource)));
    const channels = [...server.services.sources.values()].flatMap((source) => channelsOf(source, server.services.config));
    expect(found.map((resources) => resources.length)).toEqual([6, 6, channels.length, 1]);
    expect(channels.length).toBeGreaterThanOrEqual(6);
    for (const resource of found.flat()) expect(server.services.fhir.validate(resource).filter(({ severity }) => severity !== 'information' && severity !== 'warning')).toEqual([]);
    expect(found[2].map(({ address }: Parsed) => address)).toContain('https://hie.example/intake/hospital-a');
    await registerSources(server.services);
    const renamed = new Map(server.services.sources).set('hospital-a', { ...sourceOf('hospital-a'), name: '澄心医院检验系统' });
    await registerSources({ ...server.services, sources: renamed });
    const devices = (await server.fhir('GET', '/Device')).body.entry.map(({ resource }: Parsed) => resource);
    expect(devices.map(({ meta, deviceName }: Parsed) => `${meta.versionId} ${deviceName[0].name}`).filter((text: string) => !text.startsWith('1 '))).toEqual(['2 澄心医院检验系统']);
  });

  it('shows what each sent, what was refused of it, and how far its error budget is used up', async () => {
    expect((await server.operator('GET', '/intake/sources')).body.sources.map(({ id, state }: Parsed) => `${id} ${state}`)).toEqual(['community-e', 'community-f', 'hospital-a', 'hospital-b', 'hospital-c', 'hospital-d'].map((id) => `${id} never-connected`));
    const message = labBundle('hospital-b', { number: 'sr1' }, [{ number: 'sr1-1', code: 'no-such-code' }], { identifier: 'sr1' });
    for (let times = 0; times < 3; times++) await server.push('hospital-b', message);
    for (let at = 0; at < 8; at++) await server.push('hospital-b', patient('hospital-b', { number: `sr1-${at}` }));
    await server.push('hospital-b', bundle([{ resourceType: 'Patient', gender: 'x' }]));
    const watch = await watchSource(later(0.1), sourceOf('hospital-b'));
    expect(watch).toMatchObject({
      state: 'active', messages: { day: { processed: 9, refused: 1, partial: 0, unfinished: 0, repeats: 1 } },
      errorBudget: { allowedShare: 0.02, refusedShare: 0.1, consumed: 5 }, quiet: { alarm: false, by: 'unknown' },
    });
    passTime();
    const { body } = await server.operator('GET', '/intake/sources/hospital-b');
    expect(body).toMatchObject({ id: 'hospital-b', deadLetters: 1, unmappedSeen: 1, organization: { name: expect.any(String) }, channels: [{ kind: 'fhir-rest', address: 'https://hie.example/intake/hospital-b' }] });
    expect((await server.fhir('GET', `/${body.device}`)).status).toBe(200);
    expect((await server.fhir('GET', `/${body.channels[0].endpoint}`)).status).toBe(200);
  });

  it('counts each hour once when it is over, whichever gateway does it, and forgets nothing in between', async () => {
    const ofB = sourceOf('hospital-b');
    const days = (): Promise<number> => server.services.store.count({ type: 'SourceDay', where: [{ kind: 'token', param: 'source', anyOf: [{ code: 'hospital-b' }] }] });
    const counted = await Promise.all([rollUp(later(5)), rollUp(later(5)), rollUp(later(5))]);
    expect(counted.some((hours) => hours > 0)).toBe(true);
    const before = await server.services.store.history({ type: 'SourceDay', limit: 100 });
    expect(await rollUp(later(5))).toBe(0);
    expect((await server.services.store.history({ type: 'SourceDay', limit: 100 })).items).toEqual(before.items);
    for (const hours of [5, 20]) expect((await watchSource(later(hours), ofB)).messages.day, String(hours)).toMatchObject({ processed: 9, refused: 1, repeats: 1 });
    await rollUp(later(80));
    expect(await days()).toBeGreaterThanOrEqual(4);
    expect((await watchSource(later(81), ofB)).messages).toMatchObject({ day: { processed: 0 }, week: { processed: 9, refused: 1 } });
    expect((await watchSource(later(81), ofB)).lastMessageAt).toBe((await watchSource(later(0.2), ofB)).lastMessageAt);
  });

  it('raises an alarm for a feed that is silent at a time at which it should not be', async () => {
    const expecting: Source = { ...sourceOf('hospital-c'), id: 'hospital-c', watch: { expected: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: 0, to: 24, everyMinutes: 30 }], errorShare: 0.5 } };
    expect(await watchSource(later(0), expecting)).toMatchObject({ state: 'never-connected', quiet: { alarm: false } });
    await server.push('hospital-c', patient('hospital-c', { number: 'sr2' }));
    expect(await watchSource(later(0.4), expecting)).toMatchObject({ state: 'active', quiet: { alarm: false, by: 'configured', expectedIntervalMinutes: 30 } });
    expect(await watchSource(later(0.6), expecting)).toMatchObject({ state: 'quiet', quiet: { alarm: true } });
  });

  it('says that a source fails of which half is refused', async () => {
    await server.push('hospital-d', bundle([{ resourceType: 'Patient', gender: 'x' }]));
    expect((await watchSource(later(0.1), sourceOf('hospital-d'))).state).toBe('failing');
  });

  it('gives the quality of a source\'s data as a MeasureReport that R4 allows', async () => {
    passTime();
    const answer: Answer = await server.operator('GET', '/intake/sources/hospital-b/quality');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/fhir+json');
    expect(server.services.fhir.validate(answer.body).filter(({ severity }) => severity === 'error' || severity === 'fatal')).toEqual([]);
    const groups = new Map<string, Parsed>(answer.body.group.map((group: Parsed) => [group.code.coding[0].code, group]));
    expect([...groups.keys()]).toEqual(['completeness', 'timeliness', 'delay-p95', 'validity', 'mapping', 'uniqueness', 'score']);
    expect(groups.get('mapping').measureScore.value).toBe(0);
    expect(groups.get('validity').population.map(({ count }: Parsed) => count)).toEqual([9, 10]);
    expect(groups.get('score').measureScore.value).toBeLessThan(1);
    const empty = (await server.operator('GET', '/intake/sources/community-f/quality')).body;
    expect(server.services.fhir.validate(empty).filter(({ severity }) => severity === 'error' || severity === 'fatal')).toEqual([]);
    expect(empty.group.find((group: Parsed) => group.code.coding[0].code === 'score').measureScore).toBeUndefined();
  });

  it('is open to operators, and to each source for itself', async () => {
    expect((await asSource('/intake/sources/hospital-b', 'hospital-b')).status).toBe(200);
    expect((await asSource('/intake/sources/hospital-b/quality', 'hospital-b')).status).toBe(200);
    for (const address of ['/intake/sources/hospital-b', '/intake/sources/hospital-b/quality']) expect((await asSource(address, 'hospital-a')).status).toBe(403);
    expect(((await (await asSource('/intake/sources', 'hospital-a')).json()) as Parsed).sources.map(({ id }: Parsed) => id)).toEqual(['hospital-a']);
    expect((await server.operator('GET', '/intake/sources/none')).status).toBe(404);
    expect((await server.operator('POST', '/intake/sources')).status).toBe(405);
    const clinician = { Authorization: `Bearer ${server.token('clinician', { facility: 'chengxin' })}` };
    for (const address of ['/intake/sources', '/intake/sources/hospital-b', '/intake/sources/hospital-b/quality']) expect((await fetch(server.url + address, { headers: clinician })).status).toBe(403);
  });

  it('is told to Prometheus, one line a source', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const valueOf = (line: string): number => Number(text.split('\n').find((one) => one.startsWith(`${line} `))?.split(' ').at(-1));
    expect(valueOf('bund_source_messages{source="hospital-b",status="processed"}')).toBe(9);
    expect(valueOf('bund_source_dead_letters{source="hospital-b"}')).toBe(1);
    expect(valueOf('bund_source_quiet{source="hospital-a"}')).toBe(0);
    expect(valueOf('bund_source_error_budget_consumed{source="hospital-b"}')).toBe(5);
    expect(valueOf('bund_source_quality{source="hospital-b"}')).toBeGreaterThan(0);
    expect(text).not.toContain('bund_source_silent_seconds{source="hospital-a"}');
    expect(text.split('\n').filter((line) => line.startsWith('bund_source_quiet{'))).toHaveLength(6);
  });
});
