import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Parsed } from '../http/server.ts';
import { STORES } from '../http/server.ts';
import { RESIDENT_ID_SYSTEM, residentId } from '../intake/samples.ts';
import type { IdentityServer } from './identity-server.ts';
import { startIdentityServer } from './identity-server.ts';

const ID = residentId(71);
const SAID = { residentId: ID, name: '轩辕黄帝' };
const numberSystem = (source: string): string => `https://bund.example/sources/${source}/patient-number`;

describe.each(STORES)('Patient/$ihe-pix on $name', ({ uri }) => {
  let server: IdentityServer;
  let [a, b] = ['', ''];
  beforeAll(async () => {
    server = await startIdentityServer(uri);
    a = await server.tell('hospital-a', 'x1', SAID);
    b = await server.tell('hospital-b', 'x2', SAID);
    await server.tell('hospital-c', 'x3', { ...SAID, name: '鲁智深之' });
  });
  afterAll(() => server.stop());

  const ask = (source: string, targets: readonly string[] = [], headers?: Record<string, string>): Promise<Answer> =>
    server.fhir('GET', `/Patient/$ihe-pix?sourceIdentifier=${encodeURIComponent(source)}${targets.map((target) => `&targetSystem=${encodeURIComponent(target)}`).join('')}`, undefined, headers);
  const told = ({ body }: Answer): string[] => (body.parameter ?? []).map(({ valueIdentifier, valueReference }: Parsed) => (valueIdentifier === undefined ? valueReference.reference : `${String(valueIdentifier.system)}|${String(valueIdentifier.value)}`)).sort();
  const ofA = `${numberSystem('hospital-a')}|x1`;
  const ofB = `${numberSystem('hospital-b')}|x2`;

  it('gives all other identifiers of the person, and no record that is only probably theirs', async () => {
    const answer = await ask(ofA);
    expect(answer.status, answer.text).toBe(200);
    expect(told(answer)).toEqual([`Patient/${a}`, `Patient/${b}`, ofB, `${RESIDENT_ID_SYSTEM}|${ID}`].sort());
    expect(server.services.fhir.validate(answer.body).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('takes Parameters, and a logical id', async () => {
    const posted = await server.fhir('POST', '/Patient/$ihe-pix', { resourceType: 'Parameters', parameter: [{ name: 'sourceIdentifier', valueIdentifier: { system: numberSystem('hospital-a'), value: 'x1' } }, { name: 'targetSystem', valueUri: numberSystem('hospital-b') }] });
    expect(told(posted)).toEqual([`Patient/${b}`, ofB].sort());
    expect(told(await ask(`${server.url}/fhir|Patient/${a}`, [numberSystem('hospital-b')]))).toEqual([`Patient/${b}`, ofB].sort());
  });

  it('gives those of the domains that are asked for; none where there is none', async () => {
    expect(told(await ask(ofA, [numberSystem('hospital-b')]))).toEqual([`Patient/${b}`, ofB].sort());
    const none = await ask(ofA, [numberSystem('hospital-d')]);
    expect([none.status, told(none)]).toEqual([200, []]);
  });

  it.each([
    ['an identifier that is not known', `${numberSystem('hospital-a')}|nobody`, [], { status: 404, code: 'not-found', diagnostics: 'sourceIdentifier Patient Identifier not found' }],
    ['a domain that is not known', 'urn:oid:1.2.3|x', [], { status: 400, code: 'code-invalid', diagnostics: 'sourceIdentifier Assigning Authority not found' }],
    ['a target that is not known', ofA, ['urn:oid:1.2.3'], { status: 403, code: 'code-invalid', diagnostics: 'targetSystem not found' }],
  ] as const)('answers %s as ITI-83 demands', async (_what, source, targets, { status, code, diagnostics }) => {
    const answer = await ask(source, targets);
    expect(answer.status).toBe(status);
    expect(answer.body.issue).toMatchObject([{ severity: 'error', code, diagnostics }]);
  });

  it('tells a source the numbers of other institutions for its own patients alone', async () => {
    const hospitalA = server.tokenOf('source', 'hospital-a');
    expect(told(await ask(ofA, [], hospitalA))).toEqual([`Patient/${a}`, `Patient/${b}`, ofB].sort());
    expect((await ask(ofB, [], hospitalA)).status).toBe(403);
    expect((await ask(`${RESIDENT_ID_SYSTEM}|${ID}`, [], hospitalA)).status).toBe(403);
    expect((await ask(ofA, [RESIDENT_ID_SYSTEM], hospitalA)).status).toBe(403);
  });

  it('does not tell a clinician whether somebody is known elsewhere, unless the glass is broken', async () => {
    expect(told(await ask(ofA, [], server.tokenOf('clinician', 'pubin')))).toContain(ofB);
    const stranger = server.tokenOf('clinician', 'wutongli');
    const [known, unknown] = [await ask(ofA, [], stranger), await ask(`${numberSystem('hospital-a')}|nobody`, [], stranger)];
    expect([known.status, known.body.issue]).toEqual([404, unknown.body.issue]);
    expect(told(await ask(ofA, [], { ...stranger, 'X-Break-Glass-Reason': encodeURIComponent('unconscious in the emergency room'), 'X-Purpose-Of-Use': 'ETREAT' }))).toContain(ofB);
  });

  it('tells nobody where one number stands for two persons', async () => {
    const answer = await ask(`${RESIDENT_ID_SYSTEM}|${ID}`);
    expect([answer.status, answer.body.issue[0].code]).toEqual([409, 'multiple-matches']);
  });

  it('is traced, whatever becomes of it', async () => {
    await ask(ofA);
    await ask(ofA, ['urn:oid:1.2.3']);
    const { body } = await server.fhir('GET', '/AuditEvent?_count=10&_sort=-date', undefined, { Authorization: `Bearer ${server.token('auditor')}` });
    expect(body.entry.filter(({ resource }: Parsed) => JSON.stringify(resource.subtype).includes('ihe-pix')).length).toBeGreaterThanOrEqual(2);
  });

  it.each(['', 'sourceIdentifier=x', 'sourceIdentifier=|x', `sourceIdentifier=${encodeURIComponent(ofA)}&sourceIdentifier=${encodeURIComponent(ofB)}`, `sourceIdentifier=${encodeURIComponent(ofA)}&tagetSystem=x`])('refuses ?%s and names the element', async (query) => {
    const answer = await server.fhir('GET', `/Patient/$ihe-pix?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.issue[0].expression).toHaveLength(1);
  });

  it('answers whatever is sent with Parameters or an OperationOutcome', async () => {
    const text = fc.oneof(fc.constantFrom(ofA, '|', 'x1', numberSystem('hospital-b'), ''), fc.string({ maxLength: 20 }));
    const asked = fc.oneof(
      fc.record({ resourceType: fc.constant('Parameters'), parameter: fc.array(fc.record({ name: fc.constantFrom('sourceIdentifier', 'targetSystem', 'x'), valueString: text, valueUri: text, valueIdentifier: fc.record({ system: text, value: text }) }, { requiredKeys: ['name'] }), { maxLength: 3 }) }),
      fc.object({ maxDepth: 1 }),
    );
    await fc.assert(fc.asyncProperty(asked, fc.array(fc.tuple(fc.constantFrom('sourceIdentifier', 'targetSystem', 'x'), text), { maxLength: 3 }), async (body, pairs) => {
      const answers = [await server.fhir('POST', '/Patient/$ihe-pix', body), await server.fhir('GET', `/Patient/$ihe-pix?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`)];
      for (const { status, body: answer } of answers) {
        expect([200, 400, 403, 404, 409, 422]).toContain(status);
        expect(answer.resourceType).toBe(status === 200 ? 'Parameters' : 'OperationOutcome');
      }
    }), { numRuns: 40 });
  }, 30_000);
});
