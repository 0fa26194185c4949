import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionServer } from './decision-server.ts';
import { startDecisionServer } from './decision-server.ts';

describe('bad input to decisions', () => {
  let server: DecisionServer;
  beforeAll(async () => { server = await startDecisionServer(); });
  afterAll(() => server.stop());

  it('is answered with an OperationOutcome that names the element, and changes nothing', async () => {
    const { id } = await server.present(await server.prepare(1));
    const before = (await server.fhir('GET', `/DetectedIssue/${id}`)).text;
    const value = fc.oneof(fc.constantFrom('6', '7', '', ' ', 'true', '2026-13-01', '9999-01-01T00:00:00Z', '0'), fc.string({ maxLength: 20 }), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }));
    const body = fc.oneof(
      // What is legal is left out: `reason: "1"` alone would be an answer.
      fc.dictionary(fc.constantFrom('text', 'at', 'isPatientInformed', 'nonsense', '__proto__'), value, { maxKeys: 4 }).filter((one) => Object.keys(one).length > 0),
      fc.record({ reason: value }), fc.record({ reason: fc.constant('6'), text: fc.constantFrom('', ' ', '  ') }), fc.constantFrom('', '{', '[]', 'null', '"x"', '{"reason":"1","reason":'),
    );
    const step = fc.constantFrom('decline', 'reverse');
    await fc.assert(fc.asyncProperty(step, body, async (to, sent) => {
      const answer = await server.physician('POST', `/recognition/decisions/${id}/${to}`, sent);
      expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
      expect(answer.status, answer.text).toBeLessThan(500);
      expect(answer.body).toMatchObject({ resourceType: 'OperationOutcome', issue: expect.arrayContaining([expect.objectContaining({ severity: 'error' })]) });
    }), { numRuns: 150 });
    expect((await server.fhir('GET', `/DetectedIssue/${id}`)).text).toBe(before);
  });

  it('takes any legal id for an unknown decision, and never fails', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uuid(), fc.string({ minLength: 1, maxLength: 70 }).filter((text) => !/^[./\\]+$/.test(text))), fc.constantFrom('', '/accept', '/decline', '/reverse'), async (id, step) => {
      const answer = await server.physician(step === '' ? 'GET' : 'POST', `/recognition/decisions/${encodeURIComponent(id)}${step}`, step === '' ? undefined : { reason: step === '/accept' ? undefined : '1' });
      expect([400, 404, 405], answer.text).toContain(answer.status);
    }), { numRuns: 80 });
  });
});
