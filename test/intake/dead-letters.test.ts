import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Source } from '../../src/intake/source.ts';
import type { Services } from '../../src/services.ts';
import type { CatalogueItem, CodeTables, SourceCodes } from '../../src/terminology/tables.ts';
import { createCodeTables } from '../../src/terminology/create-code-tables.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { bundle, labBundle, patient, result, urn } from './samples.ts';

const GLU: CatalogueItem = { item: 'GLU', zh: '葡萄糖', en: 'Glucose', group: 'g', loinc: '14749-6', unit: 'mmol/L', twins: [{ loinc: '2345-7', unit: 'mg/dL', factor: 0.05551 }] };
const tablesWith = (codes: SourceCodes['codes'], units: SourceCodes['units']): CodeTables =>
  createCodeTables([GLU], new Map([['hospital-a', { system: 'https://bund.example/sources/hospital-a/codes', codes, units }]]));
const MAPPED = { local: 'GLU-2', display: 'glucose', item: 'GLU', loinc: '14749-6', equivalence: 'equivalent' } as const;

let server: IntakeServer;
let codes = tablesWith([], {});
const sources = new Map<string, Source>();
/** A gateway whose tables and sources can be mended while it runs. */
function mendable(services: Services): Services {
  for (const [id, source] of services.sources) sources.set(id, source);
  const tables: CodeTables = {
    get items() { return codes.items; },
    get itemsByLoinc() { return codes.itemsByLoinc; },
    get knownUnits() { return codes.knownUnits; },
    get sources() { return codes.sources; },
  };
  return { ...services, codes: tables, sources };
}
beforeAll(async () => { server = await startIntakeServer({ change: mendable }); });
afterAll(() => server.stop());

const unmapped = async (): Promise<{ code: string; kind: string; count: number; filter: string; firstSeen: string; lastSeen: string }[]> => (await server.operator('GET', '/terminology/unmapped?source=hospital-a')).body.unmapped;

describe('a code or unit that no table knows', () => {
  it('is stored, marked, listed with how often it came, and mapped by a replay once the table knows it', async () => {
    codes = tablesWith([], {});
    const pushes = [1, 2].map((at) => labBundle('hospital-a', { number: 'dl-1' }, [{ number: `dl-1-${at}`, code: 'GLU-2' }]));
    for (const message of pushes) expect((await server.push('hospital-a', message)).status).toBe(200);
    expect(await server.stored('Observation')).toMatchObject([{ meta: { tag: [{ code: 'unmapped-code' }] } }, { meta: { tag: [{ code: 'unmapped-code' }] } }]);
    const [listed] = await unmapped();
    expect(listed).toMatchObject({ source: 'hospital-a', kind: 'code', code: 'GLU-2', display: 'test GLU-2', count: 2 });

    codes = tablesWith([MAPPED], { 'mmol/L': 'mmol/L' });
    const concerned = await server.operator('GET', `/intake/messages?unmapped=${encodeURIComponent(listed?.filter ?? '')}`);
    expect(concerned.body.messages).toHaveLength(2);
    for (const { id } of concerned.body.messages) expect((await server.operator('POST', `/intake/messages/${id}/replay`)).status).toBe(200);

    const mapped = await server.stored('Observation');
    expect(mapped.map((one) => one['meta'])).toEqual([{ source: 'https://bund.example/sources/hospital-a' }, { source: 'https://bund.example/sources/hospital-a' }]);
    expect(mapped[0]).toMatchObject({ code: { coding: [{ code: 'GLU' }, { code: '14749-6' }, { code: 'GLU-2' }] } });
    expect(await unmapped()).toEqual([]);
  });

  it('lists a unit with the test that it was sent for', async () => {
    codes = tablesWith([MAPPED], {});
    await server.push('hospital-a', labBundle('hospital-a', { number: 'dl-2' }, [{ number: 'dl-2-1', code: 'GLU-2', unit: 'spoons' }]));
    expect(await unmapped()).toMatchObject([{ kind: 'unit', code: 'spoons', display: '葡萄糖', count: 1, filter: 'spoons (葡萄糖)' }]);
  });

  it('that came once was first and last seen at one time', async () => {
    codes = tablesWith([MAPPED], {});
    await server.push('hospital-a', labBundle('hospital-a', { number: 'dl-8' }, [{ number: 'dl-8-1', code: 'GLU-2', unit: 'ladles' }]));
    const listed = (await unmapped()).find((entry) => entry.code === 'ladles');
    expect(listed?.lastSeen).toBe(listed?.firstSeen);
  });
});

