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

  const valuesOf = async (number: string): Promise<readonly number[]> => (await resultsOf(number)).filter(({ status }) => status !== 'entered-in-error').map(({ valueQuantity }) => valueQuantity.value);
  const rehearse = async (segments: readonly string[], type = 'ORU^R01'): Promise<Parsed> => (await server.push('hospital-b/$rehearse', v2({ type, control: `op${sent++}`, at, segments }), { ...HL7, Authorization: `Bearer ${server.token('source', { subject: 'hospital-b', source: 'hospital-b' })}` })).body;

  it('does not take the record over: each patient has their own, also when they come again, and the rehearsal says so', async () => {
    const first = (value: string): string[] => [pid({ number: 'OA1', name: '甲^一' }), ...order('N-1', at, [{ value }])];
    const second = (value: string): string[] => [pid({ number: 'OA2', name: '乙^二' }), ...order('N-1', at, [{ value }, { code: '30402', value: '1.1' }])];
    expect(await push(first('98'))).toContain('MSA|AA');
    const { wouldBe, issues } = await rehearse(second('140'));
    expect(wouldBe).toBe('accepted');
    expect(issues).toContainEqual(expect.objectContaining({ severity: 'warning', location: 'OBX[1]', diagnostics: expect.stringContaining('another patient') }));
    for (const message of [second('140'), first('98'), second('141'), first('99')]) expect(await push(message)).toContain('MSA|AA');
    expect([await valuesOf('OA1'), [...await valuesOf('OA2')].sort()]).toEqual([[99], [1.1, 141]]);
    for (const number of ['OA1', 'OA2']) {
      const reports = ((await server.fhir('GET', `/DiagnosticReport?patient.identifier=${patientNumber(number)}`)).body.entry ?? []).map(({ resource }: Parsed) => resource);
      const results = (await resultsOf(number)).map(({ id }) => `Observation/${id}`);
      expect(reports.map(({ result }: Parsed) => result.map(({ reference }: Parsed) => reference).sort())).toEqual([results.sort()]);
    }
  });

  it.each([
    ['specimen', 'Specimen', (number: string): string[] => [...order(`S-${number}`, at, [{}]), 'SPM|1|^SP-7||SER^血清^HL70487']],
    ['visit', 'Encounter', (): string[] => [`PV1|1|I${'|'.repeat(17)}VISIT-7`]],
  ])('makes no other %s of it', async (_what, type, segments) => {
    for (const number of ['OB1', 'OB2', 'OB1', 'OB2']) expect(await push([pid({ number: `${number}-${type}`, name: `丙^${number}` }), ...segments(`${type}-${number}`)], type === 'Encounter' ? 'ADT^A01' : 'ORU^R01')).toContain('MSA|AA');
    for (const number of ['OB1', 'OB2']) {
      const found: Parsed[] = ((await server.fhir('GET', `/${type}?patient.identifier=${patientNumber(`${number}-${type}`)}`)).body.entry ?? []).map(({ resource }: Parsed) => resource);
      expect(found.map(({ identifier }) => identifier[0].value)).toEqual([type === 'Encounter' ? 'VISIT-7' : 'SP-7']);
      for (const { specimen } of type === 'Specimen' ? await resultsOf(`${number}-${type}`) : []) expect(specimen.reference).toBe(`Specimen/${found[0]?.id}`);
    }
  });

  it('is not taken over by any status either: the mistaken patient\'s is taken back under that patient, in any order', async () => {
    for (const [index, swap] of [false, true].entries()) {
      const [one, two] = [`OV${index}`, `OW${index}`];
      const mistaken = [pid({ number: one, name: `戊^五${index}` }), ...order(`N-2${index}`, at, [{ value: '98' }])];
      const right = [pid({ number: two, name: `己^六${index}` }), ...order(`N-2${index}`, at, [{ value: '97' }], 'C')];
      for (const message of swap ? [right, mistaken] : [mistaken, right]) expect(await push(message)).toContain('MSA|AA');
      expect([await valuesOf(one), await valuesOf(two)]).toEqual([[98], [97]]);
      await push([pid({ number: two, name: `己^六${index}` }), ...order(`N-2${index}`, at, [], 'X')]);
      expect([(await resultsOf(one)).map(({ status }) => status), (await resultsOf(two)).map(({ status }) => status)]).toEqual([['final'], ['cancelled']]);
      await push([pid({ number: one, name: `戊^五${index}` }), ...order(`N-2${index}`, at, [{ value: '98', status: 'D' }], 'X')]);
      expect(await valuesOf(one)).toEqual([]);
    }
  });

  it('leads nobody to another patient\'s visit, specimen or order where it is only mentioned', async () => {
    const [header = [], ...rows] = [...tableLines(server.services, { residents: 40, seed: 'table', until: DISTRICT_END }, 'community-e')].map((line) => line.trim().split(','));
    const at_ = (name: string): number => header.indexOf(name);
    const row = (number: string, name: string, report: string, change: Readonly<Record<string, string>> = {}): string[] => {
      const cells = [...rows[0] ?? []];
      const own = { '病历号': number, '姓名': name, '身份证号': '', '联系电话': '', '就诊号': 'TV-1', '申请单号': 'TO-1', '报告单号': report, '条码号': 'TS-1', ...change };
      for (const [column, value] of Object.entries(own)) cells[at_(column)] = value;
      return cells;
    };
    const push_ = async (file: string, ...lines: string[][]): Promise<void> => expect((await server.push('community-e', [header, ...lines].map((line) => line.join(',')).join('\n'), { 'Content-Type': 'text/csv', 'X-Message-Id': file })).status).toBe(200);
    const bare = { '就诊时间': '', '就诊类型': '', '申请时间': '', '标本类型': '', '接收时间': '' };
    await push_('lh1.csv', row('LH1', '赵甲', 'LR1'));
    await push_('lh2.csv', row('LH2', '钱乙', 'LR2', bare));
    await push_('lh3.csv', row('LH3', '孙丙', 'LR3'));
    await push_('lh4.csv', row('LH3', '孙丙', 'LR4', bare));
    const patients = new Map((await server.stored('Patient')).map(({ id, identifier }: Parsed) => [identifier[0].value, `Patient/${id}`]));
    const encounters = new Map((await server.stored('Encounter')).map(({ id, subject }: Parsed) => [`Encounter/${id}`, subject.reference]));
    const seen = (await server.stored('Observation')).filter(({ subject }: Parsed) => ['LH1', 'LH2', 'LH3'].some((number) => patients.get(number) === subject.reference));
    expect(seen).toHaveLength(4);
    for (const { subject, encounter } of seen as Parsed[]) {
      if (encounter.reference !== undefined) expect(encounters.get(encounter.reference)).toBe(subject.reference);
    }
    const unled = seen.filter(({ encounter }: Parsed) => encounter.reference === undefined);
    expect(unled.map(({ subject, encounter }: Parsed) => [subject.reference, encounter.identifier.value])).toEqual([[patients.get('LH2'), 'TV-1']]);
  });

  it('is another\'s where a newborn goes by the number of the mother', async () => {
    const rid = residentId(11);
    await push([pid({ number: 'OM1', name: '孙^大妈', residentId: rid }), ...order('N-7', at, [{ value: '98' }])]);
    await push([pid({ number: 'OM2', name: '孙^小宝', residentId: rid }), ...order('N-7', at, [{ value: '55' }])]);
    const owners = (await server.stored('Observation')).filter(({ identifier }: Parsed) => JSON.stringify(identifier).includes('N-7/')).map(({ valueQuantity }: Parsed) => valueQuantity.value);
    expect(owners.sort()).toEqual([55, 98]);
  });

  it('is another\'s where the result tells little of its patient, and the exchange knows more', async () => {
    for (const [number, name, birth] of [['OT1', '郑^强', '19610203'], ['OT2', '冯^静', '19720405']] as const) expect(await push([pid({ number, name }).replace('19600101', birth)], 'ADT^A28')).toContain('MSA|AA');
    const thin = (number: string, value: string): string[] => [`PID|1||${number}^^^PUBIN^MR`, ...order('N-8', at, [{ value }])];
    for (const [number, value] of [['OT1', '41'], ['OT2', '42'], ['OT1', '41']] as const) expect(await push(thin(number, value))).toContain('MSA|AA');
    expect([await valuesOf('OT1'), await valuesOf('OT2')]).toEqual([[41], [42]]);
  });

  it('is another\'s where one is not known by name and the record began at another time', async () => {
    const later = '20260302090000+0800';
    const unknown = (number: string): string => `PID|1||${number}^^^PUBIN^MR||无名氏||||`;
    await push([pid({ number: 'OU1', name: '钱^进' }), ...order('N-9', at, [{ value: '41' }])]);
    await push([unknown('OU2'), ...order('N-9', later, [{ value: '43' }])]);
    await push([unknown('OU3'), ...order('N-9', '20260303090000+0800', [{ value: '44' }])]);
    expect([await valuesOf('OU1'), await valuesOf('OU2'), await valuesOf('OU3')]).toEqual([[41], [43], [44]]);
    // Of the same time it is the same record, told under the number that is to be merged.
    await push([pid({ number: 'OU4', name: '钱^途' }), ...order('N-10', at, [{ value: '51' }], 'P')]);
    await push([unknown('OU5'), ...order('N-10', at, [{ value: '52' }])]);
    expect([await valuesOf('OU4'), await valuesOf('OU5')]).toEqual([[], [52]]);
  });

  it('of an appointment is kept apart as well', async () => {
    const book = (number: string, name: string): Promise<string> => push([`SCH|AP-1|AP-1|||||||||^^M30^20260401090000+0800`, pid({ number, name }), 'RGS|1'], 'SIU^S12');
    for (const [number, name] of [['OS1', '周^一'], ['OS2', '吴^二'], ['OS1', '周^一']] as const) expect(await book(number, name)).toContain('MSA|AA');
    const booked = (await server.stored('Appointment')).filter(({ identifier }: Parsed) => identifier[0].value === 'AP-1');
    expect(booked.map(({ start, end, minutesDuration }: Parsed) => [start, end, minutesDuration])).toEqual([0, 1].map(() => ['2026-04-01T09:00:00+08:00', '2026-04-01T09:30:00+08:00', 30]));
  });

  it('is no other where both are one person: by the resident ID, or after they are merged', async () => {
    const rid = residentId(7);
    await push([pid({ number: 'OD1', name: '庚^七', residentId: rid }), ...order('N-4', at, [{}])]);
    expect(await push([pid({ number: 'OD2', name: '庚^七', residentId: rid }), ...order('N-4', at, [{ value: '99' }])])).toContain('MSA|AA');
    expect(await valuesOf('OD2')).toEqual([99]);
    await push([pid({ number: 'OE1', name: '辛^八' }), ...order('N-5', at, [{}])]);
    expect(await push([pid({ number: 'OE2', name: '辛^九' }), 'MRG|OE1^^^PUBIN^MR'], 'ADT^A40')).toContain('MSA|AA');
    expect(await push([pid({ number: 'OE2', name: '辛^九' }), ...order('N-5', at, [{ value: '99' }])])).toContain('MSA|AA');
    expect(await valuesOf('OE2')).toEqual([99]);
  });

  it('is kept apart in documents and tables too; the number of a document itself is not used twice', async () => {
    const document = (number: string, name: string, id: string): string => documentOf({
      ids: `<id root="2.16.156.10011.1.13" extension="${number}"/><id root="2.16.156.10011.1.33" extension="OF-R"/>`, body: studies(item('WBC', '<value xsi:type="PQ" value="5" unit="10*9/L"/>')),
    }).replace('"D1"', `"${id}"`).replace('"K1"', `"K-${number}"`).replace('李强', name);
    const XML = { 'Content-Type': 'application/xml' };
    expect((await server.push('hospital-d', document('OF1', '赵一', 'OF-1'), XML)).status).toBe(200);
    expect((await server.push('hospital-d', document('OF2', '钱二', 'OF-2'), XML)).status).toBe(200);
    const subjects = (await server.stored('Observation')).filter(({ meta }: Parsed) => meta.source.endsWith('hospital-d')).map(({ subject }: Parsed) => subject.reference);
    expect(new Set(subjects).size).toBe(2);
    const refused = await server.push('hospital-d', document('OF3', '孙三', 'OF-1'), XML);
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('another patient')]);
    const [header = [], ...rows] = [...tableLines(server.services, { residents: 40, seed: 'table', until: DISTRICT_END }, 'community-e')].map((line) => line.trim().split(','));
    const report = header.indexOf('报告单号');
    const first = rows.filter((row) => row[report] === rows[0]?.[report]);
    const table = (lines: readonly (readonly string[])[]): string => [header, ...lines].map((line) => line.join(',')).join('\n');
    const CSV = { 'Content-Type': 'text/csv' };
    const before = (await server.stored('Observation')).length;
    expect((await server.push('community-e', table(first), { ...CSV, 'X-Message-Id': 'op1.csv' })).status).toBe(200);
    const answer = await server.push('community-e', table(first.map((row) => row.with(0, 'OF-9').with(1, '孙三').with(4, '').with(5, ''))), { ...CSV, 'X-Message-Id': 'op2.csv' });
    expect(answer.body.issue).toContainEqual(expect.objectContaining({ severity: 'warning', location: ['row 2, column 病历号'], diagnostics: expect.stringContaining('another patient') }));
    expect(await server.stored('Observation')).toHaveLength(before + 2 * first.length);
  });
});
