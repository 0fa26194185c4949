import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_DOCUMENT_BYTES } from '../../src/normalize/fhir/document-entries.ts';
import { STORES } from '../http/server.ts';
import type { Parsed } from '../http/server.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { bundle, patient, result, urn } from './samples.ts';

const SYSTEM = 'https://hospital-a.example/documents';
const LOINC = 'http://loinc.org';

describe.each(STORES)('a FHIR document on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  /** A laboratory report as a document, with its Composition changed. */
  const document = (number: string, composition: object = {}, envelope: object = {}): Record<string, unknown> & { readonly entry: object[] } => ({ ...bundle([
    {
      resourceType: 'Composition', status: 'final', type: { coding: [{ system: LOINC, code: '11502-2' }] }, category: [{ coding: [{ system: LOINC, code: '26436-6' }] }],
      subject: { reference: urn(1) }, date: '2026-03-01T10:00:00+08:00', author: [{ reference: 'Organization/chengxin' }], title: '检验报告', confidentiality: 'R',
      attester: [{ mode: 'legal', party: { reference: urn(1) } }, { mode: 'legal', party: { reference: 'Organization/chengxin' } }],
      custodian: { reference: 'Organization/chengxin' }, event: [{ code: [{ text: '体检' }], period: { start: '2026-03-01', end: '2026-03-01' } }], section: [{ entry: [{ reference: urn(2) }] }], ...composition,
    },
    patient('hospital-a', { number: `doc-${number}` }), result('hospital-a', { number: `doc-${number}-1`, code: 'GLU', subject: urn(1) }),
  ], { type: 'document' }), identifier: { system: SYSTEM, value: number }, timestamp: '2026-03-01T10:30:00+08:00', ...envelope });
  const found = async (query: string): Promise<Parsed[]> => ((await server.fhir('GET', `/DocumentReference?${query}`)).body.entry ?? []).map(({ resource }: Parsed) => resource);

  it('is found as a document by person, kind and day, and kept to the byte', async () => {
    const sent = JSON.stringify(document('d1'), undefined, 1);
    const answer = await server.push('hospital-a', sent);
    expect(answer.status).toBe(200);
    expect(answer.body.entry.map(({ response }: Parsed) => response.location.split('/')[0])).toEqual(['Composition', 'Patient', 'Observation']);
    const person = answer.body.entry[1].response.location.replace('/_history/1', '');
    const number = 'patient.identifier=https://bund.example/sources/hospital-a/patient-number|doc-d1';
    for (const query of [number, `${number}&category=26436-6&type=${LOINC}|11502-2&date=ge2026-03-01&date=lt2026-03-02`, `identifier=${SYSTEM}|d1`, `${number}&period=2026-03-01`]) expect(await found(query), query).toHaveLength(1);
    expect(await found(`${number}&date=ge2026-03-02`)).toEqual([]);
    const [reference] = await found(number);
    expect(reference).toMatchObject({
      masterIdentifier: { value: 'd1' }, status: 'current', docStatus: 'final', subject: { reference: person }, date: '2026-03-01T10:30:00+08:00', description: '检验报告',
      author: [{ reference: 'Organization/chengxin' }], authenticator: { reference: 'Organization/chengxin' }, custodian: { reference: 'Organization/chengxin' },
      securityLabel: [{ coding: [{ code: 'R' }] }], context: { event: [{ text: '体检' }] }, content: [{ attachment: { contentType: 'application/fhir+json', size: Buffer.byteLength(sent), url: expect.stringMatching(/^Binary\//) } }],
    });
    const binary = (await server.fhir('GET', `/${reference.content[0].attachment.url}`)).body;
    expect(Buffer.from(binary.data, 'base64').toString()).toBe(sent);
    expect(binary.securityContext.reference).toBe(person);
  });

  it('changes nothing when it comes again, and is superseded by the one that replaces it', async () => {
    const first = await server.push('hospital-a', document('d2'));
    const again = await server.push('hospital-a', document('d2'));
    expect(again.body.entry.map(({ response }: Parsed) => response.location)).toEqual(first.body.entry.map(({ response }: Parsed) => response.location));
    expect((await server.push('hospital-a', document('d3', { status: 'amended', relatesTo: [{ code: 'replaces', targetIdentifier: { system: SYSTEM, value: 'd2' } }] }))).status).toBe(200);
    expect((await found(`identifier=${SYSTEM}|d2`))[0].status).toBe('superseded');
    expect((await found(`identifier=${SYSTEM}|d3`))[0]).toMatchObject({ status: 'current', docStatus: 'amended', relatesTo: [{ code: 'replaces', target: { reference: expect.stringMatching(/^DocumentReference\//) } }] });
  });

  it('is told of by its sender alone where that has sent a DocumentReference of it', async () => {
    const sent = document('d4');
    sent.entry.push({ resource: { resourceType: 'DocumentReference', masterIdentifier: { system: SYSTEM, value: 'd4' }, identifier: [{ system: SYSTEM, value: 'd4' }], status: 'current', subject: { reference: urn(1) }, description: '自带', content: [{ attachment: { url: 'https://hospital-a.example/d4' } }] } });
    const answer = await server.push('hospital-a', sent);
    expect(answer.status).toBe(200);
    expect((await found(`identifier=${SYSTEM}|d4`)).map(({ description }) => description)).toEqual(['自带']);
    expect(answer.body.entry).toHaveLength(4);
  });

  it('holds by the time at which it was put together, whichever came first, and none of another patient takes its number', async () => {
    const value = (number: string, of: string, hour: number, relatesTo: object[] = []): object => {
      const sent = document(number, relatesTo.length === 0 ? {} : { relatesTo }, { timestamp: `2026-03-01T${hour}:30:00+08:00` });
      return JSON.parse(JSON.stringify(sent).replaceAll(`doc-${number}`, `doc-${of}`).replace('张伟', of === 'd10' ? '欧阳远' : '张伟').replace('1960-01-01', of === 'd10' ? '1931-05-06' : '1960-01-01').replace('检验报告', `${hour}`)) as object;
    };
    for (const hour of [10, 12, 11]) expect((await server.push('hospital-a', value('d8', 'd8', hour))).status).toBe(200);
    expect((await found(`identifier=${SYSTEM}|d8`)).map(({ description }) => description)).toEqual(['12']);
    const replacing = [{ code: 'replaces', targetIdentifier: { system: SYSTEM, value: 'd8' } }];
    expect((await server.push('hospital-a', value('d9', 'd8', 11, replacing))).status).toBe(200);
    expect((await found(`identifier=${SYSTEM}|d8`))[0]?.status).toBe('superseded');
    const refused = await server.push('hospital-a', value('d8', 'd10', 13));
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('another patient')]);
    expect((await found(`identifier=${SYSTEM}|d8`)).map(({ description }) => description)).toEqual(['12']);
  });

  it('without an identifier is another document with each content', async () => {
    const [one, two] = [await server.push('hospital-a', document('d5', {}, { identifier: undefined })), await server.push('hospital-a', document('d5', { title: '更正' }, { identifier: undefined }))];
    expect([one.status, two.status]).toEqual([200, 200]);
    expect((await found('patient.identifier=https://bund.example/sources/hospital-a/patient-number|doc-d5')).map(({ description }) => description).sort()).toEqual(['更正', '检验报告'].sort());
  });

  it('that is too large to be kept whole is refused, and nothing of it stored', async () => {
    const answer = await server.push('hospital-a', document('d6', { title: 'x'.repeat(MAX_DOCUMENT_BYTES) }));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`at most ${MAX_DOCUMENT_BYTES} bytes`);
    expect(await found(`identifier=${SYSTEM}|d6`)).toEqual([]);
  });

  it('whose Composition is wrong is refused at the place of the Composition', async () => {
    const answer = await server.push('hospital-a', document('d7', { type: 5 }));
    expect(answer.status).toBe(422);
    expect(answer.body.issue.some((issue: Parsed) => issue.expression?.[0]?.startsWith('Bundle.entry[0].resource.type') === true || issue.location?.[0] === 'Bundle.entry[0].resource.type')).toBe(true);
  });
});
