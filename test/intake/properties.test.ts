import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { bundle, labBundle, patient, residentId, result, urn } from './samples.ts';

let server: IntakeServer;
afterEach(() => server.stop());

const TYPES = ['Patient', 'Observation', 'Person', 'Task'];
/** Everything stored, but for the instants at which it was. */
const state = async (): Promise<string> => JSON.stringify(await Promise.all(TYPES.map((type) => server.stored(type)))).replaceAll(/"authoredOn":"[^"]*"/g, '"authoredOn":""');

describe('messages of several sources', () => {
  const MESSAGES: readonly (readonly [string, object])[] = [
    ['hospital-a', labBundle('hospital-a', { number: '1', residentId: residentId(1) }, [{ number: '1-1', code: 'GLU' }, { number: '1-2', code: 'none' }])],
    ['hospital-a', labBundle('hospital-a', { number: '1', residentId: residentId(1) }, [{ number: '1-3', code: 'ALT', unit: 'U/L' }], { type: 'collection' })],
    ['hospital-b', labBundle('hospital-b', { number: '1', residentId: residentId(1) }, [{ number: '1-1', code: '30601', unit: 'mg/dL', value: 108 }], { type: 'batch' })],
    ['hospital-c', patient('hospital-c', { number: '1', residentId: residentId(1), name: '李雷' })],
    ['hospital-d', bundle([patient('hospital-d', { number: '1' }), patient('hospital-d', { number: '2', residentId: residentId(2) })])],
    ['community-e', bundle([{ ...patient('community-e', { number: '1' }), gender: 'x' }])],
  ];

  it('end in the same resources in whatever order and however often they come', async () => {
    const ends = new Set<string>();
    const orders = fc.sample(fc.tuple(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6, maxLength: 6 }), fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 })), 6);
    for (const [order, again] of orders) {
      server = await startIntakeServer();
      for (const at of [...order, ...again]) {
        const [source, message] = MESSAGES[at] ?? ['', {}];
        await server.push(source, message, { 'X-Message-Id': String(again.length + at) });
      }
      ends.add(await state());
      await server.stop();
    }
    server = await startIntakeServer();
    await Promise.all(MESSAGES.map(([source, message]) => server.push(source, message)));
    ends.add(await state());
    expect(ends.size).toBe(1);
  });
});

describe('bundles with any damage', () => {
  it('are never the cause of a 5xx, and leave all of their good parts or nothing', async () => {
    server = await startIntakeServer();
    const text = JSON.stringify(bundle([
      patient('hospital-a', { number: 'f', residentId: residentId(1) }), result('hospital-a', { number: 'f-1', code: 'GLU', subject: urn(0) }), result('hospital-a', { number: 'f-2', code: 'none', subject: urn(0) }),
    ]));
    const damage = fc.oneof(
      fc.record({ at: fc.nat(text.length - 1), cut: fc.nat(30), put: fc.constantFrom('', '"', '{', '}', '[', ']', 'null', '1e999', '"__proto__":{},', '\\u0000', '\ud800', 'Patient', 'urn:uuid:') }).map(({ at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut)),
      fc.record({ from: fc.constantFrom('"Observation"', '"POST"', '"final"', 'urn:uuid:00000000-0000-4000-8000-000000000000', '5.6', '"transaction"', '"system"', '"value"', '[{'), to: fc.constantFrom('"Patient"', '"PUT"', '1', '[]', '{}', '"x"', 'null', '[[{', '"constructor"', '"toString"') }).map(({ from, to }) => text.replaceAll(from, to)),
    );
    const count = async (type: string): Promise<number> => server.services.store.count({ type, where: [] });
    await fc.assert(fc.asyncProperty(damage, async (body) => {
      const before = await Promise.all([count('Patient'), count('Observation'), count('SourceMessage')]);
      const answer = await server.push('hospital-a', Buffer.from(body));
      expect(answer.status).toBeLessThan(500);
      expect(['Bundle', 'OperationOutcome']).toContain(answer.body.resourceType);
      const after = await Promise.all([count('Patient'), count('Observation'), count('SourceMessage')]);
      expect(after[2]).toBe(before[2] + (answer.headers.get('x-intake-repeat') === 'true' ? 0 : 1));
      if (answer.status !== 200) expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
      else for (const { response } of answer.body.entry) if (response.status.startsWith('20')) expect((await server.fhir('GET', `/${response.location}`)).status).toBe(200);
    }), { numRuns: 300 });
  });
});
