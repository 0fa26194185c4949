import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findReplay } from '../../../src/intake/replays/read-replay.ts';
import { replayResource } from '../../../src/intake/replays/replay.ts';
import { workOnReplays } from '../../../src/intake/replays/work-on-replays.ts';
import type { Worker } from '../../../src/intake/replays/work-on-replays.ts';
import type { Parsed } from '../../http/server.ts';
import { STORES } from '../../http/server.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { labBundle, patient, result } from '../samples.ts';

const worker = (name = 'w1', signal = new AbortController().signal): Worker => ({ name, signal });

describe.each(STORES)('dead letters and replays on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri, env: { BUND_REPLAY_PER_SECOND: '10000' } }); });
  afterAll(() => server.stop());

  /** Results of a patient who is not there yet. */
  const orphans = async (source: string, number: string, count: number): Promise<string[]> => {
    const answers = [];
    for (let at = 0; at < count; at++) answers.push(await server.push(source, result(source, { number: `${number}-${at}`, code: 'GLU', subject: `Patient/${number}` })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 422));
    return answers.map(({ headers }) => headers.get('x-intake-message') ?? '');
  };
  const arrive = (source: string, number: string) => server.push(source, { ...patient(source, { number }), id: number });
  const groupsOf = async (source: string): Promise<Parsed[]> => (await server.operator('GET', `/intake/dead-letters?source=${source}`)).body.deadLetters;
  const order = (filter: unknown) => server.operator('POST', '/intake/replays', { filter });
  const replayOf = async (id: string): Promise<Parsed> => (await server.operator('GET', `/intake/replays/${id}`)).body;

  it('counts alike failures as one, replays them in the order of receipt and forgets the reason with the last of them', async () => {
    const ids = await orphans('hospital-a', 'rp1', 5);
    await orphans('hospital-b', 'rp1', 1);
    const [group, ...others] = await groupsOf('hospital-a');
    expect(others).toEqual([]);
    expect(group).toMatchObject({ source: 'hospital-a', code: 'not-found', element: 'Observation.subject.reference', count: 5 });
    expect(group.examples).toEqual(ids.slice(-3).reverse());
    expect(group.firstSeen <= group.lastSeen).toBe(true);

    await arrive('hospital-a', 'rp1');
    const filter = { source: 'hospital-a', reason: group.reason };
    const estimate = (await server.operator('POST', '/intake/replays/$estimate', { filter })).body;
    expect(estimate).toMatchObject({ messages: 5, perSecond: 10_000, seconds: 1 });
    expect(estimate.bytes).toBeGreaterThan(1_000);
    expect(estimate.oldest <= estimate.newest).toBe(true);

    const ordered = await order(filter);
    expect(ordered.status).toBe(202);
    expect(ordered.headers.get('location')).toBe(`/intake/replays/${ordered.body.id}`);
    expect(await workOnReplays(server.services, worker())).toBe(1);
    expect(await replayOf(ordered.body.id)).toMatchObject({ state: 'done', total: 5, done: { processed: 5, refused: 0 } });
    expect(await groupsOf('hospital-a')).toEqual([]);
    expect(await groupsOf('hospital-b')).toMatchObject([{ count: 1 }]);
    const part = (await server.operator('GET', `/intake/replays/${ordered.body.id}/parts/0`)).body;
    expect(part.messages).toEqual([...ids].reverse().map((message) => ({ message, outcome: 'processed' })));
  });

  it('keeps of a replay that fails what refused it, and counts it', async () => {
    await orphans('hospital-c', 'rp2', 2);
    const ordered = await order({ source: 'hospital-c', status: 'refused' });
    await workOnReplays(server.services, worker());
    expect(await replayOf(ordered.body.id)).toMatchObject({ state: 'done', total: 2, done: { processed: 0, refused: 2 } });
    const part = (await server.operator('GET', `/intake/replays/${ordered.body.id}/parts/0`)).body;
    expect(part.messages).toMatchObject([{ outcome: 'refused', reasons: [{ code: 'not-found' }] }, { outcome: 'refused' }]);
    expect(await groupsOf('hospital-c')).toMatchObject([{ count: 2 }]);
  });

  it('is done once when several gateways work at one moment', async () => {
    for (let at = 0; at < 6; at++) await server.push('hospital-d', labBundle('hospital-d', { number: 'rp3' }, [{ number: `rp3-${at}`, code: 'GLU' }]));
    const ordered = await Promise.all([order({ source: 'hospital-d' }), order({ source: 'hospital-d', status: 'processed' })]);
    const finished = await Promise.all(['w1', 'w2', 'w3'].map((name) => workOnReplays(server.services, worker(name))));
    expect(finished.reduce((sum, count) => sum + count, 0)).toBe(2);
    for (const { body } of ordered) expect(await replayOf(body.id)).toMatchObject({ state: 'done', total: 6, done: { processed: 6 } });
  });

  it('goes on where a gateway died, and not while that may still be alive', async () => {
    await orphans('community-e', 'rp4', 3);
    const ordered = await order({ source: 'community-e', status: 'refused' });
    const { replay, version } = await findReplay(server.services, ordered.body.id);
    const claim = async (beatAt: string, expectedVersion: number) => server.services.store.commit([{ kind: 'put', resource: replayResource({ ...replay, state: 'running', worker: 'dead', beatAt }), expectedVersion }]);
    await claim(server.services.clock().toISOString(), version);
    expect(await workOnReplays(server.services, worker())).toBe(0);
    await claim('2026-01-01T00:00:00.000Z', version + 1);
    await arrive('community-e', 'rp4');
    expect(await workOnReplays(server.services, worker())).toBe(1);
    expect(await replayOf(ordered.body.id)).toMatchObject({ state: 'done', done: { processed: 3 } });
  });

  it('ends when it is cancelled, and leaves the rest to others when its gateway stops', async () => {
    await orphans('community-f', 'rp5', 3);
    const cancelled = await order({ source: 'community-f' });
    expect((await server.operator('POST', `/intake/replays/${cancelled.body.id}/cancel`)).body.state).toBe('cancelled');
    expect(await workOnReplays(server.services, worker())).toBe(0);
    expect(await replayOf(cancelled.body.id)).toMatchObject({ state: 'cancelled', done: { refused: 0 } });

    const left = await order({ source: 'community-f' });
    const stopping = new AbortController();
    const work = workOnReplays(server.services, worker('w1', stopping.signal));
    stopping.abort();
    expect(await work).toBe(0);
    expect((await replayOf(left.body.id)).state).toBe('waiting');
    expect(await workOnReplays(server.services, worker())).toBe(1);
    expect((await server.operator('POST', `/intake/replays/${left.body.id}/cancel`)).body.state).toBe('done');
  });

  it('takes only what was received in the time named, and only messages named', async () => {
    const ids = await orphans('hospital-b', 'rp6', 2);
    const estimate = async (filter: unknown): Promise<number> => (await server.operator('POST', '/intake/replays/$estimate', { filter })).body.messages;
    expect(await estimate({ ids })).toBe(2);
    expect(await estimate({ ids, source: 'hospital-a' })).toBe(0);
    expect(await estimate({ ids, to: '2026-01-01T00:00:00Z' })).toBe(0);
    expect(await estimate({ ids, from: '2026-01-01T00:00:00+08:00', to: '2199-01-01T00:00:00Z' })).toBe(2);
    expect(await estimate({ ids, from: '2199-01-01T00:00:00Z' })).toBe(0);
    expect(await estimate({ ids: ['none'] })).toBe(0);
    expect(await estimate({ all: true })).toBeGreaterThan(10);
  });

  it('leaves a bystander where a message is no more to be processed, and goes on with the next', async () => {
    const [first = ''] = await orphans('hospital-b', 'rp7', 2);
    const stored = await server.services.store.read({ type: 'SourceMessage', id: first });
    const { meta: _meta, ...message } = JSON.parse(stored?.body ?? '{}');
    await server.services.store.commit([{ kind: 'put', resource: { ...message, source: 'closed-hospital' } }]);
    const ordered = await order({ from: message.receivedAt, status: 'refused' });
    await workOnReplays(server.services, worker());
    const { done, total } = await replayOf(ordered.body.id);
    expect(done).toEqual({ processed: 0, partial: 0, refused: total - 1, failed: 1 });
  });
});
