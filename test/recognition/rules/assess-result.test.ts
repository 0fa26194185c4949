import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { assessResult } from '../../../src/recognition/rules/assess-result.ts';
import { type Gate, GATES } from '../../../src/recognition/rules/assessment.ts';
import type { Certificate } from '../../../src/recognition/rules/certificate.ts';
import type { OrderItem, PriorResult } from '../../../src/recognition/rules/facts.ts';
import type { RecognitionQuestion } from '../../../src/recognition/rules/question.ts';
import { oracle } from './oracle.ts';
import { ago, anyQuestion, CERTIFICATE, CHEST_CT, DAY_MS, HOUR_MS, NOW, ORDER, ORDERING, PRIOR, QUESTION, ROW } from './questions.ts';

const withPrior = (facts: Partial<PriorResult>): RecognitionQuestion => ({ ...QUESTION, prior: { ...PRIOR, ...facts } });
const withOrder = (facts: Partial<OrderItem>): RecognitionQuestion => ({ ...QUESTION, order: { ...ORDER, ...facts } });
const collected = (ms: number): RecognitionQuestion => withPrior({ collectedAt: ago(ms), effectiveAt: undefined, issuedAt: undefined });
const gatesOf = (question: RecognitionQuestion): readonly Gate[] => assessResult(question, NOW).failed.map(({ gate }) => gate);

