import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { pairOf } from '../../src/identity/decision.ts';
import type { Pair } from '../../src/identity/decision.ts';
import { decidePersons, withdrawDecision } from '../../src/identity/decide-persons.ts';
import { decisionIdOf } from '../../src/identity/decision.ts';
import { judging } from '../../src/identity/judging.ts';
import { matchRecord } from '../../src/identity/match-record.ts';
import { parsePerson } from '../../src/identity/person.ts';
import { partition } from '../../src/identity/partition.ts';
import { rematchNow } from '../../src/identity/rematch-now.ts';
import { callerAs } from '../access/callers.ts';
import { STORES } from '../http/server.ts';
import { residentCheckDigit } from '../../src/fhir/validation/identifiers.ts';
import { RESIDENT_ID_SYSTEM } from '../intake/samples.ts';
import type { IdentityServer } from './identity-server.ts';
import { startIdentityServer } from './identity-server.ts';

const PATIENTS = ['a', 'b', 'c', 'd', 'e', 'f'];
const PAIRS = PATIENTS.flatMap((a, at) => PATIENTS.slice(at + 1).map((b): Pair => pairOf(a, b)));

/** Somebody of a small world, in which records often have something in common. */
const said = fc.record({
  id: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }), name: fc.constantFrom('慕容复兴', '慕容復興', '独孤信之'),
  birthDate: fc.constantFrom('1960-01-01', '1960-10-01', undefined), phone: fc.constantFrom('13812345678', '13987654321', undefined), gender: fc.constantFrom('female', 'male'),
});
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;

type Act =
  | { readonly kind: 'put'; readonly patient: string; readonly said: Said; readonly replacedBy?: string | undefined }
  | { readonly kind: 'delete'; readonly patient: string }
  | { readonly kind: 'decide'; readonly pair: Pair; readonly verdict: 'same' | 'different' }
  | { readonly kind: 'withdraw'; readonly pair: Pair };

const patient = fc.constantFrom(...PATIENTS);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), patient, said, replacedBy: fc.option(patient, { nil: undefined, freq: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), patient }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('decide' as const), pair: fc.constantFrom(...PAIRS), verdict: fc.constantFrom('same' as const, 'different' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), pair: fc.constantFrom(...PAIRS) }) },
);

/** Of somebody born on the first day of the year that belongs to the run. */
function residentIdOf(run: number, order: number): string {
  const first17 = `310101${1900 + run}0101${String(order * 2).padStart(3, '0')}`;
  return first17 + residentCheckDigit(first17);
}

/** Worlds must not meet, and records meet by how their names sound: the digits of the run, read aloud. */
function soundOf(run: number): string {
  return String(run).replaceAll(/\d/g, (digit) => '零一二三四五六七八九'.charAt(Number(digit)));
}

