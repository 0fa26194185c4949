import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISTRICT_END } from '../../src/district/residents.ts';
import { tableLines } from '../../src/district/table-delivery.ts';
import { STORES } from '../http/server.ts';
import type { Parsed } from '../http/server.ts';
import { documentOf, item, studies } from '../normalize/cda/documents.ts';
import { order, pid, v2 } from './hl7v2/samples.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import { residentId } from './samples.ts';

const HL7 = { 'Content-Type': 'application/hl7-v2' };
const at = '20260301090000+0800';

describe.each(STORES)('A number that was used for another patient, on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => { server = await startIntakeServer({ uri }); });
  afterAll(() => server.stop());

  let sent = 0;
  const push = async (segments: readonly string[], type = 'ORU^R01'): Promise<string> => (await server.push('hospital-b', v2({ type, control: `op${sent++}`, at, segments }), HL7)).text;
  const patientNumber = (number: string): string => `https://bund.example/sources/hospital-b/patient-number|${number}`;
  const resultsOf = async (number: string): Promise<Parsed[]> => ((await server.fhir('GET', `/Observation?patient.identifier=${patientNumber(number)}`)).body.entry ?? []).map(({ resource }: Parsed) => resource);

  it('does not take the record over: the message is refused, and says why', async () => {
    expect(await push([pid({ number: 'OA1', name: '甲^一' }), ...order('N-1', at, [{ value: '98' }])])).toContain('MSA|AA');
    const refused = await push([pid({ number: 'OA2', name: '乙^二' }), ...order('N-1', at, [{ value: '140' }])]);
    expect(refused).toContain('MSA|AE');
    expect(refused).toMatch(/ERR\|\|OBX\^1\|.*another patient/);
    expect((await resultsOf('OA1')).map(({ valueQuantity }) => valueQuantity.value)).toEqual([98]);
    expect(await resultsOf('OA2')).toEqual([]);
    const rehearsed = await server.push('hospital-b/$rehearse', v2({ type: 'ORU^R01', control: 'opr', at, segments: [pid({ number: 'OA2', name: '乙^二' }), ...order('N-1', at, [{}])] }), { ...HL7, Authorization: `Bearer ${server.token('source', { subject: 'hospital-b', source: 'hospital-b' })}` });
    expect(rehearsed.body).toMatchObject({ wouldBe: 'refused' });
  });

  it.each([
    ['specimen', (number: string): string[] => [...order(`S-${number}`, at, [{}]), 'SPM|1|^SP-7||SER^血清^HL70487'], 'SPM^1'],
    ['visit', (): string[] => [`PV1|1|I${'|'.repeat(17)}VISIT-7`], 'PV1^1'],
  ])('is refused for a %s too', async (_what, segments, place) => {
    const type = place.startsWith('PV1') ? 'ADT^A01' : 'ORU^R01';
    expect(await push([pid({ number: 'OB1', name: '丙^三' }), ...segments('OB1')], type)).toContain('MSA|AA');
    const refused = await push([pid({ number: 'OB2', name: '丁^四' }), ...segments('OB2')], type);
    expect(refused).toMatch(/MSA\|AE/);
    expect(refused).toContain(`ERR||${place}`);
  });

  it('is taken over by a correction of the patient, and after the mistaken result was taken back', async () => {
    await push([pid({ number: 'OC1', name: '戊^五' }), ...order('N-2', at, [{ value: '98' }])]);
    expect(await push([pid({ number: 'OC2', name: '己^六' }), ...order('N-2', at, [{ value: '98' }], 'C')])).toContain('MSA|AA');
    expect(await resultsOf('OC1')).toEqual([]);
    expect((await resultsOf('OC2')).map(({ status }) => status)).toEqual(['corrected']);
    await push([pid({ number: 'OC1', name: '戊^五' }), ...order('N-3', at, [{ value: '98', status: 'D' }], 'X')]);
    expect(await push([pid({ number: 'OC2', name: '己^六' }), ...order('N-3', at, [{ value: '98' }])])).toContain('MSA|AA');
  });

  it('is no other where both are one person: by the resident ID, or when they are merged at last', async () => {
    const rid = residentId(7);
    await push([pid({ number: 'OD1', name: '庚^七', residentId: rid }), ...order('N-4', at, [{}])]);
    expect(await push([pid({ number: 'OD2', name: '庚^七', residentId: rid }), ...order('N-4', at, [{ value: '99' }])])).toContain('MSA|AA');
    await push([pid({ number: 'OE1', name: '辛^八' }), ...order('N-5', at, [{}])]);
    expect(await push([pid({ number: 'OE2', name: '辛^九' }), ...order('N-5', at, [{ value: '99' }])])).toContain('MSA|AE');
    const refused = (await server.operator('GET', '/intake/messages?status=refused&source=hospital-b')).body.messages[0];
    expect(refused.nextRetryAt).toBeDefined();
    expect(await push([pid({ number: 'OE2', name: '辛^九' }), 'MRG|OE1^^^PUBIN^MR'], 'ADT^A40')).toContain('MSA|AA');
    expect((await server.operator('POST', `/intake/messages/${refused.id}/replay`)).status).toBe(200);
    expect((await resultsOf('OE2')).map(({ valueQuantity }) => valueQuantity.value)).toEqual([99]);
  });

  it('is refused in a document, and in the row of a table, whose others are kept', async () => {
    const document = (number: string, name: string, id: string): string => documentOf({
      ids: `<id root="2.16.156.10011.1.13" extension="${number}"/><id root="2.16.156.10011.1.33" extension="OF-R"/>`, body: studies(item('WBC', '<value xsi:type="PQ" value="5" unit="10*9/L"/>')),
    }).replace('"D1"', `"${id}"`).replace('"K1"', `"K-${number}"`).replace('李强', name);
    expect((await server.push('hospital-d', document('OF1', '赵一', 'OF-1'), { 'Content-Type': 'application/xml' })).status).toBe(200);
    const refused = await server.push('hospital-d', document('OF2', '钱二', 'OF-2'), { 'Content-Type': 'application/xml' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('another patient')]);
    const [header = [], ...rows] = [...tableLines(server.services, { residents: 40, seed: 'table', until: DISTRICT_END }, 'community-e')].map((line) => line.trim().split(','));
    const report = header.indexOf('报告单号');
    const first = rows.filter((row) => row[report] === rows[0]?.[report]);
    const second = rows.filter((row) => row[0] !== first[0]?.[0]).slice(0, 3);
    const table = (lines: readonly (readonly string[])[]): string => [header, ...lines].map((line) => line.join(',')).join('\n');
    const CSV = { 'Content-Type': 'text/csv' };
    expect((await server.push('community-e', table(first), { ...CSV, 'X-Message-Id': 'op1.csv' })).status).toBe(200);
    const mixed = await server.push('community-e', table([...first.map((row) => row.with(0, 'OF-9').with(1, '孙三').with(4, '').with(5, '')), ...second]), { ...CSV, 'X-Message-Id': 'op2.csv' });
    expect([mixed.status, mixed.text]).toEqual([200, expect.stringMatching(/row 2.*another patient|another patient.*row 2/)]);
    const stored = await server.stored('Observation');
    expect(stored.filter(({ meta }: Parsed) => meta.source.endsWith('community-e'))).toHaveLength(first.length + second.length);
  });
});
