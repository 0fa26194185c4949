import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facilitiesOfPerson, patientsOf, personsOf } from '../../src/identity/index.ts';
import type { IntakeServer } from './intake-server.ts';
import { startIntakeServer } from './intake-server.ts';
import type { PatientSample } from './samples.ts';
import { bundle, patient, residentId, urn } from './samples.ts';

let server: IntakeServer;
beforeAll(async () => { server = await startIntakeServer(); });
afterAll(() => server.stop());

let messages = 0;

/** Pushes a Patient under a message id of its own, and gives its logical id. */
async function send(source: string, sample: PatientSample): Promise<string> {
  const answer = await server.push(source, patient(source, sample), { 'X-Message-Id': `m-${messages++}` });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.entry[0].response.location.split('/')[1];
}

const linked = async (id: string): Promise<readonly string[]> => [...new Set([id, ...patientsOf((await personsOf(server.services, [id])).persons)])].sort();
const facilitiesOf = async (id = ''): Promise<readonly string[]> => (await personsOf(server.services, [id])).persons.flatMap(facilitiesOfPerson).sort();
interface Listed { id: string; reason: string; persons: { patients: string[]; knownAt: string[] }[] }
/** Those of one number: most records here have a name and a birth date in common too, and may be one for that. */
const reviews = async (status = 'requested'): Promise<Listed[]> => (await server.operator('GET', `/identity/reviews?status=${status}&_count=200`)).body.reviews.filter(({ reason }: Listed) => reason === 'same-number');

