import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { RecognitionServer } from '../recognition-server.ts';
import { ServiceError } from '../../../src/errors.ts';
import type { SearchQuery } from '../../../src/fhir/search/query.ts';
import type { Page, Store } from '../../../src/store/store.ts';
import { draft, hookBody, knownAtA, labReport, LIPIDS_B, prefetchedPatient, pushed, startRecognitionServer } from '../recognition-server.ts';
import { assertCards } from './response-schema.ts';

const SIGN = '/cds-services/bund-order-sign';
type Body = Record<string, unknown>;

describe('bad input to CDS Hooks', () => {
  let server: RecognitionServer;
  let patient: string;
  beforeAll(async () => {
    server = await startRecognitionServer();
    patient = await knownAtA(server, 1);
    await pushed(server, 'hospital-b', labReport({ source: 'hospital-b', person: 1, ageDays: 5, values: LIPIDS_B }));
  });
  afterAll(() => server.stop());

  const sign = (body: unknown) => server.physician('chengxin', SIGN, body);
  const good = (): Body => hookBody('order-sign', patient);
  const inContext = (changes: Body): Body => ({ ...good(), context: { ...(good()['context'] as Body), ...changes } });
  const drafts = (...resources: unknown[]): Body => inContext({ draftOrders: { resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) } });

  it.each([
    ['hook', () => ({ ...good(), hook: 'order-select' })],
    ['hook', () => ({ ...good(), hook: undefined })],
    ['hookInstance', () => ({ ...good(), hookInstance: '1' })],
    ['context', () => ({ ...good(), context: undefined })],
    ['context.userId', () => inContext({ userId: 'doc' })],
    ['context.patientId', () => inContext({ patientId: '' })],
    ['context.draftOrders', () => inContext({ draftOrders: undefined })],
    ['context.draftOrders.resourceType', () => inContext({ draftOrders: { resourceType: 'List' } })],
    ['context.draftOrders.entry[0].resource.id', () => drafts(draft(patient, { id: undefined }))],
    ['context.draftOrders.entry[1].resource.subject', () => drafts(draft(patient), draft('another', { id: 'draft-2' }))],
    ['context.draftOrders.entry[0].resource.code', () => drafts(draft(patient, { code: undefined }))],
    ['context.draftOrders.entry', () => drafts(...Array.from({ length: 51 }, (_, at) => draft(patient, { id: `d${at}` })))],
    ['prefetch.patient', () => ({ ...good(), prefetch: { patient: { resourceType: 'Group' } } })],
    ['prefetch.patient.id', () => ({ ...good(), prefetch: { patient: { resourceType: 'Patient', id: 'another' } } })],
    ['$this', () => []],
  ])('is refused with the element at fault: %s', async (element, body) => {
    const answer = await sign(body());
    assert.equal(answer.status, 400, answer.text);
    assert.ok(answer.body.issue.some(({ expression }: { expression: string[] }) => expression[0] === element), answer.text);
  });

  it('is told by its status: another media type, no JSON, an unknown service, another method, no institution', async () => {
    assert.equal((await server.physician('chengxin', SIGN, '{}', { 'Content-Type': 'text/plain' })).status, 415);
    assert.equal((await sign('{"hook":')).status, 400);
    assert.equal((await server.physician('chengxin', '/cds-services/none', good())).status, 404);
    assert.equal((await fetch(server.url + SIGN)).status, 405);
    // Whoever works at no institution of the region has nobody for whom to ask.
    assert.equal((await server.physician('nowhere', SIGN, good())).status, 422);
  });

  it('passes over orders of another kind, unknown codes and what an EMR adds of its own', async () => {
    const answer = await sign({ ...drafts(
      { resourceType: 'MedicationRequest', id: 'm1', status: 'draft' },
      draft(patient, { id: 'd1', code: { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '73218' }] } }),
      draft(patient, { id: 'd2', code: { text: '血脂' } }),
    ), extension: { 'com.example.timestamp': '2026-11-26' } });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body, { cards: [] });
  });

  it('never ends in a fault, and every answer is a legal one or names an element', async () => {
    const junk = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string({ maxLength: 12 }), fc.array(fc.string({ maxLength: 5 }), { maxLength: 2 }), fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 2 }));
    const places = [['hook'], ['context'], ['context', 'userId'], ['context', 'encounterId'], ['context', 'draftOrders'], ['prefetch'], ['prefetch', 'patient'], ['prefetch', 'patient', 'identifier'],
      ...['id', 'code', 'subject', 'priority', 'reasonCode', 'specimen', 'bodySite', 'contained', 'identifier', 'extension', 'orderDetail', 'requester'].map((name) => ['context', 'draftOrders', 'entry', '0', 'resource', name])];
    await fc.assert(fc.asyncProperty(fc.constantFrom(...places), junk, async (place, value) => {
      const body = { ...good(), prefetch: { patient: prefetchedPatient(patient, 1) } };
      const answer = await sign(replaced(body, place, value));
      assert.ok([200, 400].includes(answer.status), `${place.join('.')} = ${JSON.stringify(value)}: ${answer.text}`);
      if (answer.status === 200) assertCards(answer.body);
      else assert.ok(answer.body.issue.every(({ expression, diagnostics }: Body) => Array.isArray(expression) && diagnostics !== ''), answer.text);
    }), { numRuns: 200 });
  });

  it('of feedback is refused whole, with the element, before anything is taken', async () => {
    const bodies: [body: unknown, element: string][] = [
      [{}, 'feedback'], [{ feedback: [] }, 'feedback'], [{ feedback: [{ card: 'x', outcome: 'accepted', outcomeTimestamp: '2026-03-01T08:00:00Z' }] }, 'feedback[0].card'],
      [{ feedback: [{ card: crypto.randomUUID(), outcome: 'maybe', outcomeTimestamp: '2026-03-01T08:00:00Z' }] }, 'feedback[0].outcome'],
      [{ feedback: [{ card: crypto.randomUUID(), outcome: 'accepted', outcomeTimestamp: 'yesterday' }] }, 'feedback[0].outcomeTimestamp'],
      [{ feedback: [{ card: crypto.randomUUID(), outcome: 'accepted' }] }, 'feedback[0].outcomeTimestamp'],
    ];
    for (const [body, element] of bodies) {
      const answer = await server.physician('chengxin', `${SIGN}/feedback`, body);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body.issue[0].expression[0], element);
    }
  });
});

