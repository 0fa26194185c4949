import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORES } from '../http/server.ts';
import { residentId } from '../intake/samples.ts';
import type { IdentityServer, Listed } from './identity-server.ts';
import { startIdentityServer } from './identity-server.ts';

describe.each(STORES)('a doubt about who is who, on $name', ({ uri }) => {
  let server: IdentityServer;
  beforeAll(async () => { server = await startIdentityServer(uri); });
  afterAll(() => server.stop());

  const about = async (patient: string, status?: string): Promise<Listed[]> => (await server.reviews(status)).filter(({ persons }) => persons.some(({ patients }) => patients.includes(`Patient/${patient}`)));
  const answer = async (id: string, verdict: string): Promise<number> => (await server.as('mei', 'POST', `/identity/reviews/${id}/decide`, { verdict, reason: 'compared the papers' })).status;
  /** Two records that are probably of one person, and no more than that: many go by such a name. */
  const likely = async (name: string, year: number): Promise<[string, string]> => [
    await server.tell('hospital-a', `l${year}-1`, { name, birthDate: `${year}-0${year % 10}-1${year % 10}` }),
    await server.tell('hospital-b', `l${year}-2`, { name, birthDate: `${year}-0${year % 10}-1${year % 10}` }),
  ];

  it('is asked once where two persons are probably one, and joins nothing meanwhile', async () => {
    const [a, b] = await likely('张伟', 1951);
    expect(await server.together(a)).toEqual([a]);
    const [review, ...others] = await about(a);
    expect(others).toEqual([]);
    expect(review).toMatchObject({ reason: 'likely-one', grade: 'probable', status: 'requested' });
    expect(review?.persons.flatMap(({ patients }) => patients).sort()).toEqual([`Patient/${a}`, `Patient/${b}`].sort());
    const { items } = await server.services.store.search({ type: 'Task', where: [], sort: [], limit: 10 });
    for (const { body } of items) expect(server.services.fhir.validate(JSON.parse(body)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is shown with both sides, field by field, numbers masked, and traced', async () => {
    const id = residentId(81);
    const a = await server.tell('hospital-a', 'v1', { residentId: id, name: '欧阳修竹', phone: '13812348765' });
    const b = await server.tell('hospital-b', 'v2', { residentId: id, name: '鲁达提辖', phone: '13812348765' });
    const [review] = await about(a);
    const { status, body, text } = await server.as('mei', 'GET', `/identity/reviews/${review?.id}`);
    expect(status, text).toBe(200);
    expect(body.review.comparisons).toHaveLength(1);
    const [{ left, right, fields, grade, rule }] = body.review.comparisons;
    expect([left, right].map(({ name }) => name).sort()).toEqual(['欧阳修竹', '鲁达提辖'].sort());
    expect(left.identifiers.some(({ value }: { value: string }) => value === `••••••••••••••${id.slice(-4)}`)).toBe(true);
    expect(left.phones).toEqual(['•••••••8765']);
    expect([grade, rule]).toEqual(['probable', 'lent-card']);
    expect(fields.map(({ field }: { field: string }) => field)).toEqual(['residentId', 'otherId', 'name', 'birthDate', 'sex', 'phone', 'address', 'guardian']);
    expect(text).not.toContain(id);
    expect(text).not.toContain('13812348765');
    const { body: traces } = await server.fhir('GET', `/AuditEvent?patient=Patient/${b}&_count=50`, undefined, { Authorization: `Bearer ${server.token('auditor')}` });
    expect(JSON.stringify(traces)).toContain(`Task/${review?.id}`);
    expect((await server.as('mei', 'GET', '/identity/reviews/no-such')).status).toBe(404);
  });

  it('ends with the answer of a human, and comes back when that is withdrawn', async () => {
    const [a, b] = await likely('王伟', 1953);
    const [first] = await about(a);
    expect(await answer(first?.id ?? '', 'different')).toBe(200);
    expect([await about(a), (await about(a, 'completed')).length]).toEqual([[], 1]);
    expect(await answer(first?.id ?? '', 'same')).toBe(422);
    const { body: { decisions: [decision] } } = await server.as('mei', 'GET', `/identity/decisions?patient=${a}`);
    expect(decision).toMatchObject({ verdict: 'different', review: first?.id });
    await server.as('mei', 'POST', `/identity/decisions/${decision.id}/withdraw`, { reason: 'mistaken' });
    expect((await about(a)).map(({ id }) => id)).toEqual([first?.id]);
    expect(await answer(first?.id ?? '', 'same')).toBe(200);
    expect(await server.together(a)).toEqual([a, b].sort());
    expect(await about(a)).toEqual([]);
  });

  it('ends by itself when the records agree, part or go', async () => {
    const [a] = await likely('李伟', 1954);
    expect(await about(a)).toHaveLength(1);
    await server.tell('hospital-b', 'l1954-2', { name: '完颜洪烈', birthDate: '1931-12-12', gender: 'male' });
    expect(await about(a)).toEqual([]);
    const [c, d] = await likely('王丽', 1955);
    expect(await about(c)).toHaveLength(1);
    await server.fhir('DELETE', `/Patient/${d}`);
    expect(await about(c)).toEqual([]);
    expect((await server.reviews('cancelled')).length).toBeGreaterThanOrEqual(2);
  });

  it('about one number of three names is answered as a whole', async () => {
    const id = residentId(82);
    const patients = [await server.tell('hospital-a', 't1', { residentId: id, name: '端木青木' }), await server.tell('hospital-b', 't2', { residentId: id, name: '鲁达提辖' }), await server.tell('hospital-c', 't3', { residentId: id, name: '西门大官' })];
    const [review, ...others] = await about(patients[0] ?? '');
    expect([others.length, review?.reason, review?.persons.length]).toEqual([0, 'same-number', 3]);
    expect(await answer(review?.id ?? '', 'same')).toBe(200);
    expect(await server.together(patients[0] ?? '')).toEqual(patients.toSorted());
    expect(await about(patients[0] ?? '')).toEqual([]);
  });

  it('does not open what is only probably of the person: search, history and care relation stay apart', async () => {
    const [a, b] = await likely('张敏', 1957);
    const result = await server.push('hospital-b', { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: `Patient/${b}` } });
    const address = `/${String(result.body.entry[0].response.location)}`;
    expect((await server.fhir('GET', `/Observation?patient=${a}`)).body.entry).toBeUndefined();
    const clinician = server.tokenOf('clinician', 'chengxin');
    expect((await server.fhir('GET', address, undefined, clinician)).status).toBe(403);
    await server.decide([a, b], 'same');
    expect((await server.fhir('GET', `/Observation?patient=${a}`)).body.entry).toHaveLength(1);
    expect((await server.fhir('GET', address, undefined, clinician)).status).toBe(200);
  });
});

describe('the terms by which records meet', () => {
  it('cannot be asked for, sorted by or chained over the FHIR API', async () => {
    const server = await startIdentityServer();
    await server.tell('hospital-a', 'z1', { name: '公孙青衣' });
    for (const query of ['Patient?_match=x', 'Patient?_match:exact=x', 'Patient?_sort=_match', 'Observation?patient._match=x', 'Task?_reviewed=x', 'PersonDecision', 'RematchJob', 'MatchModel/current']) {
      const { status, body } = await server.fhir('GET', `/${query}`);
      expect([400, 404], query).toContain(status);
      expect(body.resourceType).toBe('OperationOutcome');
    }
    await server.stop();
  });
});
