import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROFILES_DIR } from '../../../src/open-services.ts';
import type { DecisionRecord } from '../../../src/recognition/decisions/decision-record.ts';
import { RETEST_REASONS } from '../../../src/recognition/decisions/decision-record.ts';
import { toDetectedIssue } from '../../../src/recognition/decisions/detected-issue.ts';
import { registerIndicators } from '../../../src/recognition/figures/measures.ts';
import { repeatIdOf, repeatResource } from '../../../src/recognition/repeats/repeat.ts';
import type { Answer, Parsed } from '../../http/server.ts';
import { STORES } from '../../http/server.ts';
import type { IntakeServer } from '../../intake/intake-server.ts';
import { startIntakeServer } from '../../intake/intake-server.ts';
import { RECOGNISED } from '../decisions/decision-server.ts';

const ORGANIZATIONS = ['chengxin', 'pubin', 'yunqiao', 'jiming', 'wutongli', 'guixiangli'];
const ITEMS = ['GLU', 'TC', 'TG', 'ALT'];
const OUTCOMES = ['accepted', 'accepted', 'accepted', 'accepted', 'declined', 'expired', 'presented', 'reversed', 'reopened'] as const;

/** A decision as the exchange stores it, drawn by number so that every run has the same. */
function decision(at: number): DecisionRecord {
  const draw = (max: number, salt: number): number => ((at * 2_654_435_761 + salt * 40_503) >>> 8) % max;
  const organization = ORGANIZATIONS[Math.min(ORGANIZATIONS.length - 1, Math.floor(draw(100, 1) ** 2 / 1_700))] ?? 'chengxin';
  const outcome = OUTCOMES[draw(OUTCOMES.length, 2)] ?? 'accepted';
  const isViewOnly = draw(7, 3) === 0;
  const day = String(1 + draw(28, 4)).padStart(2, '0');
  const presentedAt = `2026-03-${day}T0${draw(10, 5)}:00:00.000Z`;
  const to = isViewOnly ? 'presented' as const : outcome;
  const said = { by: 'doctor-1', at: presentedAt };
  return {
    id: `aaaaaaaa-aaaa-8aaa-8aaa-${String(at).padStart(12, '0')}`, version: 0, state: to,
    order: { key: `order-${at}`, patient: `p${at}`, organization, department: ['内科', '外科'][draw(2, 6)], practitioner: undefined, encounter: undefined },
    item: ITEMS[draw(ITEMS.length, 7)] ?? 'GLU', name: { zh: '项目', en: 'Item' }, members: [], coversOrder: true,
    prior: { report: undefined, results: [{ reference: `Observation/o${at}`, version: 1 }], patients: [`p${at}`], performer: 'pubin', text: undefined },
    verdict: isViewOnly ? 'view-only' : 'recognise', failed: isViewOnly ? ['window'] : [], mark: RECOGNISED.mark, anchor: RECOGNISED.anchor, validUntil: undefined,
    price: { grossFen: 500 + draw(1_000, 8), patientShareFen: draw(500, 9) }, presentedAt, expiresAt: '2026-03-31T00:00:00.000Z', viewedAt: draw(3, 10) === 0 ? presentedAt : undefined, revokedFrom: undefined,
    steps: [
      { to: 'presented', ...said },
      ...(to === 'reversed' || to === 'reopened' ? [{ to: 'accepted' as const, ...said }] : []),
      ...(to === 'presented' ? [] : [{ to, ...said, ...(to === 'declined' ? { reason: RETEST_REASONS[draw(6, 11)], text: 'words' } : {}) }]),
    ],
  };
}

const COUNT = 700;
const decisions = Array.from({ length: COUNT }, (_, at) => decision(at));

/** Counted again without any of the code under test. */
function recount(of: (one: DecisionRecord) => boolean): Record<string, number> {
  const some = decisions.filter(of);
  const eligible = some.filter(({ verdict }) => verdict === 'recognise');
  const count = (state: string): number => eligible.filter((one) => one.state === state).length;
  const accepted = eligible.filter(({ state }) => state === 'accepted');
  return {
    presented: some.length, viewOnly: some.length - eligible.length, eligible: eligible.length, accepted: accepted.length, declined: count('declined'), expired: count('expired'), waiting: count('presented'),
    reversed: count('reversed'), reopened: count('reopened'), answered: accepted.length + count('declined') + count('reversed') + count('reopened'), viewed: some.filter(({ viewedAt }) => viewedAt !== undefined).length,
    savedGrossFen: accepted.reduce((sum, { price }) => sum + (price?.grossFen ?? 0), 0), savedPatientShareFen: accepted.reduce((sum, { price }) => sum + (price?.patientShareFen ?? 0), 0),
    ...Object.fromEntries(RETEST_REASONS.map((reason) => [`reason${reason}`, eligible.filter(({ state, steps }) => state === 'declined' && steps.at(-1)?.reason === reason).length])),
  };
}

