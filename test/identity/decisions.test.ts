import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../http/server.ts';
import { residentId } from '../intake/samples.ts';
import type { IdentityServer } from './identity-server.ts';
import { startIdentityServer } from './identity-server.ts';

describe.each(STORES)('what a human decides of records, on $name', ({ uri }) => {
  let server: IdentityServer;
  beforeAll(async () => { server = await startIdentityServer(uri); });
  afterAll(() => server.stop());

  let order = 0;
  /** Records of people who have nothing in common. */
  const strangers = (...names: readonly string[]): Promise<string[]> => Promise.all(names.map((name) => {
    const number = ++order;
    return server.tell('hospital-a', `d${number}`, { name, birthDate: `19${50 + number}-0${1 + number % 9}-1${number % 10}` });
  }));

  it('joins and parts records, moves no data, and can be undone', async () => {
    const [a = '', b = ''] = await strangers('欧阳震华', '司马相如');
    expect(await server.together(a)).toEqual([a]);
    const versions = async (): Promise<number[]> => Promise.all([a, b].map(async (id) => (await server.fhir('GET', `/Patient/${id}/_history`)).body.entry.length));

    const decided = await server.decide([`Patient/${a}`, b], 'same');
    expect(decided.status, decided.text).toBe(201);
    expect(decided.body.decision).toMatchObject({ patients: [a, b].sort(), verdict: 'same', status: 'active', decided: { by: 'mei', reason: 'asked the resident at the desk' } });
    expect(await server.together(a)).toEqual([a, b].sort());
    const { body: person } = await server.fhir('GET', `/Person?link=Patient/${a}`);
    expect(person.entry[0].resource.link).toMatchObject([{ assurance: 'level4' }, { assurance: 'level4' }]);
    expect(server.services.fhir.validate(person.entry[0].resource).filter(({ severity }) => severity !== 'information')).toEqual([]);
    expect(await versions()).toEqual([1, 1]);

    const withdrawn = await server.as('lin', 'POST', `/identity/decisions/${decided.body.decision.id}/withdraw`, { reason: 'it was her sister' });
    expect(withdrawn.body.decision).toMatchObject({ status: 'withdrawn', withdrawn: { by: 'lin' } });
    expect(await server.together(a)).toEqual([a]);
    expect(await server.together(b)).toEqual([b]);
    expect(await versions()).toEqual([1, 1]);
    expect((await server.as('lin', 'POST', `/identity/decisions/${decided.body.decision.id}/withdraw`, { reason: 'it was her sister' })).status).toBe(422);
  });

  it('tells how a person came about, and by whom', async () => {
    const [a = '', b = ''] = await strangers('诸葛孔明', '慕容雪村');
    const decided = await server.decide([a, b], 'same');
    const { body: found } = await server.fhir('GET', `/Person?link=Patient/${a}`);
    await server.as('lin', 'POST', `/identity/decisions/${decided.body.decision.id}/withdraw`, { reason: 'it was her sister' });
    const { status, body: history } = await server.as('mei', 'GET', `/identity/persons/${found.entry[0].resource.id}/history`);
    expect(status).toBe(200);
    expect(history.decisions.map(({ did, by }: { did: string; by: string }) => `${by} ${did}`)).toEqual(['lin withdrew', 'mei same']);
    const other = `Patient/${[a, b].find((id) => !history.versions[0].links.some(({ patient }: { patient: string }) => patient === `Patient/${id}`))}`;
    expect(history.versions.map(({ joined, left }: { joined: string[]; left: string[] }) => [joined.length, left])).toEqual([[0, [other]], [1, []], [1, []]]);
    const listed = await server.as('mei', 'GET', `/identity/decisions?patient=Patient/${a}`);
    expect(listed.body.decisions).toMatchObject([{ id: decided.body.decision.id, status: 'withdrawn' }]);
    const { body: traces } = await server.fhir('GET', `/AuditEvent?patient=Patient/${a}&_count=100`, undefined, { Authorization: `Bearer ${server.token('auditor')}` });
    const kinds = traces.entry.flatMap(({ resource }: { resource: { subtype: { code: string }[] } }) => resource.subtype.map(({ code }) => code));
    expect(kinds).toEqual(expect.arrayContaining(['identity-decide', 'identity-withdraw', 'identity-read']));
  });

  it('wins over a number and a name that agree, now and for what comes later', async () => {
    const said = { residentId: residentId(41), name: '上官婉儿' };
    const [a, b] = [await server.tell('hospital-a', 'w1', said), await server.tell('hospital-b', 'w2', said)];
    expect(await server.together(a)).toEqual([a, b].sort());
    expect((await server.decide([a, b], 'different')).status).toBe(201);
    expect(await server.together(a)).toEqual([a]);
    expect(await server.together(b)).toEqual([b]);
    await server.tell('hospital-b', 'w2', { ...said, phone: '13800000041' });
    expect(await server.together(a)).toEqual([a]);
    const c = await server.tell('community-e', 'w3', said);
    expect(await server.together(c)).not.toEqual(expect.arrayContaining([a, b]));
    expect(await server.together(c)).toHaveLength(2);
    expect((await server.reviews()).some(({ persons }) => persons.some(({ patients }) => patients.includes(`Patient/${a}`)))).toBe(false);
  });

  it('stays in force when the data of a record change, and for records that are certainly one of them', async () => {
    const [b = ''] = await strangers('令狐冲之');
    const a = await server.tell('hospital-c', 's1', { residentId: residentId(42), name: '东方不败' });
    await server.decide([a, b], 'same');
    const c = await server.tell('hospital-d', 's2', { residentId: residentId(42), name: '东方不败' });
    expect(await server.together(b)).toEqual([a, b, c].sort());
    await server.tell('hospital-c', 's1', { residentId: residentId(43), name: '西门吹雪' });
    expect(await server.together(b)).toEqual([a, b].sort());
    expect(await server.together(c)).toEqual([c]);
  });

  it('is refused where it contradicts what is decided, with all that contradicts it', async () => {
    const [a = '', b = '', c = ''] = await strangers('百里奚之', '公孙大娘', '端木赐子');
    const one = (await server.decide([a, b], 'same')).body.decision.id;
    const two = (await server.decide([b, c], 'same')).body.decision.id;
    const refused = await server.decide([a, c], 'different');
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(one);
    expect(refused.text).toContain(two);
    expect((await server.decide([a, b], 'different')).text).toContain(one);
    expect((await server.decide([a, b], 'same')).body.decision.id).toBe(one);
    expect(await server.together(a)).toEqual([a, b, c].sort());

    const [d = ''] = await strangers('淳于琼之');
    const apart = (await server.decide([c, d], 'different')).body.decision.id;
    const other = await server.decide([a, d], 'same');
    expect(other.status).toBe(422);
    for (const id of [apart, one, two]) expect(other.text).toContain(id);
  });

  it('is kept without contradiction when several decide at one moment', async () => {
    const [a = '', b = '', c = ''] = await strangers('宇文化及', '尉迟敬德', '长孙无忌');
    const answers = await Promise.all([server.decide([a, b], 'same'), server.decide([b, c], 'same'), server.decide([a, c], 'different')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422]);
    const { body: { decisions } } = await server.as('mei', 'GET', `/identity/decisions?patient=${b}`);
    const { body: { decisions: others } } = await server.as('mei', 'GET', `/identity/decisions?patient=${a}`);
    expect(new Set([...decisions, ...others].map(({ id }: { id: string }) => id)).size).toBe(2);
  });

  it('parts records that their source merged', async () => {
    const survivor = await server.tell('hospital-a', 'merged-2', { name: '夏侯惇之', birthDate: '1940-02-03' });
    const old = await server.push('hospital-a', { ...(await server.fhir('GET', `/Patient/${survivor}`)).body, id: undefined, meta: undefined, identifier: [{ system: 'https://bund.example/sources/hospital-a/patient-number', value: 'merged-1' }], name: [{ text: '无名氏' }], birthDate: '1941-01-01', active: false, link: [{ other: { reference: `Patient/${survivor}` }, type: 'replaced-by' }] });
    const oldId = String(old.body.entry[0].response.location).split('/')[1] ?? '';
    expect(await server.together(survivor)).toEqual([oldId, survivor].sort());
    await server.decide([oldId, survivor], 'different');
    expect(await server.together(survivor)).toEqual([survivor]);
    expect(await server.together(oldId)).toEqual([oldId]);
  });

  it.each([
    ['one record', { patients: ['p1'], verdict: 'same', reason: 'long enough' }],
    ['a record twice', { patients: ['p1', 'Patient/p1'], verdict: 'same', reason: 'long enough' }],
    ['records that are not there', { patients: ['no-such', 'nor-this'], verdict: 'same', reason: 'long enough' }],
    ['another verdict', { patients: ['p1', 'p2'], verdict: 'maybe', reason: 'long enough' }],
    ['no reason', { patients: ['p1', 'p2'], verdict: 'same', reason: ' a ' }],
    ['something else', { patients: ['p1', 'p2'], verdict: 'same', reason: 'long enough', force: true }],
  ])('is refused for %s, with the element', async (_what, body) => {
    const answer = await server.as('mei', 'POST', '/identity/decisions', body);
    expect(answer.status).toBe(422);
    expect(answer.body.resourceType).toBe('OperationOutcome');
    expect(answer.body.issue[0].expression).toHaveLength(1);
  });

  it('is the affair of operators', async () => {
    for (const headers of [server.tokenOf('clinician', 'chengxin'), server.tokenOf('source', 'hospital-a'), { Authorization: `Bearer ${server.token('auditor')}` }]) {
      const statuses = await Promise.all(['/identity/decisions', '/identity/reviews/x', '/identity/persons/x/history', '/identity/jobs'].map(async (address) => (await fetch(server.url + address, { headers })).status));
      expect(statuses).toEqual([403, 403, 403, 403]);
    }
  });
});
