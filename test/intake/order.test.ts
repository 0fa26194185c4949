import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Services } from '../../src/services.ts';
import type { CodeTables } from '../../src/terminology/tables.ts';
import { STORES } from '../http/server.ts';
import type { Answer } from '../http/server.ts';
import type { InterruptibleStore } from './interruptible-store.ts';
import { interruptibleStore } from './interruptible-store.ts';
import type { IntakeServer } from './intake-server.ts';
import { startBeside, startIntakeServer } from './intake-server.ts';
import { bundle, labBundle, patient, residentId, result, urn } from './samples.ts';

describe.each(STORES)('messages about the same records on $name', ({ uri }) => {
  let server: IntakeServer;
  /** Another gateway on the same store. */
  let other: Awaited<ReturnType<typeof startBeside>>;
  let codes: CodeTables | undefined;
  let interruptible: InterruptibleStore;

  /** A gateway whose tables can be changed, and that another message can overtake, while it runs. */
  const change = (services: Services): Services => {
    interruptible = interruptibleStore(services.store);
    return { ...services, store: interruptible.store, codes: { ...services.codes, get sources() { return (codes ?? services.codes).sources; } } };
  };

  beforeAll(async () => {
    server = await startIntakeServer({ change, uri });
    other = await startBeside(server);
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
  });

  const valueOf = async (number: string): Promise<unknown> => (await server.fhir('GET', `/Observation?identifier=${number}`)).body.entry[0].resource.valueQuantity.value;
  const replay = async (answer: Answer): Promise<Answer> => server.operator('POST', `/intake/messages/${answer.headers.get('x-intake-message')}/replay`);
  const overtake = (action: () => Promise<void>): void => interruptible.beforeNext((one) => one.kind === 'put' && one.resource.resourceType === 'Observation', action);
  /** The tables of the gateway without one local code of hospital-a. */
  const tablesWithout = ({ sources, ...tables }: CodeTables, code: string): CodeTables => {
    const table = sources.get('hospital-a')!;
    return { ...tables, sources: new Map([...sources, ['hospital-a', { ...table, codes: new Map([...table.codes].filter(([local]) => local !== code)) }]]) };
  };
  const values = (number: string, ...ofResults: readonly number[]): object => labBundle('hospital-a', { number }, ofResults.map((value, at) => ({ number: `${number}-${at}`, code: at === 0 ? 'GLU' : 'ALT', value })));

  it('of patients who are known do not wait for each other, however alike the patients are', async () => {
    const of = (number: string, at: number): object => labBundle('hospital-a', { number }, [{ number: `${number}-${at}`, code: 'GLU', value: at }]);
    for (const number of ['alike-1', 'alike-2']) expect((await server.push('hospital-a', of(number, 1))).status).toBe(200);
    let isDone = false;
    overtake(async () => {
      expect((await server.push('hospital-a', of('alike-2', 2))).status).toBe(200);
      isDone = true;
    });
    expect((await server.push('hospital-a', of('alike-1', 2))).status).toBe(200);
    expect(isDone).toBe(true);
  });

  it('leave the newest as it is when two of them are replayed one after the other', async () => {
    const first = await server.push('hospital-a', values('o1', 1, 1));
    const second = await server.push('hospital-a', values('o1', 2, 2));
    codes = tablesWithout(server.services.codes, 'ALT');
    const again = await replay(second).finally(() => { codes = undefined; });
    expect(again.body.entry.map(({ response }: { response: { etag: string } }) => response.etag)).toEqual(['W/"1"', 'W/"2"', 'W/"3"']);
    await replay(first);
    expect([await valueOf('o1-0'), await valueOf('o1-1')]).toEqual([2, 2]);
    await replay(second);
    await replay(first);
    expect([await valueOf('o1-0'), await valueOf('o1-1')]).toEqual([2, 2]);
  });

  it('keep in their Provenance what each processing of a message wrote', async () => {
    const pushed = await server.push('hospital-a', values('o2', 1, 1));
    const targets = async (): Promise<number[]> => (await server.fhir('GET', `/Provenance?target=${pushed.body.entry[2].response.location.split('/_history')[0]}`)).body.entry.map(({ resource }: { resource: { target: unknown[] } }) => resource.target.length);
    expect(await targets()).toEqual([3]);
    codes = tablesWithout(server.services.codes, 'ALT');
    await replay(pushed).finally(() => { codes = undefined; });
    expect((await targets()).sort()).toEqual([1, 3]);
  });

  it('count as newer too when they said nothing new', async () => {
    await server.push('hospital-a', values('o3', 1));
    const refused = await server.push('hospital-a', bundle([result('hospital-a', { number: 'o3-0', code: 'GLU', value: 9, subject: 'Patient/o3-later' })]));
    expect(refused.status).toBe(422);
    const same = await server.push('hospital-a', labBundle('hospital-a', { number: 'o3' }, [{ number: 'o3-0', code: 'GLU', value: 1 }], { identifier: 'o3' }));
    expect(same.body.entry[1].response.etag).toBe('W/"1"');
    await server.push('hospital-a', { ...patient('hospital-a', { number: 'o3-later' }), id: 'o3-later' });
    const replayed = await replay(refused);
    expect(replayed.body.entry[0].response.outcome.issue[0].diagnostics).toContain('later');
    expect(await valueOf('o3-0')).toBe(1);
  });

  it('do not let one that came earlier and takes longer have the last word', async () => {
    await server.push('hospital-a', values('o4', 1));
    overtake(async () => {
      expect((await other.push('hospital-a', values('o4', 3))).status).toBe(200);
    });
    const slow = await server.push('hospital-a', values('o4', 2));
    expect(slow.body.entry[1].response).toMatchObject({ etag: 'W/"2"', outcome: { issue: [{ code: 'informational' }] } });
    expect(await valueOf('o4-0')).toBe(3);
  });

  it('do not let one that came earlier overwrite what a later one confirmed meanwhile', async () => {
    await server.push('hospital-a', values('o5', 1));
    overtake(async () => {
      const same = await other.push('hospital-a', labBundle('hospital-a', { number: 'o5' }, [{ number: 'o5-0', code: 'GLU', value: 1 }], { identifier: 'o5' }));
      expect(same.body.entry[1].response.etag).toBe('W/"1"');
    });
    await server.push('hospital-a', values('o5', 2));
    expect(await valueOf('o5-0')).toBe(1);
  });

  it('are normalised anew after they met another, so that a reference is never led by what is no longer so', async () => {
    await server.push('hospital-a', { ...patient('hospital-a', { number: 'o6' }), id: 'o6' });
    const about = (value: number): object => result('hospital-a', { number: 'o6-0', code: 'GLU', value, subject: 'Patient/o6' });
    await server.push('hospital-a', about(1));
    overtake(async () => {
      expect((await other.push('hospital-a', about(3))).status).toBe(200);
      expect((await other.push('hospital-a', { ...patient('hospital-a', { number: 'o6-other' }), id: 'o6' })).status).toBe(200);
    });
    const late = await server.push('hospital-a', about(2));
    expect(late.status).toBe(422);
    expect(await valueOf('o6-0')).toBe(3);
  });

  it('all get through when many speak of one person at one moment', async () => {
    const sources = ['hospital-a', 'hospital-b', 'hospital-c', 'hospital-d', 'community-e', 'community-f'];
    const pushes = Array.from({ length: 60 }, (_, at) => {
      const source = sources[at % sources.length] ?? '';
      return [server, other][at % 2]!.push(source, bundle([patient(source, { number: `o7-${at}`, residentId: residentId(77) }), result(source, { number: `o7-${at}-0`, code: 'GLU', subject: urn(0) })]));
    });
    const answers = await Promise.all(pushes);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { body } = await server.fhir('GET', `/Person?identifier=${residentId(77)}`);
    expect(body.entry).toHaveLength(1);
    expect(body.entry[0].resource.link).toHaveLength(60);
  });
});

describe('a large message that is received before a small one', () => {
  it('does not undo what the small one says', async () => {
    const server = await startIntakeServer();
    const results = Array.from({ length: 1_500 }, (_, at) => ({ number: `large-${at}`, code: 'GLU', value: 1 }));
    await server.push('hospital-a', labBundle('hospital-a', { number: 'large' }, results.slice(-1)));
    const large = server.push('hospital-a', labBundle('hospital-a', { number: 'large' }, results.map((one) => ({ ...one, value: 2 }))));
    await vi.waitFor(async () => expect((await server.operator('GET', '/intake/messages?status=received')).body.messages).toHaveLength(1), { timeout: 10_000, interval: 5 });
    const small = await server.push('hospital-a', labBundle('hospital-a', { number: 'large' }, [{ number: 'large-1499', code: 'GLU', value: 3 }]));
    expect([small.status, (await large).status]).toEqual([200, 200]);
    const found = await server.fhir('GET', '/Observation?identifier=large-1499');
    expect(found.body.entry[0].resource.valueQuantity.value).toBe(3);
    await server.stop();
  });
});
