import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntakeServer } from '../intake-server.ts';
import { startIntakeServer } from '../intake-server.ts';
import { STORES } from '../../http/server.ts';
import { residentId } from '../samples.ts';
import { permutationsOf } from './permutations.ts';
import { order, pid, v2 } from './samples.ts';

const HL7 = { 'Content-Type': 'application/hl7-v2' };
const TYPES = ['Patient', 'Encounter', 'Observation', 'DiagnosticReport', 'ServiceRequest', 'Condition', 'Person'];
const visit = (more: Record<number, string> = {}): string => {
  const fields: string[] = ['PV1', '1', 'I'];
  fields[19] = 'V1';
  for (const [field, value] of Object.entries(more)) fields[Number(field)] = value;
  return Array.from(fields, (field: string | undefined) => field ?? '').join('|');
};

/** One stay as its messages tell it, in the order in which things happened. */
const FEED: readonly string[] = [
  v2({ type: 'ADT^A05', control: '1', at: '20260301070000+0800', segments: [pid({ number: 'P1' }), visit({ 3: '急诊^^^PUBIN' })] }),
  v2({ type: 'ADT^A01', control: '2', at: '20260301080000+0800', segments: [pid({ number: 'P1', residentId: residentId(1) }), visit({ 3: '内科^201^1^PUBIN', 44: '20260301080000+0800' }), 'DG1|1||I10^高血压^I10||20260301|A'] }),
  v2({ type: 'ORU^R01', control: '3', at: '20260301100000+0800', segments: [pid({ number: 'P1' }), visit(), ...order('O1', '20260301090000+0800', [{ code: '30601', value: '98' }, { code: '30402', value: '0.9' }], 'P')] }),
  v2({ type: 'ADT^A02', control: '4', at: '20260301110000+0800', segments: [pid({ number: 'P1', more: '|||南京东路1号^^上海市' }), visit({ 3: '心内科^301^2^PUBIN', 6: '内科^201^1^PUBIN' })] }),
  v2({ type: 'ORU^R01', control: '5', at: '20260301120000+0800', segments: [pid({ number: 'P1' }), visit(), ...order('O1', '20260301090000+0800', [{ code: '30601', value: '99' }])] }),
  v2({ type: 'ORU^R01', control: '6', at: '20260301130000+0800', segments: [pid({ number: 'P1' }), visit(), ...order('O1', '20260301090000+0800', [{ code: '30402', value: '1.1' }], 'C')] }),
  v2({ type: 'ADT^A08', control: '7', at: '20260302080000+0800', segments: [pid({ number: 'P1', residentId: residentId(1), name: '王^芳芳', more: '|||""' }), visit()] }),
  v2({ type: 'ADT^A03', control: '8', at: '20260303080000+0800', segments: [pid({ number: 'P1', residentId: residentId(1), name: '王^芳芳' }), visit({ 45: '20260303080000+0800' })] }),
  v2({ type: 'ADT^A13', control: '9', at: '20260303090000+0800', segments: [pid({ number: 'P1', name: '王^芳芳' }), visit()] }),
  v2({ type: 'ADT^A40', control: '10', at: '20260304080000+0800', segments: [pid({ number: 'P2', residentId: residentId(1), name: '王^芳芳' }), 'MRG|P1^^^PUBIN^MR'] }),
  // What goes on under the number that stays may overtake the merge.
  v2({ type: 'ADT^A02', control: '11', at: '20260304090000+0800', segments: [pid({ number: 'P2', name: '王^芳芳' }), visit({ 3: '老年科^401^1^PUBIN' })] }),
  v2({ type: 'ORU^R01', control: '12', at: '20260304100000+0800', segments: [pid({ number: 'P2', name: '王^芳芳' }), visit(), ...order('O1', '20260301090000+0800', [{ code: '30601', value: '97' }], 'C')] }),
];

/** What is stored after messages in some order, but for what changes with each write. */
async function stateAfter(messages: readonly string[], uri: string | undefined): Promise<string> {
  const server = await startIntakeServer({ uri });
  try {
    for (const message of messages) {
      const answer = await server.push('hospital-b', message, HL7);
      expect(answer.status, `${answer.text} to ${message}`).toBe(200);
    }
    const stored = await Promise.all(TYPES.map((type) => server.stored(type)));
    // A Person that lost its last record on the way stays, empty.
    return JSON.stringify(stored.map((resources) => resources.filter((resource) => resource['resourceType'] !== 'Person' || resource['active'] === true)), undefined, 1);
  } finally {
    await server.stop();
  }
}

