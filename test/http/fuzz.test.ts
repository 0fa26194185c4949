import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, observation, organization, patient, post, put } from './samples.ts';
import { startServer } from './server.ts';
import type { Parsed, TestServer } from './server.ts';

const RUNS = 2000;
const urn = (n: number): string => `urn:uuid:11111111-1111-4111-8111-11111111111${n}`;
const seed = (type: 'batch' | 'transaction'): string => JSON.stringify(bundle(type,
  post(patient({ identifier: [{ system: 'https://example.org/ids', value: '1' }], managingOrganization: { reference: urn(2) } }), { fullUrl: urn(1) }, { ifNoneExist: 'identifier=https://example.org/ids|1' }),
  post(organization(), { fullUrl: urn(2) }),
  put({ ...observation('x', { id: 'fuzzed', subject: { reference: urn(1) } }) }, { fullUrl: urn(3) }),
  { request: { method: 'DELETE', url: 'Observation/fuzzed-old' } },
  { request: { method: 'GET', url: 'Observation?code=14749-6' } },
));

type Mutation =
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'put'; readonly at: number; readonly text: string }
  | { readonly kind: 'swap'; readonly at: number; readonly value: unknown };

const position = fc.double({ min: 0, max: 0.999, noNaN: true });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: position, length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('put' as const), at: position, text: fc.oneof(fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '\\', '\0', '\ud800', 'null', '__proto__', '1e999', '{"a":', 'urn:uuid:'), fc.string({ maxLength: 5 })) }),
  fc.record({ kind: fc.constant('swap' as const), at: position, value: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('Patient?x=1', 'Patient/%zz', '../..', 'PATCH', 'W/"9"', '__proto__', 1e308, -0, { resourceType: 'Bundle' })) }),
);

function mutate(text: string, change: Mutation): string {
  if (change.kind === 'swap') return swapped(text, change);
  const at = Math.floor(change.at * text.length);
  return change.kind === 'cut' ? text.slice(0, at) + text.slice(at + change.length) : text.slice(0, at) + change.text + text.slice(at);
}

/** The text with one of its JSON values replaced. */
function swapped(text: string, { at, value }: Mutation & { kind: 'swap' }): string {
  let root: Parsed;
  try { root = JSON.parse(text); } catch { return text; }
  const places: { holder: Parsed; name: string }[] = [];
  const walk = (holder: Parsed): void => {
    for (const name of Object.keys(holder)) {
      places.push({ holder, name });
      if (typeof holder[name] === 'object' && holder[name] !== null) walk(holder[name]);
    }
  };
  if (typeof root !== 'object' || root === null) return text;
  walk(root);
  const place = places[Math.floor(at * places.length)];
  if (place !== undefined) place.holder[place.name] = value;
  return JSON.stringify(root);
}

describe('mutated bundles', () => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer(); });
  afterAll(() => server.stop());

  const newest = async (): Promise<Parsed> => (await server.services.store.history({ limit: 1 })).items[0];

  it('never end in a fault of the server, and a refused transaction leaves nothing behind', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom('batch' as const, 'transaction' as const), fc.array(mutation, { minLength: 1, maxLength: 3 }), async (type, changes) => {
      const sent = changes.reduce(mutate, seed(type));
      const before = await newest();
      const answer = await server.fhir('POST', '', sent);
      expect(answer.status).toBeLessThan(500);
      expect(['OperationOutcome', 'Bundle']).toContain(answer.body.resourceType);
      if (answer.status === 200) {
        for (const entry of answer.body.entry ?? []) expect(entry.response.status).toMatch(/^[234]/);
      } else {
        expect(await newest()).toEqual(before);
      }
    }), { numRuns: RUNS });
  }, 120_000);
});