describe('a dead letter', () => {
  it('keeps its issues, is listed by status and source, and passes once what it needs is there', async () => {
    const refused = await server.push('hospital-a', result('hospital-a', { number: 'dl-3-1', code: 'GLU-2', subject: 'Patient/dl-3' }));
    const id = refused.headers.get('x-intake-message');
    const listed = await server.operator('GET', '/intake/messages?status=refused&source=hospital-a');
    expect(listed.body.messages).toMatchObject([{ id, issueCount: 1, kind: 'single' }]);
    const detail = await server.operator('GET', `/intake/messages/${id}`);
    expect(detail.body.answer.issue[0]).toMatchObject({ code: 'not-found', expression: ['Observation.subject.reference'] });
    expect(detail.text).not.toContain('mmol');

    expect((await server.operator('POST', `/intake/messages/${id}/replay`)).status).toBe(422);
    await server.push('hospital-a', { ...patient('hospital-a', { number: 'dl-3' }), id: 'dl-3' });
    const replayed = await server.operator('POST', `/intake/messages/${id}/replay`);
    expect(replayed.body).toMatchObject({ type: 'transaction-response', entry: [{ response: { status: '201 Created' } }] });
    expect((await server.operator('GET', '/intake/messages?status=refused')).body.messages).toEqual([]);
    const resent = await server.push('hospital-a', result('hospital-a', { number: 'dl-3-1', code: 'GLU-2', subject: 'Patient/dl-3' }));
    expect([resent.status, resent.headers.get('x-intake-repeat')]).toEqual([200, 'true']);
  });

  it('changes nothing when it is replayed a second time', async () => {
    const pushed = await server.push('hospital-a', labBundle('hospital-a', { number: 'dl-4' }, [{ number: 'dl-4-1', code: 'GLU-2' }]));
    const id = pushed.headers.get('x-intake-message');
    const versions = async (): Promise<unknown> => Promise.all(['Patient', 'Observation', 'Person', 'Provenance'].map(async (type) => (await server.services.store.history({ type, limit: 200 })).items.map((item) => item.body)));
    const before = await versions();
    for (let times = 0; times < 2; times++) expect((await server.operator('POST', `/intake/messages/${id}/replay`)).status).toBe(200);
    expect(await versions()).toEqual(before);
  });

  it('is not made of a message that was taken in and whose replay fails', async () => {
    codes = tablesWith([], {});
    const pushed = await server.push('hospital-a', labBundle('hospital-a', { number: 'dl-7' }, [{ number: 'dl-7-1', code: 'GLU-2' }], { identifier: 'dl-7' }));
    const id = pushed.headers.get('x-intake-message');
    const source = server.services.sources.get('hospital-a')!;
    sources.set('hospital-a', { ...source, demands: { Patient: 'https://bund.example/StructureDefinition/bund-organization' } });
    const replayed = await server.operator('POST', `/intake/messages/${id}/replay`);
    sources.set('hospital-a', source);
    expect(replayed.status).toBe(422);
    expect((await server.operator('GET', `/intake/messages/${id}`)).body).toMatchObject({ message: { status: 'processed' }, answer: { type: 'transaction-response' } });
  });

  it('does not undo what a later message said', async () => {
    codes = tablesWith([], {});
    const first = await server.push('hospital-a', labBundle('hospital-a', { number: 'dl-5' }, [{ number: 'dl-5-1', code: 'GLU-2', value: 5.1 }, { number: 'dl-5-2', code: 'GLU-2', value: 7.1 }]));
    await server.push('hospital-a', labBundle('hospital-a', { number: 'dl-5' }, [{ number: 'dl-5-1', code: 'GLU-2', value: 6.6 }]));
    codes = tablesWith([MAPPED], { 'mmol/L': 'mmol/L' });
    const replayed = await server.operator('POST', `/intake/messages/${first.headers.get('x-intake-message')}/replay`);
    const [, later, own] = replayed.body.entry;
    expect(later.response.outcome.issue[0].diagnostics).toContain('later');
    const values = await Promise.all([later, own].map(async ({ response }) => (await server.fhir('GET', `/${response.location}`)).body));
    expect(values).toMatchObject([{ valueQuantity: { value: 6.6 } }, { valueQuantity: { value: 7.1 }, code: { coding: [{ code: 'GLU' }, {}, {}] } }]);
  });

  it('is looked after by operators, and each source sees its own only', async () => {
    const mine = await server.push('hospital-b', bundle([{ resourceType: 'Patient', gender: 'x' }]));
    const asSource = { Authorization: `Bearer ${server.token('source', { subject: 'hospital-a', source: 'hospital-a' })}` };
    const asClinician = { Authorization: `Bearer ${server.token('clinician', { facility: 'chengxin' })}` };
    const get = async (address: string, headers: Record<string, string>): Promise<Response> => fetch(server.url + address, { headers });
    const own = await (await get('/intake/messages', asSource)).json() as { messages: { source: string }[] };
    expect(new Set(own.messages.map((message) => message.source))).toEqual(new Set(['hospital-a']));
    expect((await get('/intake/messages?source=hospital-b', asSource)).status).toBe(403);
    expect((await get(`/intake/messages/${mine.headers.get('x-intake-message')}`, asSource)).status).toBe(403);
    for (const address of ['/intake/messages', '/terminology/unmapped', '/identity/reviews']) expect((await get(address, asClinician)).status, address).toBe(403);
    const replay = await fetch(`${server.url}/intake/messages/${mine.headers.get('x-intake-message')}/replay`, { method: 'POST', headers: asSource });
    expect(replay.status).toBe(403);
    expect((await server.operator('POST', '/intake/messages/none/replay')).status).toBe(404);
  });

  it('is listed page by page through links that nobody can change', async () => {
    const seen = new Set<string>();
    let address: string | undefined = '/intake/messages?_count=3';
    for (let pages = 0; address !== undefined && pages < 20; pages++) {
      const page = await server.operator('GET', address);
      for (const { id } of page.body.messages) {
        expect(seen.has(id)).toBe(false);
        seen.add(id);
      }
      address = page.body.next;
    }
    expect(seen.size).toBe(await server.services.store.count({ type: 'SourceMessage', where: [] }));
    const { body } = await server.operator('GET', '/intake/messages?_count=1');
    expect((await server.operator('GET', `${body.next}x`)).status).toBe(400);
    expect((await server.operator('GET', '/intake/messages?status=lost')).status).toBe(400);
    expect((await server.operator('GET', '/intake/messages?_count=0')).status).toBe(400);
    expect(await server.operator('GET', '/intake/messages?sorce=x')).toMatchObject({ status: 400, body: { issue: [{ diagnostics: "The list takes no parameter 'sorce'; it takes status, source, message-id, unmapped, reason, _count" }] } });
  });
});

describe('the trace of the intake', () => {
  it('names the source, the patient and what was written, and a refusal too', async () => {
    const pushed = await server.push('hospital-a', labBundle('hospital-a', { number: 'dl-6' }, [{ number: 'dl-6-1', code: 'GLU-2' }]));
    const patientAt = pushed.body.entry[0].response.location.split('/_history')[0];
    await server.push('hospital-a', bundle([{ resourceType: 'Patient', gender: 'x' }], { id: urn(3).slice(-12) }));
    const traced = await server.fhir('GET', `/AuditEvent?patient=${patientAt}&action=C`);
    expect(traced.body.entry[0].resource).toMatchObject({ outcome: '0', agent: [{ who: { identifier: { value: 'hospital-a' } } }, {}] });
    const refused = await server.fhir('GET', '/AuditEvent?outcome=4&action=C&_count=1');
    expect(refused.body.entry[0].resource.outcomeDesc).toContain('refused');
  });
});
