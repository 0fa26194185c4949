import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFhir } from '../../../src/open-services.ts';
import type { DecisionRecord, DecisionState } from '../../../src/recognition/decisions/decision-record.ts';
import { RETEST_REASONS } from '../../../src/recognition/decisions/decision-record.ts';
import type { StepOutcome } from '../../../src/recognition/decisions/decision-steps.ts';
import { answer, expire, factsOf, present, reopen, reverse } from '../../../src/recognition/decisions/decision-steps.ts';
import { toDetectedIssue } from '../../../src/recognition/decisions/detected-issue.ts';
import { readDecision } from '../../../src/recognition/decisions/read-decision.ts';
import { presentation, RECOGNISED } from './decision-server.ts';

const fhir = await openFhir();
const START = Date.parse('2026-03-05T08:00:00Z');
const TERM_MS = 24 * 3_600_000;
const shown = (version: number, verdict: 'recognise' | 'view-only'): ReturnType<typeof presentation> => {
  const base = presentation({ resident: 1, patient: 'p1', priorPatient: 'p2', order: 's1', result: 'o1' });
  return {
    ...base, prior: { ...base.prior, results: [{ reference: 'Observation/o1', version }] },
    assessment: verdict === 'recognise' ? RECOGNISED : { ...RECOGNISED, verdict, failed: [{ gate: 'window', zh: '超出时限', en: 'too old' }] },
  };
};

type Command =
  | { readonly kind: 'present'; readonly version: number; readonly verdict: 'recognise' | 'view-only' }
  | { readonly kind: 'answer'; readonly outcome: 'accepted' | 'declined'; readonly reason?: (typeof RETEST_REASONS)[number]; readonly text?: string; readonly isPatientInformed?: boolean }
  | { readonly kind: 'reverse'; readonly text: string } | { readonly kind: 'expire' } | { readonly kind: 'reopen'; readonly version: number } | { readonly kind: 'wait'; readonly hours: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('present' as const), version: fc.integer({ min: 1, max: 3 }), verdict: fc.constantFrom('recognise' as const, 'recognise' as const, 'view-only' as const) }),
  fc.record({ kind: fc.constant('answer' as const), outcome: fc.constantFrom('accepted' as const, 'declined' as const), reason: fc.constantFrom(...RETEST_REASONS), text: fc.constantFrom('', ' ', '患者要求', 'other words'), isPatientInformed: fc.boolean() },
    { requiredKeys: ['kind', 'outcome'] }),
  fc.record({ kind: fc.constant('answer' as const), outcome: fc.constant('accepted' as const) }),
  fc.record({ kind: fc.constant('reverse' as const), text: fc.constantFrom('', '录入错误', 'wrong patient') }),
  fc.constant({ kind: 'expire' as const }),
  fc.record({ kind: fc.constant('reopen' as const), version: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 30 }) }),
);

function perform(record: DecisionRecord, asked: Command, now: number): StepOutcome {
  const act = { by: 'doctor-1', at: new Date(now).toISOString() };
  switch (asked.kind) {
    case 'present': return present(record, shown(asked.version, asked.verdict), act, new Date(now + TERM_MS).toISOString());
    case 'answer': return answer(record, asked, act);
    case 'reverse': return reverse(record, asked.text, act);
    case 'expire': return expire(record, act);
    case 'reopen': return reopen(record, [{ reference: 'Observation/o1', version: asked.version, kind: 'corrected', what: ['value'] }], act);
    case 'wait': return { kind: 'unchanged', record };
  }
}

/** Where each step may lead, written down by hand. */
const WAYS: Record<DecisionState, readonly DecisionState[]> = {
  candidate: ['presented'],
  presented: ['presented', 'accepted', 'declined', 'expired', 'reopened'],
  expired: ['presented', 'accepted', 'declined'],
  accepted: ['reversed', 'reopened', 'accepted'],
  reopened: ['presented', 'accepted', 'declined', 'reversed', 'reopened'],
  declined: ['declined'],
  reversed: [],
};

