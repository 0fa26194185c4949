import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, observation, organization, patient, post } from './samples.ts';
import { startServer } from './server.ts';
import type { Answer, Parsed, TestServer } from './server.ts';

const NUMBER = 'https://numbers.example';
const breaking = { 'X-Break-Glass-Reason': encodeURIComponent('急诊昏迷，需要既往检验结果'), 'X-Purpose-Of-Use': 'ETREAT' };

let server: TestServer;
let clinician: Record<string, string>;
const ask = (address: string, headers = clinician): Promise<Answer> => server.fhir('GET', address, undefined, headers);
const ids = ({ body }: Answer): string[] => (body.entry ?? []).flatMap((entry: Parsed) => entry.resource?.id ?? []).sort();
const as = (role: 'clinician' | 'auditor', subject: string): Record<string, string> => ({ Authorization: `Bearer ${server.token(role, { subject, ...(role === 'clinician' ? { facility: 'here' } : {}) })}` });

beforeAll(async () => {
  server = await startServer();
  clinician = as('clinician', 'dr-a');
  const at = (id: string, organizationId: string, changes: object = {}) => patient({ id, managingOrganization: { reference: `Organization/${organizationId}` }, ...changes });
  const stored = [
    organization({ id: 'here' }), organization({ id: 'there' }),
    at('known', 'here', { identifier: [{ system: NUMBER, value: '1' }] }),
    at('stranger', 'there', { identifier: [{ system: NUMBER, value: '2' }], link: [{ other: { reference: 'Patient/other' }, type: 'seealso' }] }),
    at('other', 'there'),
    observation('known', { id: 'of-known', performer: [{ reference: 'Organization/here' }] }),
    observation('stranger', { id: 'of-stranger', valueQuantity: undefined, valueString: 'positive' }),
    observation('known', { id: 'of-nobody', subject: { identifier: { system: NUMBER, value: '9' } } }),
    { resourceType: 'Account', id: 'shared', status: 'active', subject: [{ reference: 'Patient/known' }, { reference: 'Patient/stranger' }] },
    { resourceType: 'Account', id: 'own', status: 'active', subject: [{ reference: 'Patient/known' }] },
    { resourceType: 'Group', id: 'group', type: 'person', actual: true, member: [{ entity: { reference: 'Patient/known' } }, { entity: { reference: 'Patient/stranger' } }] },
  ];
  for (const resource of stored as { resourceType: string; id: string }[]) {
    const { status, text } = await server.fhir('PUT', `/${resource.resourceType}/${resource.id}`, resource);
    expect(status, text).toBe(201);
  }
});
afterAll(() => server.stop());

describe('breaking the glass', () => {
  it('opens nothing that is about no patient of the exchange, and tells it from nothing that is not there', async () => {
    const refusals = await Promise.all(['/Observation/of-nobody', '/Observation/none', '/Patient/none', '/Observation/of-nobody/_history', '/Observation/none/_history/1'].map((address) => ask(address, { ...clinician, ...breaking })));
    expect(new Set(refusals.map(({ status, body }) => `${status} ${body.issue[0].diagnostics}`))).toEqual(new Set([`403 ${refusals[0]!.body.issue[0].diagnostics}`]));
  });

  it('still answers that nobody was found by an identifier', async () => {
    const answer = await ask(`/Patient?identifier=${NUMBER}|none`, { ...clinician, ...breaking });
    expect([answer.status, ids(answer)]).toEqual([200, []]);
  });

  it('names a person by id or identifier alone, not by a link to the record of somebody else', async () => {
    expect((await ask('/Patient?link=Patient/other', { ...clinician, ...breaking })).status).toBe(403);
    expect(ids(await ask('/Patient?_id=stranger&link=Patient/other', { ...clinician, ...breaking }))).toEqual(['stranger']);
  });
});

