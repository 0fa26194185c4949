import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './server.ts';

interface Answer { readonly status: number; readonly ids: readonly string[]; readonly diagnostics: string }
interface Trace { readonly outcomeDesc?: string; readonly subtype: readonly { code: string }[]; readonly entity: readonly { what?: { reference?: string }; query?: string; detail?: readonly { valueString: string }[] }[]; readonly purposeOfEvent: readonly { coding: readonly { code: string }[] }[] }

const RESIDENT_ID = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const PROFILE = { meta: { tag: [{ system: 'https://bund.example/CodeSystem/tag', code: 'test' }] } };

let server: TestServer;
let clinician: string;
beforeAll(async () => {
  server = await startServer();
  clinician = server.token('clinician', { subject: 'dr-wu', facility: 'org-a' });
  // Wang is known at both institutions, Li at B only.
  await put(...['org-a', 'org-b'].map((id) => ({ resourceType: 'Organization', id, name: id })));
  await put(patient('wang-a', 'org-a', '王小明', '31010119900307123'), patient('wang-b', 'org-b', '王小明', '31010119900307123'), patient('li-b', 'org-b', '李雷', undefined));
  await put(...['wang-a', 'wang-b', 'li-b'].map((id) => ({ resourceType: 'Encounter', id: `visit-${id}`, status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, subject: { reference: `Patient/${id}` } })));
  await put(result('of-wang-a', 'wang-a', 'wang-a'), result('of-wang-b', 'wang-b', 'wang-b'), result('of-li', 'li-b', 'li-b'), result('of-wang-at-visit-of-li', 'wang-a', 'li-b'));
});
afterAll(() => server.stop());

async function put(...resources: readonly { resourceType: string; id: string }[]): Promise<void> {
  for (const resource of resources) {
    const { status, text } = await server.fhir('PUT', `/${resource.resourceType}/${resource.id}`, { ...PROFILE, ...resource });
    expect(status, text).toBe(201);
  }
}

/** @param number resident ID, its check character 0 */
function patient(id: string, organization: string, name: string, number: string | undefined): { resourceType: string; id: string } {
  const identifier = number === undefined ? {} : { identifier: [{ system: RESIDENT_ID, value: `${number}0` }] };
  return Object.assign({ resourceType: 'Patient', id, ...identifier, name: [{ text: name }] }, { managingOrganization: { reference: `Organization/${organization}` } });
}

function result(id: string, about: string, visit: string): { resourceType: string; id: string } {
  return Object.assign({ resourceType: 'Observation', id }, {
    status: 'final', code: { text: '血糖' }, subject: { reference: `Patient/${about}` }, encounter: { reference: `Encounter/visit-${visit}` }, performer: [{ reference: 'Organization/org-b' }],
  });
}

