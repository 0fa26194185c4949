import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { assessPanel, type AssessedPrior, bestOf } from '../../../src/recognition/rules/assess-panel.ts';
import type { Assessment } from '../../../src/recognition/rules/assessment.ts';
import { ago, DAY_MS, PRIOR } from './questions.ts';

const LIPIDS = { panel: 'LIP', zh: '血脂', en: 'Lipids', codes: [], members: ['TC', 'TG'], optional: ['LPA'] };

function assessed(reference: string, verdict: Assessment['verdict'], ageDays: number | undefined): AssessedPrior {
  const failed = verdict === 'recognise' ? [] : [{ gate: 'unit' as const, zh: '单位', en: 'unit' }];
  const anchor = ageDays === undefined ? undefined : { kind: 'collected' as const, at: ago(ageDays * DAY_MS), isFallback: false };
  return { prior: { ...PRIOR, reference }, assessment: { verdict, failed, mark: undefined, anchor, validUntil: undefined } };
}

describe('assessPanel', () => {
  it('is complete without its optional members, and tells those it has', () => {
    const panel = assessPanel(LIPIDS, new Map([['TC', [assessed('Observation/1', 'recognise', 1)]], ['TG', [assessed('Observation/2', 'recognise', 1)]]]));
    assert.equal(panel.coverage, 'complete');
    assert.deepEqual(panel.recognised.map(({ item }) => item), ['TC', 'TG']);
    assert.deepEqual(panel.missing, []);
  });

  it('is partial with the members that are missing, and why', () => {
    const panel = assessPanel(LIPIDS, new Map([['TC', [assessed('Observation/1', 'recognise', 1)]], ['TG', [assessed('Observation/2', 'view-only', 1)]], ['LPA', [assessed('Observation/3', 'recognise', 1)]]]));
    assert.equal(panel.coverage, 'partial');
    assert.deepEqual(panel.missing.map(({ item, why }) => [item, why.map(({ gate }) => gate)]), [['TG', ['unit']]]);
    assert.deepEqual(panel.recognised.map(({ item }) => item), ['TC', 'LPA']);
  });

  it('is nothing where no member is recognised, and tells nothing of what is hidden', () => {
    const panel = assessPanel(LIPIDS, new Map([['TC', [assessed('Observation/1', 'hidden', 1)]]]));
    assert.equal(panel.coverage, 'none');
    assert.deepEqual(panel.missing, [{ item: 'TC', why: [] }, { item: 'TG', why: [] }]);
    assert.equal(assessPanel({ ...LIPIDS, members: [] }, new Map()).coverage, 'none');
  });
});

describe('bestOf', () => {
  it('takes what is recognised before what is newer and is not, and the newer of two', () => {
    assert.equal(bestOf([assessed('Observation/1', 'view-only', 1), assessed('Observation/2', 'recognise', 9), assessed('Observation/3', 'recognise', 8)])?.prior.reference, 'Observation/3');
    assert.equal(bestOf([assessed('Observation/1', 'hidden', 1)]), undefined);
  });

  it('takes the same one in whatever order the results come', () => {
    const candidate = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom<Assessment['verdict']>('recognise', 'view-only', 'hidden'), fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }));
    fc.assert(fc.property(fc.uniqueArray(candidate, { maxLength: 6, selector: ([id]) => id }), fc.integer(), (drawn, seed) => {
      const all = drawn.map(([id, verdict, age]) => assessed(`Observation/${id}`, verdict, age));
      const shuffled = all.map((one, at) => ({ one, key: (at * 7919 + seed) % 13 })).sort((a, b) => a.key - b.key).map(({ one }) => one);
      assert.equal(bestOf(all)?.prior.reference, bestOf(shuffled)?.prior.reference);
    }));
  });
});