describe('a clinician', () => {
  it('finds no resource that is about others as well, and is told how to get those that are not', async () => {
    for (const address of ['/Account?patient=known', '/Account?subject=Patient/known', '/Account?patient=known&_summary=count', '/Group?member=Patient/known', '/Provenance?patient=known']) {
      const { status, body } = await ask(address);
      expect(status, address).toBe(403);
      expect(body.issue[0].diagnostics).toMatch(/about several patients.*_revinclude/);
      expect((await ask(address, { ...clinician, ...breaking })).status, address).toBe(403);
    }
    expect(ids(await ask('/Patient?_id=known&_revinclude=Account:patient'))).toEqual(['known', 'own']);
    expect((await ask('/Account/own')).status).toBe(200);
    expect((await ask('/Account/shared')).status).toBe(403);
  });

  it('reads the history of one resource, where each version may be read by itself', async () => {
    await server.fhir('PUT', '/Observation/moved', observation('known', { id: 'moved' }));
    expect((await ask('/Observation/moved/_history')).status).toBe(200);
    await server.fhir('PUT', '/Observation/moved', observation('known', { id: 'moved', subject: { identifier: { system: NUMBER, value: '9' } } }));
    expect((await ask('/Observation/moved/_history')).status).toBe(403);
    expect((await ask('/Observation/moved/_history?_count=1')).status).toBe(403);
    expect((await ask('/Observation/moved/_history/1')).status).toBe(200);
    expect((await ask('/Observation/_history')).body.issue[0].diagnostics).toMatch(/one, at Observation\/<id>\/_history/);
    expect((await ask('/Organization/_history')).status).toBe(200);
  });

  it.each([
    ['Patient?_id=known&_summary=count&_has:Provenance:target:target:Observation.value-string=positive'],
    ['Patient?_id=known&_has:Observation:patient:code=x'],
    ['Observation?patient=known&has-member:Observation.value-string=positive'],
    ['Observation?patient=known&encounter.patient.identifier=2'],
    ['Observation?patient=known&performer:Patient.identifier=2'],
    ['Observation?patient.name=x'],
    ['Observation?patient.identifier=1,2'],
    [`Observation?patient.identifier=${NUMBER}|`],
    ['Organization?_has:Observation:performer:patient=stranger'],
    ['Organization?_has:Patient:organization:identifier=2'],
  ])('learns nothing of others through the chain of %s', async (address) => {
    const { status, body } = await ask(`/${address}`);
    expect([status, body.issue?.[0].diagnostics]).toEqual([403, expect.stringMatching(/leads to reference data, or is patient\.identifier/)]);
  });

  it('chains to reference data, and names a patient by identifier', async () => {
    expect(ids(await ask(`/Observation?patient.identifier=${NUMBER}|1&performer:Organization.name=x`))).toEqual([]);
    expect(ids(await ask(`/Observation?patient.identifier=${NUMBER}|1`))).toEqual(['of-known']);
    expect((await ask('/Organization?_has:PractitionerRole:organization:practitioner=x')).status).toBe(200);
  });

  it('is told the same of an identifier that others know and of one that nobody knows', async () => {
    const [of, none] = await Promise.all(['2', '3'].map((value) => ask(`/Observation?patient=known&patient.identifier=${NUMBER}|${value}`)));
    expect(of!.status).toBe(403);
    expect(none!.text).toBe(of!.text);
  });
});

describe('what a page includes', () => {
  it('is looked for behind what the caller may not see, and is said to be cut when it is', async () => {
    const small = await startServer({ BUND_LIMIT_INCLUDES: '2' });
    try {
      const token = { Authorization: `Bearer ${small.token('clinician', { facility: 'here' })}` };
      const performer = [{ reference: 'Organization/here' }];
      await small.fhir('PUT', '/Organization/here', organization({ id: 'here' }));
      for (const [id, at] of [['known', 'here'], ['stranger', 'there']] as const) await small.fhir('PUT', `/Patient/${id}`, patient({ id, managingOrganization: { reference: `Organization/${at}` } }));
      await small.fhir('PUT', '/Observation/of-known', observation('known', { id: 'of-known', performer }));
      for (let n = 0; n < 8; n++) await small.fhir('PUT', `/Observation/of-stranger-${n}`, observation('stranger', { id: `of-stranger-${n}`, performer }));
      const asked = '/Organization?_id=here&_revinclude=Observation:performer';
      expect(ids(await small.fhir('GET', asked, undefined, token))).toEqual(['here', 'of-known']);
      const cut = await small.fhir('GET', asked);
      expect(ids(cut)).toHaveLength(3);
      expect(cut.body.entry.at(-1)).toMatchObject({ search: { mode: 'outcome' }, resource: { issue: [{ code: 'too-costly' }] } });
      await small.fhir('POST', '', bundle('transaction', ...Array.from({ length: 200 }, () => post(observation('stranger', { performer })))));
      const beyond = await small.fhir('GET', asked, undefined, token);
      expect([ids(beyond), beyond.body.entry.at(-1).search.mode]).toEqual([['here'], 'outcome']);
    } finally {
      await small.stop();
    }
  });
});

describe('an auditor', () => {
  it('finds traces by the identifier of a patient', async () => {
    expect((await ask('/Observation?patient=known')).status).toBe(200);
    expect(ids(await ask(`/AuditEvent?patient.identifier=${NUMBER}|1&action=E`, as('auditor', 'auditor-a'))).length).toBeGreaterThan(0);
  });

  it.each([['patient._has:Observation:patient:value-string=positive'], ['entity:Observation.status=final'], ['patient.name=x'], ['patient.organization.identifier=x']])('learns nothing of records through %s', async (query) => {
    const { status, body } = await ask(`/AuditEvent?${query}`, as('auditor', 'auditor-a'));
    expect([status, body.issue?.[0].diagnostics]).toEqual([403, expect.stringMatching(/ends at an identifier/)]);
  });
});

describe('a system', () => {
  it('chains only to what its scopes cover', async () => {
    const narrow = { Authorization: `Bearer ${server.token('system', { scopes: ['system/Patient.rs'] })}` };
    const { status, body } = await ask('/Patient?_has:Observation:patient:value-string=positive', narrow);
    expect([status, body.issue?.[0].diagnostics]).toEqual([403, 'The token lacks the scope system/Observation.s']);
  });
});