async function ask(token: string, address: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/fhir${address}`, { headers: { Authorization: `Bearer ${token}`, ...headers } });
  const body = (await response.json()) as { resourceType: string; id?: string; entry?: { resource: { id: string } }[]; issue?: { diagnostics: string }[] };
  const ids = (body.resourceType === 'Bundle' ? (body.entry ?? []).map((entry) => entry.resource.id) : [body.id ?? '']).sort();
  return { status: response.status, ids, diagnostics: body.issue?.map((issue) => issue.diagnostics).join() ?? '' };
}

async function traces(query: string): Promise<readonly Trace[]> {
  const { text } = await server.fhir('GET', `/AuditEvent?${query}&_count=200`);
  return ((JSON.parse(text) as { entry?: { resource: Trace }[] }).entry ?? []).map((entry) => entry.resource);
}

const breaking = { 'X-Break-Glass-Reason': encodeURIComponent('急诊昏迷，需要既往检验结果'), 'X-Purpose-Of-Use': 'ETREAT' };

describe('a clinician', () => {
  it('finds a known person\'s results of every institution', async () => {
    expect((await ask(clinician, '/Observation?patient=wang-a')).ids).toEqual(['of-wang-a', 'of-wang-at-visit-of-li', 'of-wang-b']);
    expect(await ask(clinician, '/Observation?subject=Patient/wang-b&_total=accurate')).toMatchObject({ status: 200, ids: { length: 3 } });
    expect((await ask(clinician, '/Observation/of-wang-b')).status).toBe(200);
    expect((await ask(clinician, '/Observation/of-wang-b/_history/1')).status).toBe(200);
    expect((await ask(clinician, '/Observation/of-wang-b/_history')).status).toBe(200);
  });

  it('finds patients known at the facility, and their records elsewhere, but no others', async () => {
    expect((await ask(clinician, '/Patient')).ids).toEqual(['wang-a', 'wang-b']);
    expect((await ask(clinician, '/Patient?_id=li-b')).ids).toEqual([]);
    expect((await ask(clinician, `/Patient?identifier=${RESIDENT_ID}|310101199003071230`)).ids).toEqual(['wang-a', 'wang-b']);
    const counted = await fetch(`${server.url}/fhir/Patient?_summary=count`, { headers: { Authorization: `Bearer ${clinician}` } });
    expect(await counted.json()).toMatchObject({ total: 2 });
  });

  it('is told the same of somebody else\'s patient, of none, and of a resource that does not exist', async () => {
    const addresses = ['/Observation?patient=li-b', '/Observation?patient=nobody', '/Observation/of-li', '/Observation/none', '/Observation/of-li/_history/1', '/Observation/none/_history/1', '/Observation/of-li/_history', '/Observation/none/_history', '/Patient/li-b', '/Patient/nobody', `/Observation?patient.identifier=${RESIDENT_ID}|110101199003070000`];
    const answers = await Promise.all(addresses.map((address) => ask(clinician, address)));
    expect(new Set(answers.map(({ status, diagnostics }) => `${status} ${diagnostics}`))).toEqual(new Set([`403 ${answers[0]!.diagnostics}`]));
    expect(answers[0]!.diagnostics).toMatch(/no care relation/);
  });

  it('must name the patient, and cannot get around it', async () => {
    for (const address of ['/Observation', '/Observation?code:text=x', '/Observation?patient:not=li-b', '/Observation?_id=of-li', '/Encounter?_id=visit-li-b', '/Observation?encounter=visit-li-b', '/Observation?performer=Organization/org-b', '/Observation/_history']) {
      expect((await ask(clinician, address)).status, address).not.toBe(200);
    }
    expect((await ask(clinician, '/Observation?patient=wang-a,li-b')).status).toBe(403);
    expect((await ask(clinician, '/_history')).status).toBe(403);
  });

  it('gets no other patient\'s resource by inclusion', async () => {
    const { ids } = await ask(clinician, '/Observation?patient=wang-a&_include=Observation:encounter&_include=Observation:performer');
    expect(ids).toEqual(['of-wang-a', 'of-wang-at-visit-of-li', 'of-wang-b', 'org-b', 'visit-wang-a', 'visit-wang-b']);
    expect((await ask(clinician, '/Organization?_id=org-b&_revinclude=Observation:performer')).ids).toEqual(['of-wang-a', 'of-wang-at-visit-of-li', 'of-wang-b', 'org-b']);
  });

  it('learns nothing through a chain from reference data', async () => {
    expect(await ask(clinician, '/Organization?_has:Observation:performer:patient=li-b')).toMatchObject({ status: 403, diagnostics: expect.stringMatching(/leads to reference data/) });
  });

  it('reads reference data, and neither writes nor reads traces nor lists messages', async () => {
    expect((await ask(clinician, '/Organization/org-b')).status).toBe(200);
    expect((await ask(clinician, '/Organization/none')).status).toBe(404);
    expect((await ask(clinician, '/AuditEvent?patient=wang-a')).status).toBe(403);
    expect((await server.fhir('PUT', '/Observation/of-wang-a', result('of-wang-a', 'wang-a', 'wang-a'), { Authorization: `Bearer ${clinician}` })).status).toBe(403);
  });

  it('is judged entry by entry in a batch', async () => {
    const entry = ['Observation/of-wang-a', 'Observation/of-li', 'Observation?patient=li-b'].map((url) => ({ request: { method: 'GET', url } }));
    const { body } = await server.fhir('POST', '/', { resourceType: 'Bundle', type: 'batch', entry }, { Authorization: `Bearer ${clinician}` });
    expect((body as { entry: { response: { status: string } }[] }).entry.map(({ response }) => response.status.slice(0, 3))).toEqual(['200', '403', '403']);
  });
});

describe('breaking the glass', () => {
  it('opens the record of one person, flagged with reason and purpose for the auditor', async () => {
    const emergency = server.token('clinician', { subject: 'dr-er', facility: 'org-a' });
    expect((await ask(emergency, '/Observation?patient=li-b&_include=Observation:encounter', breaking)).ids).toEqual(['of-li', 'visit-li-b']);
    expect((await ask(emergency, '/Patient?_id=li-b', breaking)).ids).toEqual(['li-b']);
    expect((await ask(emergency, '/Observation/of-li', breaking)).status).toBe(200);
    const flagged = await traces('policy=https://bund.example/policy/break-glass&altid=dr-er');
    expect(flagged.map(({ subtype }) => subtype[0]?.code)).toEqual(['read', 'search-type', 'search-type']);
    for (const trace of flagged) {
      expect(trace.purposeOfEvent.map(({ coding }) => coding[0]?.code)).toEqual(['ETREAT', 'BTG']);
      expect(trace.entity.flatMap(({ detail }) => detail?.map(({ valueString }) => valueString) ?? [])).toEqual(['急诊昏迷，需要既往检验结果']);
      expect(trace.entity.map(({ what }) => what?.reference)).toContain('Patient/li-b');
    }
  });

  it('opens neither everything nor several persons', async () => {
    expect((await ask(clinician, '/Observation?patient=li-b,wang-a', breaking)).status).toBe(403);
    expect((await ask(clinician, '/Observation', breaking)).status).toBe(403);
    expect((await ask(clinician, '/Patient', breaking)).status).toBe(403);
    expect((await ask(clinician, '/AuditEvent', breaking)).status).toBe(403);
  });

  it('is not flagged where the care relation was enough', async () => {
    const careful = server.token('clinician', { subject: 'dr-careful', facility: 'org-a' });
    expect((await ask(careful, '/Observation?patient=wang-a', breaking)).status).toBe(200);
    expect(await traces('policy=https://bund.example/policy/break-glass&altid=dr-careful')).toEqual([]);
  });
});

describe('the other roles', () => {
  it('let an auditor see traces by patient, time, action and outcome, and nothing else', async () => {
    const auditor = server.token('auditor');
    for (const query of ['patient=wang-a', 'patient=Patient/wang-a&date=ge2020-01-01', 'action=E&outcome=0', 'agent-name:missing=true', 'altid=dr-wu', 'agent=Organization/org-a', 'entity=Observation/of-wang-b', 'subtype=read']) {
      const { status, ids } = await ask(auditor, `/AuditEvent?${query}`);
      expect(status, query).toBe(200);
      expect(ids.length, query).toBeGreaterThan(0);
    }
    const [id = ''] = (await ask(auditor, '/AuditEvent?_count=1')).ids;
    expect((await ask(auditor, `/AuditEvent/${id}`)).status).toBe(200);
    expect((await ask(auditor, '/AuditEvent?altid=dr-wu&_include=AuditEvent:patient')).ids.filter((found) => found.startsWith('wang'))).toEqual([]);
    for (const address of ['/Patient/wang-a', '/Observation?patient=wang-a', '/Organization/org-a']) expect((await ask(auditor, address)).status, address).toBe(403);
  });

  it('keep operators and sources away from clinical content', async () => {
    for (const token of [server.token('operator'), server.token('source', { source: 'hospital-a' })]) {
      for (const address of ['/Patient/wang-a', '/Observation?patient=wang-a', '/AuditEvent', '/Organization/org-a']) expect((await ask(token, address)).status, address).toBe(403);
    }
  });

  it('give a system what its scopes say', async () => {
    const narrow = server.token('system', { scopes: ['system/Observation.rs'] });
    expect((await ask(narrow, '/Observation?patient=li-b&_include=Observation:subject')).ids).toEqual(['of-li', ]);
    expect(await ask(narrow, '/Patient/li-b')).toMatchObject({ status: 403, diagnostics: 'The token lacks the scope system/Patient.r' });
  });

  it('let nobody write a trace', async () => {
    const event = { resourceType: 'AuditEvent', type: { code: 'rest' }, recorded: '2026-03-01T08:00:00Z', agent: [{ requestor: true }], source: { observer: { display: 'x' } } };
    expect((await server.fhir('POST', '/AuditEvent', event)).status).toBe(403);
  });
});

describe('a denial', () => {
  it('is traced with who, whom, what and why before it is answered', async () => {
    const curious = server.token('clinician', { subject: 'dr-curious', facility: 'org-a' });
    const { diagnostics } = await ask(curious, '/Observation?patient=li-b&code=x');
    const denied = await traces('altid=dr-curious&outcome=4&patient=li-b');
    expect(denied).toHaveLength(1);
    expect(denied[0]).toMatchObject({ outcomeDesc: diagnostics, subtype: [{ code: 'search-type' }] });
    expect(denied[0]!.entity.flatMap(({ query }) => (query === undefined ? [] : [Buffer.from(query, 'base64').toString()]))).toEqual(['Observation?patient=li-b&code=x']);
  });
});