describe.each(STORES)('persons on $name', ({ uri }) => {
  let server: IdentityServer;
  beforeAll(async () => { server = await startIdentityServer(uri); });
  afterAll(() => server.stop());

  let runs = 0;
  /** Ids of one run of their own, in the same order. */
  const own = (run: number, id: string): string => `r${String(run).padStart(4, '0')}-${id}`;
  const bodyOf = (run: number, { patient: id, said: { id: number, name, birthDate, phone, gender }, replacedBy }: Extract<Act, { kind: 'put' }>): Resource => ({
    resourceType: 'Patient', id: own(run, id), gender,
    ...(number === undefined ? {} : { identifier: [{ system: RESIDENT_ID_SYSTEM, value: residentIdOf(run, number) }] }),
    name: [{ text: `${name}${soundOf(run)}` }],
    ...(birthDate === undefined ? {} : { birthDate: birthDate.replace('1960', String(1900 + run)) }), ...(phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone.slice(0, -3) + String(100 + run) }] }),
    ...(replacedBy === undefined || replacedBy === id ? {} : { link: [{ other: { reference: `Patient/${own(run, replacedBy)}` }, type: 'replaced-by' }] }),
  });

  const perform = async (run: number, one: Act): Promise<void> => {
    const caller = callerAs('operator');
    if (one.kind === 'put') {
      const answer = await server.fhir('PUT', `/Patient/${own(run, one.patient)}`, bodyOf(run, one));
      expect([200, 201], answer.text).toContain(answer.status);
    } else if (one.kind === 'delete') await server.fhir('DELETE', `/Patient/${own(run, one.patient)}`);
    else {
      const pair = pairOf(own(run, one.pair[0]), own(run, one.pair[1]));
      const done = one.kind === 'decide'
        ? decidePersons(server.services, caller, { judged: [{ patients: pair, verdict: one.verdict }], reason: 'a reason' })
        : withdrawDecision(server.services, caller, { id: decisionIdOf(pair), reason: 'a reason' });
      // A decision about records that are not there, or that contradicts others, is refused: that is told elsewhere.
      await done.catch((error: unknown) => expect(error).toHaveProperty('kind'));
    }
  };

  const livePatients = async (run: number): Promise<ReturnType<typeof matchRecord>[]> =>
    (await server.services.store.readMany(PATIENTS.map((id) => ({ type: 'Patient', id: own(run, id) })))).filter((item) => !item.deleted).map(({ id, body }) => matchRecord({ ...JSON.parse(body), id }));

  /** Sets of Patients that share a Person now; each Patient is in exactly one. */
  const persons = async (run: number): Promise<string[]> => {
    const { items } = await server.services.store.search({ type: 'Person', where: [{ kind: 'reference', param: 'link', anyOf: PATIENTS.map((id) => ({ type: 'Patient', id: own(run, id) })) }], sort: [], limit: 100 });
    return items.map(({ body }) => parsePerson(body).links.map((link) => link.patient).join(' ')).sort();
  };

  /** The Persons as they stand there, without what hangs on the moment. */
  const bodies = async (run: number): Promise<unknown> => (await server.stored('Person')).filter((person) => JSON.stringify(person).includes(`Patient/r${String(run).padStart(4, '0')}-`)).map((person) => JSON.stringify(person)).sort();

  /** Open reviews that are about these Persons. */
  const doubts = async (run: number): Promise<unknown> => {
    const open = await server.reviews();
    return open.filter(({ persons: [first] }) => first?.patients.some((reference) => reference.startsWith(`Patient/r${String(run).padStart(4, '0')}-`))).map(({ id, reason, score, persons: about }) => JSON.stringify([id, reason, score, about])).sort();
  };

  /** What the rule says of all records at once, with nothing looked up and nothing left out. */
  const expected = async (run: number): Promise<string[]> => {
    const records = new Map((await livePatients(run)).map((one) => [one.patient, one]));
    const { of } = judging(server.services.matching);
    const decisions = (await server.services.store.search({ type: 'PersonDecision', where: [{ kind: 'token', param: 'status', anyOf: [{ code: 'active' }] }], sort: [], limit: 1000 })).items
      .map(({ body }) => JSON.parse(body) as { patients: Pair; verdict: string }).filter(({ patients }) => patients.every((id) => records.has(id)));
    const different = decisions.filter(({ verdict }) => verdict === 'different').map(({ patients }) => patients);
    const survivorOf = (id: string, passed: readonly string[] = []): string => {
      const next = records.get(id)?.merges.find((merge) => records.has(merge.patient))?.patient;
      if (next === undefined) return id;
      const way = [...passed, id];
      return way.includes(next) ? way.slice(way.indexOf(next)).sort()[0] ?? id : survivorOf(next, way);
    };
    const merged = [...records.keys()].map((id): Pair => [id, survivorOf(id)]).filter(([id, last]) => id !== last && !different.some((pair) => pair.includes(id) && pair.includes(last)));
    const silent = new Set(merged.map(([id]) => id));
    const judge = (a: string, b: string): ReturnType<typeof of> | undefined => {
      const [one, other] = [records.get(a), records.get(b)];
      return one === undefined || other === undefined || silent.has(a) || silent.has(b) || !one.keys.some((key) => other.keys.includes(key)) ? undefined : of(one, other);
    };
    const question = { records: [...records.keys()], same: decisions.filter(({ verdict }) => verdict === 'same').map(({ patients }) => patients), different, merged };
    // Contradictions count between any two; a pair is certain only where it shares a key.
    const judged = (a: string, b: string): ReturnType<typeof of> | undefined => {
      const [one, other] = [records.get(a), records.get(b)];
      if (one === undefined || other === undefined || silent.has(a) || silent.has(b)) return undefined;
      return judge(a, b) ?? { ...of(one, other), grade: of(one, other).grade === 'certain' ? 'possible' : of(one, other).grade };
    };
    return partition({ ...question, judge: judged }).map(({ patients }) => patients.join(' ')).sort();
  };

  it('are what the rule says of all records, after whatever was written, deleted and decided', async () => {
    await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 14 }), async (acts) => {
      const run = runs++;
      for (const one of acts) await perform(run, one);
      expect(await persons(run)).toEqual(await expected(run));
    }), { numRuns: uri === undefined ? 40 : 8, endOnFailure: true });
  }, 60_000);

  it('are the same in whatever order the same records came, one after another or at one moment', async () => {
    const world = fc.array(said, { minLength: PATIENTS.length, maxLength: PATIENTS.length });
    const order = fc.shuffledSubarray(PATIENTS, { minLength: PATIENTS.length });
    await fc.assert(fc.asyncProperty(world, order, order, fc.boolean(), async (saids, one, other, areTogether) => {
      const run = runs++;
      const outcomes: unknown[] = [];
      for (const [ids, isTogether] of [[one, false], [other, areTogether]] as const) {
        const put = (id: string): Promise<void> => perform(run, { kind: 'put', patient: id, said: saids[PATIENTS.indexOf(id)] as Said });
        if (isTogether) await Promise.all(ids.map(put));
        else for (const id of ids) await put(id);
        outcomes.push([await persons(run), await bodies(run), await doubts(run)]);
        for (const id of ids) await perform(run, { kind: 'delete', patient: id });
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
    }), { numRuns: uri === undefined ? 20 : 5, endOnFailure: true });
  }, 60_000);

  it('stay as they are when all are matched anew', async () => {
    const before = await server.stored('Person');
    const job = await rematchNow(server.services);
    expect(job).toMatchObject({ status: 'done', changed: 0 });
    expect(job.examined).toBe(job.total);
    const sorted = (list: readonly Record<string, unknown>[]): unknown => list.toSorted((x, y) => (String(x['id']) < String(y['id']) ? -1 : 1));
    expect(sorted(await server.stored('Person'))).toEqual(sorted(before));
    expect((await server.as('mei', 'GET', '/identity/jobs')).body.jobs).toMatchObject([{ status: 'done', by: 'operator' }]);
  }, 60_000);
});
