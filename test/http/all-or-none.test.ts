import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, observation, organization, patient, post } from './samples.ts';
import { startServer, STORES } from './server.ts';
import type { Parsed, TestServer } from './server.ts';

const urn = (n: number): string => `urn:uuid:22222222-2222-4222-8222-${String(n).padStart(12, '0')}`;

const GOOD = {
  patient: (n: number) => post(patient(), { fullUrl: urn(n) }),
  organization: (n: number) => post(organization(), { fullUrl: urn(n) }),
  // Refers to an entry at random, before or after it.
  result: (n: number, size: number, pick: number) => post(observation('x', { focus: [{ reference: urn(pick % size) }] }), { fullUrl: urn(n) }),
} as const;

const BAD = {
  'an invalid resource': () => post(patient({ birthDate: '2026-02-30' })),
  'another type than its address': () => ({ resource: patient(), request: { method: 'POST', url: 'Organization' } }),
  'no request': () => ({ resource: patient() }),
  'a dangling reference': () => post(observation('x', { subject: { reference: urn(999) } })),
  'a conditional reference to nothing': () => post(observation('x', { subject: { reference: 'Patient?identifier=nobody' } })),
  'a stale version': () => ({ resource: patient({ id: 'nobody' }), request: { method: 'PUT', url: 'Patient/nobody', ifMatch: 'W/"3"' } }),
  'an unknown parameter in its condition': () => post(organization(), {}, { ifNoneExist: 'colour=red' }),
  'a method that is not offered': () => ({ request: { method: 'PATCH', url: 'Patient/x' } }),
} as const;

const kinds = <T extends object>(of: T): (keyof T)[] => Object.keys(of) as (keyof T)[];
const good = fc.array(fc.tuple(fc.constantFrom(...kinds(GOOD)), fc.nat(100)), { minLength: 1, maxLength: 8 });
const bad = fc.option(fc.tuple(fc.constantFrom(...kinds(BAD)), fc.nat(100)), { nil: undefined });

describe.each(STORES)('any transaction on $name', ({ fresh }) => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer(fresh()); });
  afterAll(() => server.stop());

  const stored = async (limit: number): Promise<Parsed[]> => (await server.services.store.history({ limit })).items as Parsed[];

  it('stores all of its entries, or none when one of them is bad', async () => {
    await fc.assert(fc.asyncProperty(good, bad, async (kept, spoiling) => {
      const entries: object[] = kept.map(([kind, pick], n) => GOOD[kind](n, kept.length, pick));
      if (spoiling !== undefined) entries.splice(spoiling[1] % (entries.length + 1), 0, BAD[spoiling[0]]());
      const before = await stored(1);
      const { status, body } = await server.fhir('POST', '', bundle('transaction', ...entries));
      if (spoiling !== undefined) {
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(await stored(1)).toEqual(before);
        return;
      }
      expect([status, body.entry.length]).toEqual([200, entries.length]);
      for (const entry of body.entry) {
        const [type, id] = entry.response.location.split('/');
        const resource = await server.services.store.read({ type, id });
        expect(resource?.version).toBe(1);
        expect(resource?.body).not.toContain('urn:uuid:22222222');
      }
    }), { numRuns: 200 });
  });
});
