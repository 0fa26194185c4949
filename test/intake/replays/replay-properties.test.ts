import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workOnReplays } from '../../../src/intake/replays/work-on-replays.ts';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { bundle, labBundle, patient, residentId, result, urn } from '../samples.ts';

let server: IntakeServer;
beforeAll(async () => { server = await startIntakeServer({ env: { BUND_REPLAY_PER_SECOND: '10000' } }); });
afterAll(() => server.stop());

const SOURCE = 'hospital-a';
const lab = (number: string, value: number): object => labBundle(SOURCE, { number, residentId: residentId(1) }, [{ number: `${number}-1`, code: 'GLU', value }, { number: `${number}-2`, code: 'none' }]);
const MESSAGES: readonly object[] = [
  lab('1', 5.1),
  lab('1', 6.2),
  lab('2', 7.3),
  patient(SOURCE, { number: '1', residentId: residentId(1), name: '李雷' }),
  bundle([patient(SOURCE, { number: '3' }), { ...result(SOURCE, { number: '3-1', code: 'GLU', subject: urn(0) }), status: 'ready' }], { type: 'batch' }),
  bundle([{ ...patient(SOURCE, { number: '4' }), gender: 'x' }]),
  result(SOURCE, { number: '5-1', code: 'GLU', subject: 'Patient/never-sent' }),
  lab('1', 5.1),
];

/** Every version of everything that was brought, with its time. */
const versions = async (): Promise<string> => JSON.stringify(await Promise.all(['Patient', 'Observation', 'Person', 'Provenance', 'Task', 'DeadLetter'].map((type) => server.services.store.history({ type, limit: 1_000 }))));
const statuses = async (): Promise<unknown> => (await server.operator('GET', '/intake/messages')).body.messages.map(({ id, status, issueCount, reasons }: Record<string, unknown>) => ({ id, status, issueCount, reasons }));

describe('replays of any messages, in any order and at one moment', () => {
  it('change nothing of what is right already, and leave each dead letter what it was', async () => {
    const ids: string[] = [];
    for (const [at, message] of MESSAGES.entries()) ids.push((await server.push(SOURCE, message, { 'X-Message-Id': String(at) })).headers.get('x-intake-message') ?? '');
    const before = await Promise.all([versions(), statuses()]);
    const subset = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 });
    await fc.assert(fc.asyncProperty(fc.array(subset, { minLength: 1, maxLength: 3 }), fc.constantFrom(...ids), async (subsets, one) => {
      const orders = await Promise.all(subsets.map((chosen) => server.operator('POST', '/intake/replays', { filter: { ids: chosen } })));
      await Promise.all([
        ...['w1', 'w2'].map((name) => workOnReplays(server.services, { name, signal: new AbortController().signal })),
        server.operator('POST', `/intake/messages/${one}/replay`),
      ]);
      for (const [at, { body }] of orders.entries()) expect((await server.operator('GET', `/intake/replays/${body.id}`)).body).toMatchObject({ state: 'done', total: subsets[at]?.length, done: { failed: 0 } });
      expect(await Promise.all([versions(), statuses()])).toEqual(before);
    }), { numRuns: 25 });
  });
});
