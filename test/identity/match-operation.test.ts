import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Parsed } from '../http/server.ts';
import { STORES } from '../http/server.ts';
import { RESIDENT_ID_SYSTEM, residentId } from '../intake/samples.ts';
import type { IdentityServer } from './identity-server.ts';
import { startIdentityServer } from './identity-server.ts';

const GRADE = 'http://hl7.org/fhir/StructureDefinition/match-grade';
const NAME = '皇甫端木';
const ID = residentId(61);

describe.each(STORES)('Patient/$match on $name', ({ uri }) => {
  let server: IdentityServer;
  let [a, b, lent] = ['', '', ''];
  beforeAll(async () => {
    server = await startIdentityServer(uri);
    a = await server.tell('hospital-a', 'm1', { residentId: ID, name: NAME });
    b = await server.tell('hospital-b', 'm2', { residentId: ID, name: NAME });
    lent = await server.tell('hospital-c', 'm3', { residentId: ID, name: '鲁智深之' });
  });
  afterAll(() => server.stop());

  const sought = (changes: object = {}): object => ({ name: 'resource', resource: { resourceType: 'Patient', identifier: [{ system: RESIDENT_ID_SYSTEM, value: ID }], name: [{ text: NAME }], ...changes } });
  const found = ({ body }: Answer): { id: string; grade: string; score: number; person: string }[] => (body.entry ?? []).filter(({ search }: Parsed) => search.mode === 'match').map(({ resource, search }: Parsed) => ({
    id: resource.id, score: search.score,
    grade: search.extension.find(({ url }: Parsed) => url === GRADE).valueCode,
    person: search.extension.find(({ url }: Parsed) => url.endsWith('/person'))?.valueReference.reference,
  }));

  it('answers with every record that may be meant, the likeliest first, each with its grade, score and person', async () => {
    const answer = await server.match([sought()]);
    expect(answer.status, answer.text).toBe(200);
    const matches = found(answer);
    expect(matches.map(({ id }) => id)).toEqual([...[a, b].sort(), lent]);
    expect(matches.map(({ grade }) => grade)).toEqual(['certain', 'certain', 'probable']);
    expect(matches[0]?.person).toBe(matches[1]?.person);
    expect(matches[2]?.person).not.toBe(matches[0]?.person);
    for (const { score } of matches) expect(score).toBeGreaterThanOrEqual(0);
    for (const { score } of matches) expect(score).toBeLessThanOrEqual(1);
    const issues = server.services.fhir.validate(answer.body).filter(({ severity }) => severity === 'error');
    expect(issues).toEqual([]);
  });

  it('answers with certain ones only, and with no more than are asked for', async () => {
    expect(found(await server.match([sought(), { name: 'onlyCertainMatches', valueBoolean: true }])).map(({ grade }) => grade)).toEqual(['certain', 'certain']);
    expect(found(await server.match([sought(), { name: 'count', valueInteger: 1 }]))).toHaveLength(1);
    const bare = await server.fhir('POST', '/Patient/$match?onlyCertainMatches=true&count=1', { resourceType: 'Patient', identifier: [{ system: RESIDENT_ID_SYSTEM, value: ID }], name: [{ text: NAME }] });
    expect(found(bare)).toHaveLength(1);
  });

  it('tells nobody where several persons match with certainty and one is wanted', async () => {
    const id = residentId(62);
    const two = [await server.tell('hospital-a', 'm5', { residentId: id, name: '独孤求败' }), await server.tell('hospital-b', 'm6', { residentId: id, name: '独孤求败' })];
    await server.decide(two, 'different');
    const parameter = { name: 'resource', resource: { resourceType: 'Patient', identifier: [{ system: RESIDENT_ID_SYSTEM, value: id }], name: [{ text: '独孤求败' }] } };
    const answer = await server.match([parameter, { name: 'onlyCertainMatches', valueBoolean: true }]);
    expect(found(answer)).toEqual([]);
    expect(answer.body.entry[0].resource.issue[0].code).toBe('multiple-matches');
    expect(found(await server.match([parameter]))).toHaveLength(2);
  });

  it('finds nobody without a fault, and says when there is too little to go by', async () => {
    expect(found(await server.match([sought({ identifier: [{ system: RESIDENT_ID_SYSTEM, value: residentId(99) }], name: [{ text: '无此人也' }] })]))).toEqual([]);
    const answer = await server.match([{ name: 'resource', resource: { resourceType: 'Patient', gender: 'male' } }]);
    expect(answer.body.entry[0].resource.issue[0].code).toBe('incomplete');
  });

  it('shows clinicians those whom their facility knows, and more only behind broken glass', async () => {
    const ofA = await server.match([sought()], server.tokenOf('clinician', 'chengxin'));
    expect(found(ofA).map(({ id }) => id)).toEqual([a, b].sort());
    const stranger = server.tokenOf('clinician', 'wutongli');
    expect(found(await server.match([sought()], stranger))).toEqual([]);
    const broken = await server.match([sought()], { ...stranger, 'X-Break-Glass-Reason': encodeURIComponent('unconscious in the emergency room'), 'X-Purpose-Of-Use': 'ETREAT' });
    expect(broken.status, broken.text).toBe(200);
    expect(found(broken).map(({ id }) => id)).toEqual([a, b].sort());
    const { body: traces } = await server.fhir('GET', `/AuditEvent?policy=https://bund.example/policy/break-glass&patient=Patient/${b}`, undefined, { Authorization: `Bearer ${server.token('auditor')}` });
    expect(traces.entry).toHaveLength(1);
  });

  it('shows a source those whom its institution knows, a system what its scopes cover, and others nothing', async () => {
    expect(found(await server.match([sought()], server.tokenOf('source', 'hospital-c'))).map(({ id }) => id)).toEqual([lent]);
    const blind = { Authorization: `Bearer ${server.token('system', { scopes: ['identity.match'] })}` };
    expect((await server.match([sought()], blind)).status).toBe(403);
    expect((await server.match([sought()], { Authorization: `Bearer ${server.token('operator')}` })).status).toBe(403);
    expect((await server.match([sought()], { Authorization: `Bearer ${server.token('system', { scopes: ['system/*.rs'] })}` })).status).toBe(403);
  });

  it('leaves a trace that names the patients', async () => {
    await server.match([sought()]);
    const { body } = await server.fhir('GET', `/AuditEvent?patient=Patient/${lent}&_count=50`, undefined, { Authorization: `Bearer ${server.token('auditor')}` });
    expect(JSON.stringify(body)).toContain('"code":"match"');
  });

  it.each([
    ['no Parameters', { resourceType: 'Observation' }, 400],
    ['no resource', { resourceType: 'Parameters', parameter: [{ name: 'count', valueInteger: 1 }] }, 400],
    ['another resource', { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: { resourceType: 'Observation', status: 'final', code: { text: 'x' } } }] }, 400],
    ['a Patient that is none', { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: { resourceType: 'Patient', gender: 'f' } }] }, 422],
    ['an unknown parameter', { resourceType: 'Parameters', parameter: [{ name: 'treshold', valueDecimal: 1 }] }, 400],
    ['two resources', { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: { resourceType: 'Patient' } }, { name: 'resource', resource: { resourceType: 'Patient' } }] }, 400],
    ['a count of none', { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: { resourceType: 'Patient' } }, { name: 'count', valueInteger: 0 }] }, 400],
  ])('refuses %s and names the element', async (_what, body, status) => {
    const answer = await server.fhir('POST', '/Patient/$match', body);
    expect(answer.status).toBe(status);
    expect(answer.body.issue[0].expression).toHaveLength(1);
  });

  it('answers whatever is sent with matches or an OperationOutcome', async () => {
    const text = fc.oneof(fc.constantFrom(NAME, ID, '', '|', '2001', '1971-03-05', 'male'), fc.string({ maxLength: 12 }));
    const parameter = fc.record({
      name: fc.constantFrom('resource', 'count', 'onlyCertainMatches', 'x'),
      resource: fc.record({ resourceType: fc.constantFrom('Patient', 'Group'), name: fc.oneof(text, fc.array(fc.record({ text, family: text }))), birthDate: text, gender: text, identifier: fc.array(fc.record({ system: fc.constantFrom(RESIDENT_ID_SYSTEM, 'urn:x'), value: text })), telecom: fc.anything({ maxDepth: 2 }) }, { requiredKeys: ['resourceType'] }),
      valueBoolean: fc.oneof(fc.boolean(), text), valueInteger: fc.oneof(fc.integer(), text),
    }, { requiredKeys: ['name'] });
    const body = fc.oneof(fc.record({ resourceType: fc.constant('Parameters'), parameter: fc.array(parameter, { maxLength: 3 }) }), fc.record({ resourceType: fc.constant('Patient'), name: fc.array(fc.record({ text })), birthDate: text }), fc.object({ maxDepth: 2 }));
    await fc.assert(fc.asyncProperty(body, async (sent) => {
      const answer = await server.fhir('POST', '/Patient/$match', sent);
      expect([200, 400, 413, 422]).toContain(answer.status);
      expect(answer.body.resourceType).toBe(answer.status === 200 ? 'Bundle' : 'OperationOutcome');
    }), { numRuns: 60 });
  }, 30_000);
});