describe.each(STORES)('a feed of HL7 v2 on $name', ({ uri }) => {
  let inOrder: string;
  let server: IntakeServer;
  beforeAll(async () => {
    inOrder = await stateAfter(FEED, uri);
    server = await startIntakeServer({ uri });
    for (const message of FEED) await server.push('hospital-b', message, HL7);
  });
  afterAll(() => server.stop());

  it('ends in the same state in whatever order its messages come, and however often each', async () => {
    const all = FEED.map((_, index) => index);
    const orders = fc.sample(fc.tuple(fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }), fc.array(fc.nat(all.length - 1), { maxLength: 5 })), uri === undefined ? 12 : 3);
    for (const [shuffled, again] of [[[...all].reverse(), all] as const, ...orders]) {
      const messages = [...shuffled, ...again].flatMap((at) => FEED[at] ?? []);
      expect(await stateAfter(messages, uri), [...shuffled, ...again].join(' ')).toBe(inOrder);
    }
  }, 120_000);

  it('tells of the stay what its last word is', async () => {
    const [encounter] = await server.stored('Encounter');
    expect(encounter).toMatchObject({ status: 'in-progress', period: { start: '2026-03-01T08:00:00+08:00' } });
    expect(encounter?.['period']).not.toHaveProperty('end');
    const results = await server.stored('Observation');
    expect(results).toHaveLength(2);
    expect(results.map((result) => result['status']).sort()).toEqual(['corrected', 'corrected']);
    const [report] = await server.stored('DiagnosticReport');
    expect(report?.['result']).toHaveLength(2);
  });

  it('takes an element away that a later message empties', async () => {
    const patients = await server.stored('Patient');
    const stayed = patients.find((patient) => JSON.stringify(patient['identifier']).includes('"P1"'));
    expect(stayed).not.toHaveProperty('address');
    expect(JSON.stringify(stayed?.['name'])).toContain('芳芳');
  });

  it('joins the record that was merged to the person of the one that stays', async () => {
    const persons = (await server.stored('Person')).filter((person) => person['active'] === true);
    expect(persons).toHaveLength(1);
    expect(persons[0]?.['link']).toHaveLength(2);
  });

  it('is taken in once where a message comes many times at one moment', async () => {
    const message = v2({ type: 'ORU^R01', control: '11', at: '20260305080000+0800', segments: [pid({ number: 'P3' }), ...order('O3', '20260305080000+0800', [{}])] });
    const answers = await Promise.all(Array.from({ length: 12 }, () => server.push('hospital-b', message, HL7)));
    expect(answers.map(({ text }) => /MSA\|\w\w/.exec(text)?.[0])).toEqual(Array.from({ length: 12 }, () => 'MSA|AA'));
    const results = (await server.stored('Observation')).filter((result) => JSON.stringify(result['identifier']).includes('O3'));
    expect(results).toHaveLength(1);
    const history = await server.services.store.history({ type: 'Observation', id: String(results[0]?.['id']), limit: 10 });
    expect(history.items).toHaveLength(1);
  });

  it('does not take one of several results of a test for another, where nothing but their order tells them apart', async () => {
    const times = ['20260306080000+0800', '20260306090000+0800', '20260306100000+0800'];
    const glucose = (hour: number, value: string, subId = ''): string => `OBX|1|NM|30601^葡萄糖^99LAB|${subId}|${value}|mmol/L|||||F|||${times[hour]}`;
    const tolerance = (control: string, at: string, ...results: string[]): Promise<string> => server.push('hospital-b', v2({ type: 'ORU^R01', control, at, segments: [pid({ number: 'P5' }), ...order('GTT', times[0]!, []), ...results] }), HL7).then(({ text }) => text);
    expect(await tolerance('30', '20260306110000+0800', glucose(0, '5.0'), glucose(1, '9.0'), glucose(2, '7.0'))).toContain('MSA|AA');
    const values = async (): Promise<readonly unknown[]> => (await server.stored('Observation')).filter((one) => JSON.stringify(one['identifier']).includes('GTT')).map((one) => (one['valueQuantity'] as { value: number }).value).sort();
    // Alone it means the one of its time; some of them, or one of another time, might mean any.
    expect(await tolerance('31', '20260306120000+0800', glucose(2, '6.6'))).toContain('MSA|AA');
    expect(await values()).toEqual([5, 6.6, 9]);
    const refused = await tolerance('32', '20260306120000+0800', glucose(1, '9.9'), glucose(2, '6.7'));
    expect(refused).toContain('MSA|AE');
    expect(refused).toMatch(/ERR\|\|OBX\^1\|.*OBX-4/);
    expect(await tolerance('35', '20260306123000+0800', glucose(2, '6.8').replace(times[2]!, '20260306103000+0800'))).toContain('MSA|AE');
    expect(await values()).toEqual([5, 6.6, 9]);
    const untimed = (...results: readonly [string, string][]): Promise<string> => server.push('hospital-b', v2({
      type: 'ORU^R01', control: `u${results.length}${results[0]?.[1] ?? ''}`, at: `202603061${5 - results.length}0000+0800`, segments: [pid({ number: 'P5' }), ...order('UNT', times[0]!, []), ...results.map(([value, status]) => `OBX|1|NM|30601^葡萄糖^99LAB||${value}|mmol/L|||||${status}`)],
    }), HL7).then(({ text }) => text);
    expect(await untimed(['4', 'F'], ['5', 'F'])).toContain('MSA|AA');
    expect(await untimed(['5', 'D'])).toContain('MSA|AE');
    // An earlier word that comes late changes nothing, and is no fault.
    expect(await server.push('hospital-b', v2({ type: 'ORU^R01', control: 'u0', at: '20260306080000+0800', segments: [pid({ number: 'P5' }), ...order('UNT', times[0]!, [{ value: '4' }])] }), HL7).then(({ text }) => text)).toContain('MSA|AA');
    expect(await tolerance('33', '20260306130000+0800', glucose(0, '5.5'))).toContain('MSA|AA');
    expect(await tolerance('34', '20260306140000+0800', glucose(0, '5.5'), glucose(1, '9.0'), glucose(2, '6.6'))).toContain('MSA|AA');
    expect(await values()).toEqual([5.5, 6.6, 9]);
  });

  it('ends all results of a report that is cancelled without them, in whatever order that is told', async () => {
    const at = '20260306080000+0800';
    const told = (control: string, hour: string, results: Parameters<typeof order>[2], status: string) => (number: string): string =>
      v2({ type: 'ORU^R01', control: `${control}-${number}`, at: `20260306${hour}0000+0800`, segments: [pid({ number: 'P4' }), ...order(number, at, results, status)] });
    const final = told('20', '09', [{ code: '30601', value: '98' }, { code: '30402', value: '0.9' }], 'F');
    const cancelled = told('21', '10', [], 'X');
    const anew = told('22', '11', [{ code: '30601', value: '99' }, { code: '30402', value: '1.0' }], 'F');
    const statusesAfter = async (number: string, messages: readonly ((number: string) => string)[]): Promise<readonly unknown[]> => {
      for (const message of messages) expect((await server.push('hospital-b', message(number), HL7)).text).toContain('MSA|AA');
      const [reports, results] = await Promise.all((['DiagnosticReport', 'Observation'] as const).map(async (type) => (await server.stored(type)).filter((one) => JSON.stringify(one['identifier']).includes(number))));
      return [...reports!, ...results!].map(({ status }) => status);
    };
    const gone = ['cancelled', 'cancelled', 'cancelled'];
    expect(await statusesAfter('X1', [final, cancelled])).toEqual(gone);
    expect(await statusesAfter('X2', [cancelled, final])).toEqual(gone);
    expect(await statusesAfter('X3', [final, cancelled, final, cancelled])).toEqual(gone);
    expect(await statusesAfter('X4', [final, cancelled, anew])).toEqual(['final', 'final', 'final']);
    expect(await statusesAfter('X5', [anew, cancelled, final])).toEqual(['final', 'final', 'final']);
    const fewer = told('23', '12', [{ code: '30601', value: '99' }], 'F');
    for (const [index, order] of permutationsOf([final, cancelled, fewer]).entries()) {
      expect((await statusesAfter(`X-6-${index}-`, [...order, ...order])).toSorted(), String(index)).toEqual(['cancelled', 'final', 'final']);
    }
    const [result] = (await server.stored('Observation')).filter((one) => JSON.stringify(one['identifier']).includes('X1'));
    const told21 = await server.fhir('GET', `/Provenance?target=Observation/${String(result?.['id'])}&_sort=-recorded`);
    expect(told21.body.entry).toHaveLength(2);
  });
});