describe('a person', () => {
  it('is one across three institutions that know the same resident ID and name', async () => {
    const id = residentId(1);
    const patients = [
      await send('hospital-a', { number: 'p1', residentId: id, name: '买买提·艾山' }),
      await send('hospital-b', { number: 'q1', residentId: id, name: '买买提 • 艾山' }),
      await send('community-e', { number: 'r1', residentId: id, name: '买买提艾山' }),
    ];
    expect(new Set(patients).size).toBe(3);
    for (const one of patients) expect(await linked(one)).toEqual([...patients].sort());
    expect(await facilitiesOf(patients[0])).toEqual(['chengxin', 'pubin', 'wutongli']);
    expect(await reviews()).toEqual([]);
  });

  it('is its own when there is no valid number to go by', async () => {
    const first = await send('hospital-a', { number: 'p2' });
    const second = await send('hospital-b', { number: 'q2' });
    expect(await linked(first)).toEqual([first]);
    expect(await linked(second)).toEqual([second]);
  });

  it('is not made known elsewhere by what a source says of other institutions', async () => {
    const answer = await server.push('hospital-a', { ...patient('hospital-a', { number: 'p8' }), managingOrganization: { reference: 'Organization/pubin' } });
    expect(answer.status).toBe(200);
    expect(await facilitiesOf(answer.body.entry[0].response.location.split('/')[1])).toEqual(['chengxin']);
  });

  it('is found by search from any of its records', async () => {
    const id = residentId(2);
    const first = await send('hospital-a', { number: 'p3', residentId: id });
    const second = await send('hospital-b', { number: 'q3', residentId: id });
    const answer = await server.push('hospital-b', { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: `Patient/${second}` } });
    expect(answer.status).toBe(200);
    const found = await server.fhir('GET', `/Observation?patient=${first}`);
    expect(found.body.entry).toHaveLength(1);
  });

  it('is never merged under another name, and the doubt is listed without names', async () => {
    const id = residentId(3);
    const owner = await send('hospital-a', { number: 'p4', residentId: id, name: '李雷' });
    const borrower = await send('hospital-b', { number: 'q4', residentId: id, name: '韩梅梅' });
    expect(await linked(owner)).toEqual([owner]);
    const listed = await reviews();
    expect(listed).toHaveLength(1);
    expect(listed[0]?.persons.map(({ patients }) => patients[0]).sort()).toEqual([`Patient/${owner}`, `Patient/${borrower}`].sort());
    expect(JSON.stringify(listed)).not.toContain('李雷');

    await send('hospital-b', { number: 'q4', residentId: id, name: '李雷' });
    expect(await linked(owner)).toEqual([owner, borrower].sort());
    expect(await reviews()).toEqual([]);
    expect(await reviews('cancelled')).toHaveLength(1);
  });

  it('loses a record whose number is removed, and the institution with it', async () => {
    const id = residentId(4);
    const first = await send('hospital-a', { number: 'p5', residentId: id });
    const second = await send('hospital-b', { number: 'q5', residentId: id });
    expect(await linked(first)).toHaveLength(2);
    await send('hospital-b', { number: 'q5' });
    expect(await linked(first)).toEqual([first]);
    expect(await linked(second)).toEqual([second]);
    expect(await facilitiesOf(first)).toEqual(['chengxin']);
    await send('hospital-b', { number: 'q5', residentId: id });
    expect(await linked(first)).toEqual([first, second].sort());
  });

  it('keeps one set of links when many sources speak of it at one moment', async () => {
    const id = residentId(5);
    const sources = ['hospital-a', 'hospital-b', 'hospital-c', 'hospital-d', 'community-e', 'community-f'];
    const sends = sources.flatMap((source) => [1, 2].map((at) => send(source, { number: `race-${at}`, residentId: id, name: at === 1 ? '张三' : '李四' })));
    const patients = await Promise.all(sends);
    const first = patients.filter((_, at) => at % 2 === 0);
    expect(await linked(first[0] ?? '')).toEqual([...first].sort());
    expect((await reviews()).filter(({ persons }) => persons.some((person) => person.patients.includes(`Patient/${first[0]}`)))).toHaveLength(1);
  });

  it('loses a record that is deleted, and the institution, the doubt and the care relation with it', async () => {
    const id = residentId(7);
    const kept = await send('hospital-a', { number: 'p9', residentId: id });
    const deleted = await send('hospital-b', { number: 'q9', residentId: id });
    const doubted = await send('hospital-c', { number: 'r9', residentId: id, name: '李雷' });
    const answer = await server.push('hospital-a', { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: `Patient/${kept}` } });
    const clinician = { Authorization: `Bearer ${server.token('clinician', { facility: 'pubin' })}` };
    const read = async (): Promise<number> => (await server.fhir('GET', `/${answer.body.entry[0].response.location}`, undefined, clinician)).status;
    const open = async (): Promise<number> => (await reviews()).filter(({ persons }) => persons.some(({ patients }) => patients.includes(`Patient/${kept}`))).length;
    expect([await read(), await open()]).toEqual([200, 1]);

    expect((await server.fhir('DELETE', `/Patient/${deleted}`)).status).toBe(204);
    expect(await linked(kept)).toEqual([kept]);
    expect(await facilitiesOf(kept)).toEqual(['chengxin']);
    expect(await facilitiesOf(deleted)).toEqual([]);
    expect([await read(), await open()]).toEqual([403, 1]);
    const removal = { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'DELETE', url: `Patient/${doubted}` } }] };
    expect((await server.fhir('POST', '', removal)).status).toBe(200);
    expect(await open()).toBe(0);

    await send('hospital-b', { number: 'q9', residentId: id });
    expect(await linked(kept)).toEqual([deleted, kept].sort());
    expect(await read()).toBe(200);
  });

  it('is kept in resources that are valid R4', async () => {
    for (const type of ['Person', 'Task', 'Provenance', 'Organization']) {
      const { items } = await server.services.store.search({ type, where: [], sort: [], limit: 200 });
      expect(items.length, type).toBeGreaterThan(0);
      for (const { body } of items) expect(server.services.fhir.validate(JSON.parse(body)).filter((issue) => issue.severity !== 'information'), body).toEqual([]);
    }
  });

  it('is linked within one message that holds several of its records', async () => {
    const id = residentId(6);
    const answer = await server.push('hospital-a', bundle([patient('hospital-a', { number: 'p6', residentId: id }), patient('hospital-a', { number: 'p7', residentId: id })]));
    const ids = answer.body.entry.map((entry: { response: { location: string } }) => entry.response.location.split('/')[1]);
    expect(await linked(ids[0])).toEqual([...ids].sort());
  });

  it('is one across records that their source merged, and two again when it takes that back', async () => {
    const [old, survivor] = ['p20', 'p21'];
    const oldId = await send('hospital-a', { number: old, name: '赵无名' });
    const elsewhere = await send('community-e', { number: 'r21', residentId: residentId(21), name: '赵敏' });
    const survivorId = await send('hospital-a', { number: survivor, residentId: residentId(21), name: '赵敏' });
    expect(await linked(oldId)).toEqual([oldId]);

    const merge = async (type: 'merge' | 'unmerge'): Promise<void> => {
      const records = [
        { ...patient('hospital-a', { number: old, name: '赵无名' }), ...(type === 'merge' ? { active: false, link: [{ other: { reference: urn(1) }, type: 'replaced-by' }] } : {}) },
        { ...patient('hospital-a', { number: survivor, residentId: residentId(21), name: '赵敏' }), ...(type === 'merge' ? { link: [{ other: { reference: urn(0) }, type: 'replaces' }] } : {}) },
      ];
      expect((await server.push('hospital-a', bundle(records, { identifier: type }))).status).toBe(200);
    };
    await merge('merge');
    expect(await linked(oldId)).toEqual([oldId, survivorId, elsewhere].sort());

    // The record that stayed gets another number: the one it replaced goes with it.
    expect((await server.push('hospital-a', { ...patient('hospital-a', { number: survivor, residentId: residentId(22), name: '赵敏' }), link: [{ other: { reference: `Patient/${oldId}` }, type: 'replaces' }] }, { 'X-Message-Id': 'other-number' })).status).toBe(200);
    expect(await linked(oldId)).toEqual([oldId, survivorId].sort());
    expect(await linked(elsewhere)).toEqual([elsewhere]);

    await merge('unmerge');
    expect(await linked(oldId)).toEqual([oldId]);
    expect(await linked(survivorId)).toEqual([survivorId, elsewhere].sort());
  });
});