const candidate = (): DecisionRecord => ({
  id: 'aaaaaaaa-aaaa-8aaa-8aaa-aaaaaaaaaaaa', version: 0, state: 'candidate', order: shown(1, 'recognise').order, item: 'GLU', name: { zh: '葡萄糖', en: 'Glucose' }, ...factsOf(shown(1, 'recognise')),
  presentedAt: new Date(START).toISOString(), expiresAt: new Date(START + TERM_MS).toISOString(), viewedAt: undefined, revokedFrom: undefined, steps: [],
});

describe('the steps of a decision', () => {
  it('never leave the ways that are allowed, whatever is asked in whatever order, and keep every step', () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
      let record = candidate();
      let now = START;
      for (const asked of commands) {
        if (asked.kind === 'wait') now += asked.hours * 3_600_000;
        const outcome = perform(record, asked, now);
        if (outcome.kind === 'refused') {
          expect(outcome.sentence.length).toBeGreaterThan(10);
          continue;
        }
        if (outcome.kind === 'unchanged') {
          expect(outcome.record).toBe(record);
          continue;
        }
        const after = outcome.record;
        expect(WAYS[record.state]).toContain(after.state);
        expect(after.steps.slice(0, -1)).toEqual(record.steps);
        expect(after.steps.at(-1)?.to).toBe(after.state);
        const last = after.steps.at(-1);
        if (after.state === 'accepted') expect([after.verdict, last?.reason]).toEqual(['recognise', undefined]);
        if (after.state === 'declined' && after.verdict === 'recognise') expect(RETEST_REASONS).toContain(last?.reason);
        if (last?.reason === '6') expect(last.text?.trim().length).toBeGreaterThan(1);
        if (record.state === 'expired' && (after.state === 'accepted' || after.state === 'declined')) expect(last?.isLate).toBe(true);
        // The same once more is no further step.
        const again = perform(after, asked, now);
        expect(again.kind === 'unchanged' || again.kind === 'refused').toBe(true);
        if (asked.kind === 'answer' || asked.kind === 'expire' || asked.kind === 'reopen' || asked.kind === 'reverse') expect(again.kind).toBe('unchanged');
        record = after;
      }
    }), { numRuns: 500 });
  });

  it('are stored as a valid DetectedIssue, which is read as the same decision', () => {
    fc.assert(fc.property(fc.array(command, { minLength: 1, maxLength: 12 }), (commands) => {
      let record = candidate();
      let now = START;
      for (const asked of [{ kind: 'present', version: 1, verdict: 'recognise' } as const, ...commands]) {
        if (asked.kind === 'wait') now += asked.hours * 3_600_000;
        const outcome = perform(record, asked, now);
        if (outcome.kind === 'changed') record = outcome.record;
      }
      const resource = toDetectedIssue(record);
      expect(fhir.validate(resource).filter(({ severity }) => severity === 'error')).toEqual([]);
      const read = readDecision({ type: 'DetectedIssue', version: 0, deleted: false, body: JSON.stringify(resource) });
      expect(isDeepStrictEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(record)))).toBe(true);
    }), { numRuns: 60 });
  });

  it('refuse an answer that contradicts the one that stands, and say how it is taken back', () => {
    const presented = perform(candidate(), { kind: 'present', version: 1, verdict: 'recognise' }, START);
    if (presented.kind === 'refused') throw new Error(presented.sentence);
    const accepted = perform(presented.record, { kind: 'answer', outcome: 'accepted' }, START);
    if (accepted.kind === 'refused') throw new Error(accepted.sentence);
    expect(perform(accepted.record, { kind: 'answer', outcome: 'declined', reason: '1' }, START)).toMatchObject({ kind: 'refused', because: 'state', sentence: expect.stringContaining('reversal') });
    expect(perform(presented.record, { kind: 'answer', outcome: 'declined' }, START)).toMatchObject({ kind: 'refused', element: 'reason' });
    expect(perform(presented.record, { kind: 'answer', outcome: 'declined', reason: '6' }, START)).toMatchObject({ kind: 'refused', element: 'text' });
  });
});
