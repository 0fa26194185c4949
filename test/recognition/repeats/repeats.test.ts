import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followFeed } from '../../../src/follow-feed.ts';
import { answerDecision, presentDecisions } from '../../../src/recognition/decisions/index.ts';
import { findingRepeats } from '../../../src/recognition/repeats/find-repeats.ts';
import { parseRepeat, REPEAT_TYPE, type Repeat } from '../../../src/recognition/repeats/repeat.ts';
import { STORES } from '../../http/server.ts';
import type { IntakeServer } from '../../intake/intake-server.ts';
import { startIntakeServer } from '../../intake/intake-server.ts';
import { bundle, patient, residentId, urn } from '../../intake/samples.ts';
import { caller, locations, presentation } from '../decisions/decision-server.ts';

interface Sample { readonly source: string; readonly resident: number; readonly number: string; readonly at: string; readonly specimen?: string; readonly status?: string; readonly value?: number; readonly unit?: string }

describe.each(STORES)('repeats on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  const push = async ({ source, resident, number, at, specimen = '血清', status = 'final', value = 5.6, unit = 'mmol/L' }: Sample): Promise<string[]> => {
    const system = `https://bund.example/sources/${source}`;
    const order = { resourceType: 'ServiceRequest', identifier: [{ system: `${system}/order`, value: `o-${number}` }], status: 'completed', intent: 'order', code: { text: '葡萄糖' }, subject: { reference: urn(0) }, authoredOn: at, requester: { display: '李医生' } };
    const material = { resourceType: 'Specimen', identifier: [{ system: `${system}/specimen`, value: `s-${number}` }], type: { text: specimen }, subject: { reference: urn(0) }, collection: { collectedDateTime: at } };
    const observation = {
      resourceType: 'Observation', identifier: [{ system: `${system}/result`, value: number }], status, basedOn: [{ reference: urn(1) }], specimen: { reference: urn(2) },
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
      code: { coding: [{ system: `${system}/codes`, code: source === 'hospital-b' ? '30601' : 'GLU' }] }, subject: { reference: urn(0) }, effectiveDateTime: at, issued: new Date(Date.parse(at) + 3_600_000).toISOString(),
      valueQuantity: { value, unit },
    };
    const answer = await server.push(source, bundle([patient(source, { number: `${source}-${resident}`, residentId: residentId(resident) }), order, material, observation]));
    if (answer.status !== 200) throw new Error(answer.text);
    return locations(answer);
  };
  const follow = (): Promise<number> => followFeed(server.services, findingRepeats(server.services), { name: 'worker', signal: new AbortController().signal, share: 1 });
  const repeatsOf = async (result: string | undefined): Promise<readonly Repeat[]> => {
    const { items } = await server.services.store.search({ type: REPEAT_TYPE, where: [], sort: [], limit: 200 });
    return items.map(({ body }) => parseRepeat(body)).filter((repeat) => repeat.result === `Observation/${result}`);
  };

  it('finds a test that was done again within its window, once, with who ordered it and what it repeats', async () => {
    const [, , , first] = await push({ source: 'hospital-b', resident: 1, number: 'r1-1', at: '2026-03-01T08:00:00+08:00' });
    const [, , , second] = await push({ source: 'hospital-a', resident: 1, number: 'r1-2', at: '2026-03-20T08:00:00+08:00' });
    await follow();
    expect(await repeatsOf(second)).toMatchObject([{ organization: 'chengxin', item: 'GLU', month: '2026-03', doctor: '李医生', isOwn: false, isAfterAcceptance: false, prior: { result: `Observation/${first}`, organization: 'pubin' } }]);
    expect(await repeatsOf(first)).toEqual([]);
    await push({ source: 'hospital-a', resident: 1, number: 'r1-2', at: '2026-03-20T08:00:00+08:00', value: 5.7, status: 'corrected' });
    await Promise.all([follow(), follow()]);
    expect(await repeatsOf(second)).toHaveLength(1);
    const list = async (facility: string, query = ''): Promise<unknown> => {
      const answer = await fetch(`${server.url}/recognition/repeats?month=2026-03${query}`, { headers: { Authorization: `Bearer ${server.token('manager', { facility })}` } });
      return [answer.status, ((await answer.json()) as { repeats?: unknown }).repeats];
    };
    expect(await list('chengxin')).toEqual([200, [{ organization: 'chengxin', doctor: '李医生', item: 'GLU', count: 1, own: 0, afterAcceptance: 0 }]]);
    expect(await list('pubin')).toEqual([200, []]);
    expect(await list('pubin', '&organization=chengxin')).toEqual([403, undefined]);
    expect((await server.operator('GET', '/recognition/repeats?month=2026-03&item=GLU')).body.repeats).toHaveLength(1);
  });

  it('finds none outside the window, from another material, without a mark, or of another person', async () => {
    await push({ source: 'hospital-b', resident: 2, number: 'r2-1', at: '2026-01-01T08:00:00+08:00' });
    const [, , , late] = await push({ source: 'hospital-a', resident: 2, number: 'r2-2', at: '2026-03-20T08:00:00+08:00' });
    await push({ source: 'hospital-b', resident: 3, number: 'r3-1', at: '2026-03-10T08:00:00+08:00', specimen: '尿液' });
    const [, , , other] = await push({ source: 'hospital-a', resident: 3, number: 'r3-2', at: '2026-03-20T08:00:00+08:00' });
    // The certificate of community-f has lapsed.
    await push({ source: 'community-f', resident: 4, number: 'r4-1', at: '2026-03-10T08:00:00+08:00' }).catch(() => undefined);
    const [, , , unmarked] = await push({ source: 'hospital-a', resident: 4, number: 'r4-2', at: '2026-03-20T08:00:00+08:00' });
    await push({ source: 'hospital-b', resident: 5, number: 'r5-1', at: '2026-03-10T08:00:00+08:00', unit: 'spoons' });
    const [, , , unit] = await push({ source: 'hospital-a', resident: 5, number: 'r5-2', at: '2026-03-20T08:00:00+08:00' });
    await follow();
    for (const result of [late, other, unmarked, unit]) expect(await repeatsOf(result)).toEqual([]);
  });

  it('finds the repeat also where the earlier result comes later, and takes it back when the repeat is retracted', async () => {
    const [, , , second] = await push({ source: 'hospital-a', resident: 6, number: 'r6-2', at: '2026-03-20T08:00:00+08:00' });
    await follow();
    expect(await repeatsOf(second)).toEqual([]);
    await push({ source: 'hospital-b', resident: 6, number: 'r6-1', at: '2026-03-10T08:00:00+08:00' });
    await follow();
    expect(await repeatsOf(second)).toHaveLength(1);
    await push({ source: 'hospital-a', resident: 6, number: 'r6-2', at: '2026-03-20T08:00:00+08:00', status: 'entered-in-error' });
    await follow();
    expect(await repeatsOf(second)).toEqual([]);
  });

  it('leaves out what a physician was asked about, and counts what was done in spite of an acceptance', async () => {
    const decided = async (resident: number, outcome: 'accepted' | 'declined' | undefined): Promise<readonly Repeat[]> => {
      const [priorPatient, , , prior] = await push({ source: 'hospital-b', resident, number: `r${resident}-1`, at: '2026-03-10T08:00:00+08:00' });
      const [own] = locations(await server.push('hospital-a', bundle([patient('hospital-a', { number: `hospital-a-${resident}`, residentId: residentId(resident) })])));
      const shown = presentation({ resident, patient: own ?? '', priorPatient: priorPatient ?? '', order: `order-${resident}`, result: prior ?? '' });
      const [record] = await presentDecisions(server.services, caller(), [shown], { action: 'operation', interaction: 'recognition-ask', outcome: 'success' });
      if (outcome !== undefined) await answerDecision(server.services, caller(), { decision: record?.id ?? '', outcome, ...(outcome === 'declined' ? { reason: '1' as const } : {}) });
      const [, , , again] = await push({ source: 'hospital-a', resident, number: `r${resident}-2`, at: '2026-03-20T08:00:00+08:00' });
      await follow();
      return repeatsOf(again);
    };
    expect(await decided(7, 'declined')).toEqual([]);
    expect(await decided(8, undefined)).toEqual([]);
    expect(await decided(9, 'accepted')).toMatchObject([{ isAfterAcceptance: true }]);
  });
});