describe('a reminder that cannot be given', () => {
  /** A gateway whose store does something else when it is searched for results. */
  const serverWith = (search: (search: () => Promise<Page>) => Promise<Page>): Promise<RecognitionServer> => startRecognitionServer(undefined, { BUND_LIMIT_REMINDER_MS: '300' }, (services) => ({
    ...services,
    store: new Proxy(services.store, {
      get: (store, name: keyof Store) => (name === 'search'
        ? (query: SearchQuery) => (query.type === 'Observation' ? search(() => store.search(query)) : store.search(query))
        : (store[name] as (...args: unknown[]) => unknown).bind(store)),
    }),
  }));

  it.each([
    ['the store does not answer', () => Promise.reject(new ServiceError('unavailable', 'The store is gone')), 503],
    ['the store is too slow', (search: () => Promise<Page>) => new Promise<Page>((resolve) => { setTimeout(() => resolve(search()), 700); }), 503],
    ['something is broken', () => Promise.reject(new TypeError('a bug')), 500],
  ] as const)('is answered as a failure within its time where %s', async (_why, search, status) => {
    const server = await serverWith(search);
    try {
      const patient = await knownAtA(server, 1);
      const started = performance.now();
      const answer = await server.physician('chengxin', SIGN, hookBody('order-sign', patient));
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.body.resourceType, 'OperationOutcome');
      assert.ok(performance.now() - started < 5_000);
      assert.equal(answer.text.includes('a bug'), false);
    } finally {
      await server.stop();
    }
  });
});

/** A copy in which one member is another. */
function replaced(body: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown {
  if (Array.isArray(body)) return body.map((one, at) => (String(at) === name ? (rest.length === 0 ? value : replaced(one, rest, value)) : one));
  const object = (body ?? {}) as Body;
  return { ...object, [name]: rest.length === 0 ? value : replaced(object[name], rest, value) };
}