describe.each(STORES)('the figures on $name', ({ uri }) => {
  let server: IntakeServer;
  beforeAll(async () => {
    server = await startIntakeServer({ uri });
    await registerIndicators(server.services, path.join(PROFILES_DIR, 'indicators'));
    for (let at = 0; at < COUNT; at += 100) await server.services.store.commit(decisions.slice(at, at + 100).map((one) => ({ kind: 'put', resource: toDetectedIssue(one) })));
    for (const [at, organization] of [...Array.from({ length: 9 }, () => 'chengxin'), 'guixiangli', 'guixiangli'].entries()) {
      await server.services.store.commit([{ kind: 'put', resource: repeatResource({
        id: repeatIdOf(`Observation/r${at}`), organization, item: 'GLU', month: '2026-03', at: '2026-03-05T00:00:00.000Z', patient: 'p1', result: `Observation/r${at}`,
        prior: { result: 'Observation/o1', organization: 'pubin', at: '2026-03-01T00:00:00.000Z' }, isOwn: false, isAfterAcceptance: false,
      }) }]);
    }
    // Of another month: the first instant of April in the district.
    await server.services.store.commit([{ kind: 'put', resource: toDetectedIssue({ ...decision(COUNT), presentedAt: '2026-03-31T16:00:00.000Z' }) }]);
  });
  afterAll(() => server.stop());

  const ask = async (address: string, role: 'operator' | 'manager' | 'clinician' | 'source', facility?: string): Promise<Answer> => {
    const response = await fetch(server.url + address, { headers: { Authorization: `Bearer ${server.token(role, role === 'source' ? { source: 'hospital-a' } : { facility })}` } });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
  const rowsOf = (answer: Answer): { organization?: string; department?: string; item?: string; counts: Record<string, number | null>; rates: Record<string, Parsed>; suppressed: string[] }[] => answer.body.rows;

  it('are what a naive recount finds, by institution, department and item', async () => {
    for (const by of ['organization', 'department', 'item'] as const) {
      const answer = await ask(`/recognition/figures?month=2026-03&by=${by}`, 'operator');
      expect(answer.body.total.counts).toMatchObject(recount(() => true));
      for (const row of rowsOf(answer)) {
        expect(row.counts).toMatchObject(recount((one) => (row.organization === undefined || one.order.organization === row.organization) && (by !== 'department' || (one.order.department ?? '') === row.department) && (row.item === undefined || one.item === row.item)));
      }
    }
    const { accepted = 0, declined = 0, expired = 0, eligible = 0, reason6 = 0, presented = 0, viewed = 0 } = recount(() => true);
    const { rates } = (await ask('/recognition/figures?month=2026-03', 'operator')).body.total;
    expect(rates.recognition).toEqual({ numerator: accepted, denominator: accepted + declined + expired, value: Math.round((accepted / (accepted + declined + expired)) * 10_000) / 10_000 });
    expect(rates).toMatchObject({ reminder: { numerator: eligible, denominator: eligible + 11 }, overlooked: { numerator: reason6, denominator: eligible }, view: { numerator: viewed, denominator: presented } });
    expect((await ask('/recognition/figures?month=2026-04', 'operator')).body.total.counts.presented).toBe(1);
  });

  it('show an institution its own in full, and nobody small counts of others', async () => {
    const own = await ask('/recognition/figures?month=2026-03', 'manager', 'guixiangli');
    expect(rowsOf(own).find(({ organization }) => organization === 'guixiangli')?.counts).toMatchObject({ ...recount(({ order }) => order.organization === 'guixiangli'), repeats: 2 });
    const outside = await ask('/recognition/figures?month=2026-03', 'manager');
    for (const [answer, isOwn] of [[own, (organization?: string) => organization === 'guixiangli'], [outside, () => false]] as const) {
      for (const row of rowsOf(answer).filter(({ organization }) => !isOwn(organization))) {
        for (const [column, count] of Object.entries(row.counts)) if (!column.startsWith('saved') && count !== null) expect(count === 0 || count >= 5).toBe(true);
        expect(row.suppressed).toEqual(Object.entries(row.counts).filter(([, count]) => count === null).map(([column]) => column));
      }
    }
    expect(rowsOf(outside).find(({ organization }) => organization === 'guixiangli')?.counts['repeats']).toBeNull();
    expect(rowsOf(outside).filter(({ counts }) => counts['repeats'] === null)).toHaveLength(2);
    const departments = await ask('/recognition/figures?month=2026-03&by=department', 'clinician', 'pubin');
    expect(new Set(rowsOf(departments).map(({ organization }) => organization))).toEqual(new Set(['pubin']));
    expect((await ask('/recognition/figures?month=2026-03&by=department', 'manager')).status).toBe(403);
    expect((await ask('/recognition/figures?month=2026-03', 'source')).status).toBe(403);
  });

  it('open to their records: as many as were counted, for their own institution and operators only', async () => {
    const listed = async (query: string, role: 'operator' | 'manager', facility?: string): Promise<string[]> => {
      const records: string[] = [];
      for (let next: string | undefined = `/recognition/figures/records?month=2026-03&_count=50&${query}`; next !== undefined;) {
        const { body, status }: Answer = await ask(next, role, facility);
        if (status !== 200) throw new Error(String(status));
        records.push(...body.records);
        next = body.next;
      }
      return records;
    };
    const { accepted, eligible } = recount(({ order }) => order.organization === 'pubin');
    expect(new Set(await listed('column=accepted', 'manager', 'pubin')).size).toBe(accepted);
    expect(new Set(await listed('column=eligible&organization=pubin', 'operator')).size).toBe(eligible);
    expect(await listed('column=repeats', 'manager', 'chengxin')).toHaveLength(9);
    await expect(listed('column=accepted&organization=chengxin', 'manager', 'pubin')).rejects.toThrow('403');
    await expect(listed('column=accepted', 'manager')).rejects.toThrow('403');
  });

  it('are evaluated as FHIR measures, valid and with the same numbers', async () => {
    const report = await ask('/fhir/Measure/recognition-rate/$evaluate-measure?periodStart=2026-03-01&periodEnd=2026-03-31', 'operator');
    expect(report.status).toBe(200);
    const { accepted = 0, declined = 0, expired = 0, eligible } = recount(() => true);
    expect(report.body.group[0].population.map(({ count }: { count: number }) => count)).toEqual([eligible, accepted + declined + expired, accepted]);
    expect(report.body.group[0].stratifier.map(({ code }: { code: { coding: { code: string }[] }[] }) => code[0]?.coding[0]?.code)).toEqual(['organization', 'department', 'item', 'month']);
    const measures = ['recognition-rate', 'recognition-reminder-rate', 'recognition-response-rate', 'recognition-view-rate', 'recognition-overlooked-rate', 'retest-reasons', 'repeated-tests', 'recognition-saved-cost'];
    for (const id of measures) {
      const measure = await server.fhir('GET', `/Measure/${id}`);
      for (const [role, facility, type] of [['operator', undefined, 'subject-list'], ['manager', 'pubin', 'subject-list'], ['manager', 'pubin', 'summary'], ['manager', undefined, 'summary']] as const) {
        const evaluated = await ask(`/fhir/Measure/$evaluate-measure?measure=${encodeURIComponent(String(measure.body.url))}&periodStart=2026-03&reportType=${type}`, role, facility);
        expect(evaluated.status, evaluated.text).toBe(200);
        const issues = [...server.services.fhir.validate(evaluated.body), ...server.services.fhir.validate(measure.body)];
        expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
      }
    }
    const subjects = (await ask('/fhir/Measure/recognition-response-rate/$evaluate-measure?periodStart=2026-03&reportType=subject-list', 'manager', 'pubin')).body;
    const own = recount(({ order }) => order.organization === 'pubin');
    expect(subjects.group[0].population.map(({ count }: { count: number }) => count)).toEqual([own['eligible'], own['eligible'], own['answered']]);
    expect(subjects.contained.find(({ id }: { id: string }) => id === 'answered').entry).toHaveLength(own['answered'] ?? 0);
    expect(subjects.group[0].population[2].subjectResults).toEqual({ reference: '#answered' });
    expect((await ask('/fhir/Measure/recognition-rate/$evaluate-measure?periodStart=2026-03&reportType=subject-list', 'manager')).status).toBe(403);
    expect((await ask('/fhir/Measure/recognition-rate/$evaluate-measure?periodStart=2026-02&periodEnd=2026-03', 'manager')).status).toBe(400);
    expect((await ask('/fhir/Measure/recognition-rate/$evaluate-measure?periodStart=2026-02&periodEnd=2026-03', 'operator')).body.group[0].stratifier.at(-1).stratum).toHaveLength(2);
  });

  it('are fixed with a revision, and again only when something has come in late', async () => {
    const fix = async (): Promise<Answer> => server.operator('POST', '/recognition/figures/snapshots', { month: '2026-03' });
    const [first, second] = [await fix(), await fix()];
    expect([first.status, first.body.snapshot.revision, second.status, second.body.snapshot.revision]).toEqual([201, 1, 200, 1]);
    await server.services.store.commit([{ kind: 'put', resource: toDetectedIssue({ ...decision(COUNT + 1), verdict: 'recognise', state: 'accepted', failed: [] }) }]);
    const live = (await ask('/recognition/figures?month=2026-03', 'operator')).body.total.counts.presented;
    expect((await ask('/recognition/figures?month=2026-03&revision=1', 'operator')).body.total.counts.presented).toBe(live - 1);
    const third = await fix();
    expect(third.body.snapshot).toMatchObject({ revision: 2 });
    expect((await ask('/recognition/figures?month=2026-03&revision=2', 'manager')).body.total.counts.presented).toBe(live);
    expect((await ask('/recognition/figures?month=2026-03&revision=3', 'operator')).status).toBe(404);
    expect((await ask('/recognition/figures/snapshots?month=2026-03', 'manager')).body.snapshots).toMatchObject([{ revision: 1 }, { revision: 2 }]);
    const reports = await server.fhir('GET', '/MeasureReport?measure=https://bund.example/Measure/recognition-rate&_count=10');
    expect(reports.body.entry).toHaveLength(2);
    const listed = await Promise.all(reports.body.entry[0].resource.evaluatedResource.map(async ({ reference }: { reference: string }) => (await server.fhir('GET', `/${reference}`)).body.entry.length));
    const eligibleAndParts = recount(() => true);
    expect(listed.reduce((sum: number, length: number) => sum + length, 0)).toBeGreaterThan(eligibleAndParts['eligible'] ?? 0);
    const denied = await fetch(`${server.url}/recognition/figures/snapshots`, { method: 'POST', headers: { Authorization: `Bearer ${server.token('manager')}`, 'Content-Type': 'application/json' }, body: '{"month":"2026-03"}' });
    expect(denied.status).toBe(403);
  });

  it('answer whatever is asked with an OperationOutcome, and never with a fault', async () => {
    const word = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('2026-03', '2026-13', '1999-01', '2999-01', 'organization', 'accepted', '0', '-1', '1e3', '2026-02-30', '2026-03-31', 'subject-list', 'Measure/recognition-rate', '../x'));
    const names = fc.constantFrom('month', 'by', 'revision', 'column', 'organization', 'item', 'department', 'periodStart', 'periodEnd', 'measure', 'reportType', '_count', '_page', 'nonsense');
    const route = fc.constantFrom('/recognition/figures', '/recognition/figures/records', '/recognition/figures/snapshots', '/recognition/repeats', '/recognition/decisions', '/recognition/notices', '/fhir/Measure/$evaluate-measure', '/fhir/Measure/recognition-rate/$evaluate-measure');
    await fc.assert(fc.asyncProperty(route, fc.array(fc.tuple(names, word), { maxLength: 4 }), async (address, pairs) => {
      const answer = await ask(`${address}?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`, 'operator');
      expect(answer.status, answer.text).toBeLessThan(500);
      if (answer.status >= 400) expect(answer.body).toMatchObject({ resourceType: 'OperationOutcome', issue: expect.arrayContaining([expect.objectContaining({ severity: 'error' })]) });
    }), { numRuns: 150 });
  });
});
