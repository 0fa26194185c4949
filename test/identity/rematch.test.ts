import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noticeModel } from '../../src/identity/notice-model.ts';
import { jobResource, newRematchJob, parseRematchJob } from '../../src/identity/rematch-job.ts';
import type { RematchJob } from '../../src/identity/rematch-job.ts';
import { runRematchJobs } from '../../src/identity/run-rematch-jobs.ts';
import type { Services } from '../../src/services.ts';
import { STORES } from '../http/server.ts';
import { residentId } from '../intake/samples.ts';
import type { IdentityServer } from './identity-server.ts';
import { startIdentityServer } from './identity-server.ts';

const WORK = { worker: 'w1', restartMs: 0 };

describe.each(STORES)('matching anew on $name', ({ uri }) => {
  let server: IdentityServer;
  beforeAll(async () => { server = await startIdentityServer(uri); });
  afterAll(() => server.stop());

  const jobs = async (): Promise<RematchJob[]> => (await server.services.store.search({ type: 'RematchJob', where: [], sort: [], limit: 10 })).items.map(({ body }) => parseRematchJob(body));
  const likely = { name: '张伟', birthDate: '1952-04-16' };
  /** As after a change of the thresholds. */
  const withCertain = (certain: number): Services => ({ ...server.services, matching: { ...server.services.matching, thresholds: { ...server.services.matching.thresholds, certain } } });

  it('is called for by another model once, and by the same one never', async () => {
    await noticeModel(server.services);
    expect(await jobs()).toEqual([]);
    const a = await server.tell('hospital-a', 'r1', likely);
    await noticeModel(server.services);
    expect(await jobs()).toEqual([]);
    await Promise.all([noticeModel(withCertain(-50)), noticeModel(withCertain(-50))]);
    expect(await jobs()).toMatchObject([{ status: 'waiting', by: 'bund' }]);
    expect(await server.together(a)).toEqual([a]);
  });

  it('joins what the new model holds for one, parts it by the next, and leaves alone what humans decided', async () => {
    const [a, b] = [await server.tell('hospital-a', 'r1', likely), await server.tell('hospital-b', 'r2', likely)];
    const [c, d] = [await server.tell('hospital-a', 'r3', { name: '王伟', birthDate: '1957-08-17' }), await server.tell('hospital-b', 'r4', { name: '王伟', birthDate: '1957-08-17' })];
    await server.decide([c, d], 'different');
    const versions = (await server.stored('Patient')).length;
    expect(await runRematchJobs(withCertain(server.services.matching.thresholds.probable), WORK)).toBe(0);
    expect(await jobs()).toMatchObject([{ status: 'done', examined: versions, total: versions }]);
    expect(await server.together(a)).toEqual([a, b].sort());
    expect(await server.together(c)).toEqual([c]);
    const { body: { entry: [{ resource }] } } = await server.fhir('GET', `/Person?link=Patient/${a}`);
    expect(resource.link).toMatchObject([{ assurance: 'level3' }, { assurance: 'level3' }]);
    expect((await server.fhir('GET', `/Patient/${a}/_history`)).body.entry).toHaveLength(1);

    await noticeModel(server.services);
    expect(await runRematchJobs(server.services, WORK)).toBe(0);
    expect(await server.together(a)).toEqual([a]);
    expect(await server.together(d)).toEqual([d]);
  });

  it('is worked on by one process at a time, goes on where it was left, and is taken over when its worker is gone', async () => {
    const { services } = server;
    for (let at = 0; at < 60; at++) await server.fhir('PUT', `/Patient/many-${at}`, { resourceType: 'Patient', id: `many-${at}`, identifier: [{ system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1', value: residentId(200 + at) }], name: [{ text: '赵' }] });
    const job = newRematchJob('next', { by: 'mei', now: new Date().toISOString() });
    await services.store.commit([{ kind: 'put', resource: jobResource(job), expectedVersion: 0 }]);
    const stop = new AbortController();
    expect(await runRematchJobs(services, { ...WORK, signal: stop.signal, progress: () => stop.abort() })).toBe(1);
    const left = (await jobs()).find(({ id }) => id === job.id);
    expect(left).toMatchObject({ status: 'running', examined: 50 });

    const version = (await services.store.read({ type: 'RematchJob', id: job.id }))?.version ?? 0;
    await services.store.commit([{ kind: 'put', resource: jobResource({ ...left ?? job, worker: 'dead', leaseUntil: new Date(Date.now() + 60_000).toISOString() }), expectedVersion: version }]);
    expect(await runRematchJobs(services, WORK)).toBe(1);
    expect(await runRematchJobs({ ...services, clock: () => new Date(Date.now() + 120_000) }, { ...WORK, worker: 'w2' })).toBe(0);
    const done = (await jobs()).find(({ id }) => id === job.id);
    expect(done).toMatchObject({ status: 'done', worker: 'w2' });
    expect(done?.examined).toBe(done?.total);
  });
});