describe('assessResult', () => {
  it('recognises a result that passes every gate, with its mark, anchor and last instant', () => {
    assert.deepEqual(assessResult(QUESTION, NOW), {
      verdict: 'recognise', failed: [],
      mark: { certificate: 'c1', scope: 'shanghai', label: '沪HR' },
      anchor: { kind: 'collected', at: PRIOR.collectedAt, isFallback: false },
      validUntil: new Date(NOW.getTime() + 20 * DAY_MS).toISOString(),
    });
  });

  it('agrees with the naively written rules over generated histories', () => {
    const seen = { verdicts: new Map<string, number>(), gates: new Set<Gate>() };
    fc.assert(fc.property(anyQuestion, (question) => {
      const told = assessResult(question, NOW);
      const expected = oracle(question, NOW.getTime());
      assert.deepEqual(told.failed.map(({ gate }) => gate), GATES.filter((gate) => expected.failed.has(gate)));
      assert.equal(told.verdict, expected.verdict);
      assert.equal(told.validUntil, expected.validUntil === undefined ? undefined : new Date(expected.validUntil).toISOString());
      for (const { zh, en } of told.failed) assert.ok(/\p{Script=Han}/u.test(zh) && /^[^\p{Script=Han}]+$/u.test(en.replace(/[\u5168\u6caa\u9ec4\u6d66\u6b66\u6c49\u56fd]+HR/gu, 'HR')), `${zh} / ${en}`);
      seen.verdicts.set(told.verdict, (seen.verdicts.get(told.verdict) ?? 0) + 1);
      for (const gate of expected.failed) seen.gates.add(gate);
    }), { numRuns: 20_000 });
    // A generator that never reaches a verdict or a gate proves nothing about it.
    assert.deepEqual([...seen.gates].sort(), [...GATES].sort());
    for (const verdict of ['recognise', 'view-only', 'hidden']) assert.ok((seen.verdicts.get(verdict) ?? 0) > 30, `${verdict}: ${seen.verdicts.get(verdict)}`);
  });

  it.each([
    [6 * DAY_MS + 23 * HOUR_MS, []], [7 * DAY_MS, []], [7 * DAY_MS + 1, ['window']], [7 * DAY_MS + HOUR_MS, ['window']],
    [-5 * 60_000, []], [-5 * 60_000 - 1, ['time']],
  ] as const)('counts the window of 7 days to its last instant (%d ms ago)', (ms, failed) => {
    assert.deepEqual(gatesOf({ ...collected(ms), row: { ...ROW, window: { days: 7, anchor: 'collected' } } }), failed);
  });

  it('says since when, and for how long, a result would have held', () => {
    const [failed] = assessResult(withPrior({ collectedAt: '2026-10-20T09:30:00+08:00' }), NOW).failed;
    assert.deepEqual(failed, {
      gate: 'window',
      zh: '采集于 2026-10-20，超过 30 天互认时限（至 2026-11-19 09:30）',
      en: 'Collected on 2026-10-20: older than the 30 days for which Total cholesterol is recognised (until 2026-11-19 09:30)',
    });
  });

  it('counts from the next time that is told where the named one is missing, and says so', () => {
    const anchorOf = (facts: Partial<PriorResult>) => assessResult(withPrior(facts), NOW).anchor;
    assert.deepEqual(anchorOf({ collectedAt: undefined }), { kind: 'effective', at: PRIOR.effectiveAt, isFallback: true });
    assert.deepEqual(anchorOf({ collectedAt: undefined, effectiveAt: undefined }), { kind: 'issued', at: PRIOR.issuedAt, isFallback: true });
    const timeless = withPrior({ collectedAt: undefined, effectiveAt: undefined, issuedAt: undefined });
    assert.deepEqual(gatesOf(timeless), ['quality-mark', 'time']);
    assert.equal(assessResult(timeless, NOW).anchor, undefined);
    assert.equal(assessResult(timeless, NOW).verdict, 'view-only');
  });

  it('judges the mark by the time of the report: what lapsed later still counts, what lapsed before does not', () => {
    const lapsing = (to: string): RecognitionQuestion => ({ ...QUESTION, certificates: [{ ...CERTIFICATE, valid: { to } }] });
    // Collected on the 10th, reported on the 11th, decided on the 20th of November.
    assert.deepEqual(gatesOf(lapsing('2026-11-11')), []);
    const between = assessResult(lapsing('2026-11-10'), NOW);
    assert.deepEqual(between.failed.map(({ gate, en }) => [gate, en]), [['quality-mark', 'The quality certificate for Total cholesterol lapsed on 2026-11-10, the result was reported on 2026-11-11']]);
    assert.equal(between.mark, undefined);
  });

  it('stops new recognition from the instant of a recall on, and still tells the mark that the result carried', () => {
    const recalled = (at: string) => assessResult({ ...QUESTION, certificates: [{ ...CERTIFICATE, recalled: { at, reason: 'instrument' } }] }, NOW);
    assert.equal(recalled(ago(-1)).verdict, 'recognise');
    const now = recalled(ago(0));
    assert.deepEqual(now.failed.map(({ gate }) => gate), ['quality-mark']);
    assert.equal(now.mark?.label, '沪HR');
    assert.match(now.failed[0]?.en ?? '', /was recalled on 2026-11-20 10:00$/);
    assert.equal(recalled(ago(20 * DAY_MS)).mark, undefined);
  });

  it.each([
    ['two of the last three rounds missed', { rounds: [60, 100, 60] }],
    ['a scope to which the ordering institution does not belong', { scope: 'wuhan' }],
    ['a scope below that of the catalogue', { scope: 'huangpu' }],
    ['another method', { method: 'immunoassay' }],
    ['another institution', { organization: 'org-c' }],
  ])('takes no mark from a certificate of %s', (_name, { rounds, ...facts }: Partial<Omit<Certificate, 'rounds'>> & { rounds?: number[] }) => {
    const certificate = { ...CERTIFICATE, ...facts, ...(rounds === undefined ? {} : { rounds: rounds.map((score, at) => ({ round: `2026-${at + 1}`, score })) }) };
    assert.deepEqual(gatesOf({ ...QUESTION, certificates: [certificate] }), ['quality-mark']);
    assert.deepEqual(gatesOf({ ...QUESTION, certificates: [certificate, CERTIFICATE] }), []);
  });

  it('hides what a caller may not know of, whatever else fails', () => {
    assert.equal(assessResult(withPrior({ grade: 'probable' }), NOW).verdict, 'hidden');
    assert.equal(assessResult({ ...QUESTION, consent: 'refused' }, NOW).verdict, 'hidden');
    const confidential: RecognitionQuestion = { ...QUESTION, row: { ...ROW, isConfidential: true } };
    assert.equal(assessResult(confidential, NOW).verdict, 'hidden');
    assert.equal(assessResult({ ...confidential, order: { ...ORDER, orderedBy: { ...ORDERING, organization: 'org-b' } } }, NOW).verdict, 'recognise');
  });

  it('shows the conclusion of a physician and never recognises it', () => {
    const { verdict, failed } = assessResult(withPrior({ kind: 'conclusion' }), NOW);
    assert.deepEqual([verdict, failed.map(({ gate }) => gate)], ['view-only', ['conclusion']]);
  });

  it.each([
    ['status', withPrior({ statuses: ['final', 'preliminary'] })],
    ['code', withPrior({ isExact: false })],
    ['specimen-site', withPrior({ specimen: undefined })],
    ['specimen-site', withOrder({ specimen: 'urine' })],
    ['method', { ...QUESTION, row: { ...ROW, isMethodSpecific: true } }],
    ['unit', withPrior({ unit: 'unknown' })],
    ['catalogue', { ...QUESTION, row: { ...ROW, isEnabled: false } }],
    ['catalogue', { ...QUESTION, row: { ...ROW, window: { days: 0, anchor: 'collected' } } }],
    ['catalogue', { ...QUESTION, row: { ...ROW, effective: { to: '2026-11-19' } } }],
    ['level', withOrder({ orderedBy: { ...ORDERING, level: 'tertiary' }, item: 'TC' })],
    ['excluded', { ...withOrder({ circumstances: ['emergency'] }), row: { ...ROW, exclusions: ['emergency'] } }],
  ] satisfies [Gate, RecognitionQuestion][])('fails at %s alone where one fact is wrong', (gate, question) => {
    const lower = gate === 'level' ? { ...question, prior: { ...question.prior, performer: { organization: 'org-b', level: 'community' as const, scopes: [] } } } : question;
    assert.deepEqual(gatesOf(lower), [gate]);
  });

  it('asks of an examination for the same machine, part, side and contrast, and for its images', () => {
    const examined: PriorResult = { ...PRIOR, reference: 'ImagingStudy/s1', item: 'CT-CHEST', specimen: undefined, unit: 'none', modality: 'CT', bodySite: 'chest', contrast: 'without', hasImages: true };
    const question: RecognitionQuestion = { ...QUESTION, row: CHEST_CT, order: { ...ORDER, item: 'CT-CHEST' }, prior: examined, certificates: [{ ...CERTIFICATE, item: 'CT-CHEST' }] };
    const changed = (facts: Partial<PriorResult>) => gatesOf({ ...question, prior: { ...examined, ...facts } });
    assert.deepEqual(gatesOf(question), []);
    assert.deepEqual(changed({ modality: 'MR' }), ['specimen-site']);
    assert.deepEqual(changed({ bodySite: 'head' }), ['specimen-site']);
    assert.deepEqual(changed({ contrast: 'with' }), ['specimen-site']);
    assert.deepEqual(changed({ hasImages: false }), ['images']);
    assert.deepEqual(gatesOf({ ...question, order: { ...question.order, laterality: 'left' } }), ['specimen-site']);
  });
});
