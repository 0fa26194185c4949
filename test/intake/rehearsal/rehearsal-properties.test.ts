import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { bundle, patient, residentId, result, urn } from '../samples.ts';

let server: IntakeServer;
beforeAll(async () => { server = await startIntakeServer(); });
afterAll(() => server.stop());

const OUTCOMES: Readonly<Record<string, string>> = { '201 Created': 'created', '200 OK': 'updated or unchanged', '422 Unprocessable Entity': 'refused' };

describe('the rehearsal of a message with any damage', () => {
  it('tells what the push then does, and changes nothing itself', async () => {
    const texts = ['transaction', 'batch', 'collection'].map((type) => JSON.stringify(bundle([
      patient('hospital-a', { number: 'f', residentId: residentId(1) }), result('hospital-a', { number: 'f-1', code: 'GLU', subject: urn(0) }), result('hospital-a', { number: 'f-2', code: 'none', subject: urn(0) }),
    ], { type })));
    const damage = fc.tuple(fc.constantFrom(...texts), fc.oneof(
      fc.record({ at: fc.nat(1_500), cut: fc.nat(30), put: fc.constantFrom('', '"', '{', '}', '[', ']', 'null', '1e999', '"__proto__":{},', 'Patient', 'urn:uuid:') }).map(({ at, cut, put }) => (text: string) => text.slice(0, at) + put + text.slice(at + cut)),
      fc.record({ from: fc.constantFrom('"final"', '"female"', '"POST"', 'urn:uuid:00000000-0000-4000-8000-000000000000', '5.6', '"f-1"', '"f"', '"mmol/L"'), to: fc.constantFrom('"Patient"', '"PUT"', '1', '"x"', 'null', '7.7', '"f-9"') }).map(({ from, to }) => (text: string) => text.replaceAll(from, to)),
    )).map(([text, change]) => change(text));
    const types = ['Patient', 'Observation', 'Person', 'Provenance', 'SourceMessage', 'SourcePayload', 'UnmappedTerm', 'DeadLetter', 'Task'];
    const stored = (): Promise<number[]> => Promise.all(types.map((type) => server.services.store.count({ type, where: [] })));
    await fc.assert(fc.asyncProperty(damage, async (body) => {
      const before = await stored();
      const rehearsed = await server.push('hospital-a/$rehearse', body, { Authorization: `Bearer ${server.token('source', { subject: 'hospital-a', source: 'hospital-a' })}` });
      expect(rehearsed.status).toBe(200);
      expect(await stored()).toEqual(before);
      const pushed = await server.push('hospital-a', body, { 'X-Message-Id': String(Math.random()) });
      if (pushed.status !== 200) {
        expect(rehearsed.body.wouldBe).toBe('refused');
        return;
      }
      const told = rehearsed.body.entries.map(({ outcome }: { outcome: string }) => (outcome === 'updated' || outcome === 'unchanged' ? 'updated or unchanged' : outcome)).sort();
      const done = pushed.body.entry.map(({ response }: { response: { status: string } }) => OUTCOMES[response.status]).sort();
      expect(done).toEqual(expect.arrayContaining(told));
      expect(rehearsed.body.wouldBe).toBe(done.includes('refused') ? 'partly' : 'accepted');
    }), { numRuns: 200 });
  });
});
