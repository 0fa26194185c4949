import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reported } from '../../../src/recognition/index.ts';
import { certificateHolds, isRecalled, markOf, passesRounds } from '../../../src/recognition/index.ts';
import type { Scope } from '../../../src/recognition/rules/catalogue-item.ts';
import type { Certificate } from '../../../src/recognition/rules/certificate.ts';

const certificate = (changes: Partial<Certificate> = {}): Certificate => ({
  id: 'c1', organization: 'chengxin', item: 'GLU', method: undefined, instrument: undefined, scope: 'shanghai', organiser: 'centre', programme: 'EQA',
  rounds: [{ round: '1', score: 100 }], valid: { from: '2026-01-01', to: '2026-12-31' }, recalled: undefined, ...changes,
});
const reported = (reportedAt: string, changes: Partial<Reported> = {}): Reported => ({ reportedAt, method: undefined, instrument: undefined, ...changes });
const rounds = (...scores: number[]) => scores.map((score, at) => ({ round: String(at), score }));
const SCOPES: readonly Scope[] = [{ id: 'national', level: 'national', label: '全国HR' }, { id: 'shanghai', level: 'province', label: '沪HR', parent: 'national' }, { id: 'huangpu', level: 'district', label: '黄浦HR', parent: 'shanghai' }];
const scopeOf = (id: string) => SCOPES.find((scope) => scope.id === id);

describe('rounds of external quality assessment', () => {
  it.each([[[], false], [[79], false], [[80], true], [[79.9, 80], true], [[79, 79], false], [[100, 70, 60], false], [[70, 100, 60], false], [[70, 60, 100], false], [[70, 60, 100, 100], true], [[70, 60, 70, 100, 100], true], [[60, 100, 100, 70], true]])('%j passes: %s', (scores, passes) => {
    expect(passesRounds(rounds(...scores))).toBe(passes);
  });
});

describe('a certificate', () => {
  it.each([
    ['2025-12-31T23:59:59+08:00', false], ['2026-01-01T00:00:00+08:00', true], ['2025-12-31T16:00:00Z', true], ['2025-12-31T15:59:59Z', false],
    ['2026-12-31T23:59:59+08:00', true], ['2026-12-31T16:00:00Z', false], ['2027-01-01T00:00:00+08:00', false], ['no instant', false],
  ])('from 2026-01-01 to 2026-12-31 holds for what was reported at %s: %s', (at, holds) => {
    expect(certificateHolds(certificate(), reported(at))).toBe(holds);
  });

  it('holds up to the instant of its recall, and nothing is recognised by it afterwards', () => {
    const recalled = certificate({ recalled: { at: '2026-03-01T08:00:00.000Z', reason: 'failed' } });
    expect(certificateHolds(recalled, reported('2026-03-01T15:59:59+08:00'))).toBe(true);
    expect(certificateHolds(recalled, reported('2026-03-01T16:00:00+08:00'))).toBe(false);
    expect(isRecalled(recalled, new Date('2026-03-01T07:59:59.999Z'))).toBe(false);
    expect(isRecalled(recalled, new Date('2026-03-01T08:00:00.000Z'))).toBe(true);
    expect(isRecalled(certificate(), new Date('2030-01-01'))).toBe(false);
  });

  it('of a method holds for that method alone, however it is written, and not for one that is not told', () => {
    const of = certificate({ method: '化学发光法' });
    expect(certificateHolds(of, reported('2026-03-01T08:00:00Z', { method: ' 化学发光法 ' }))).toBe(true);
    expect(certificateHolds(of, reported('2026-03-01T08:00:00Z', { method: '酶联免疫法' }))).toBe(false);
    expect(certificateHolds(of, reported('2026-03-01T08:00:00Z'))).toBe(false);
  });

  it('of an instrument does not hold for another, and holds where none is told', () => {
    const of = certificate({ instrument: 'Cobas 8000' });
    expect(certificateHolds(of, reported('2026-03-01T08:00:00Z', { instrument: 'COBAS 8000' }))).toBe(true);
    expect(certificateHolds(of, reported('2026-03-01T08:00:00Z', { instrument: 'AU5800' }))).toBe(false);
    expect(certificateHolds(of, reported('2026-03-01T08:00:00Z'))).toBe(true);
  });
});

describe('the mark of a result', () => {
  const result = { ...reported('2026-03-01T08:00:00Z'), organization: 'chengxin', item: 'GLU' };

  it('is that of the widest scope that held', () => {
    const all = [certificate({ id: 'd', scope: 'huangpu' }), certificate({ id: 'p' }), certificate({ id: 'n', scope: 'national', rounds: rounds(100, 60, 60) })];
    expect(markOf(all, result, scopeOf)).toEqual({ certificate: 'p', scope: 'shanghai', label: '沪HR' });
  });

  it('is none by a certificate of another institution, another item or an unknown scope', () => {
    expect(markOf([certificate({ organization: 'pubin' }), certificate({ item: 'K' }), certificate({ scope: 'moon' })], result, scopeOf)).toBeUndefined();
  });

  it('never comes from a certificate that did not hold', () => {
    const day = fc.integer({ min: 0, max: 364 }).map((number) => new Date(Date.parse('2026-01-01') + number * 86_400_000).toISOString().slice(0, 10));
    const some = fc.array(fc.record({ from: day, to: fc.option(day), score: fc.integer({ min: 0, max: 100 }), scope: fc.constantFrom('national', 'shanghai', 'huangpu'), organization: fc.constantFrom('chengxin', 'pubin') }), { maxLength: 6 });
    fc.assert(fc.property(some, day, (all, on) => {
      const certificates = all.map(({ from, to, score, scope, organization }, at) => certificate({ id: String(at), organization, scope, valid: { from, to: to ?? undefined }, rounds: rounds(score, score) }));
      const mark = markOf(certificates, { ...reported(`${on}T12:00:00+08:00`), organization: 'chengxin', item: 'GLU' }, scopeOf);
      const held = all.filter(({ from, to, score, organization }) => organization === 'chengxin' && from <= on && (to === null || on <= to) && score >= 80);
      expect(mark !== undefined).toBe(held.length > 0);
      if (mark !== undefined) expect(mark.scope).toBe(['national', 'shanghai', 'huangpu'].find((id) => held.some(({ scope }) => scope === id)));
    }), { numRuns: 1_000 });
  });
});
