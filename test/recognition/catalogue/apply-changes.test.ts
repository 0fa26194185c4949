import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { AppliedChange } from '../../../src/recognition/catalogue/apply-changes.ts';
import { applyChanges } from '../../../src/recognition/catalogue/apply-changes.ts';
import { datedOf } from '../../../src/recognition/catalogue/check-entry.ts';
import { collisionsOf } from '../../../src/recognition/catalogue/collisions.ts';
import type { Entry, RowContent } from '../../../src/recognition/catalogue/content.ts';
import { requireApplicable } from '../../../src/recognition/catalogue/judge-change.ts';
import { load } from '../profiles.ts';

const shipped = await load();
const ITEMS = ['GLU', 'TC', 'K'];
/** Few items, so that changes meet. */
const files = { ...shipped, entries: shipped.entries.filter((entry) => entry.subject === 'row' && ITEMS.includes(entry.content.item)) };

const dayOf = (number: number): string => new Date(Date.parse('2026-01-01') + number * 86_400_000).toISOString().slice(0, 10);
const row = (item: string, from: number, days: number | null): RowContent => ({
  item, kind: 'laboratory', specimens: ['serum'], window: { days: 1, anchor: 'collected' }, scope: 'district', exclusions: [], isEnabled: true,
  effective: { from: dayOf(from), ...(days === null ? {} : { to: dayOf(from + days) }) },
});

/** What somebody tries: a new row, one that follows another, an end, or to take an approved change back. The numbers choose among what is there. */
const attempt = fc.record({
  kind: fc.constantFrom('new', 'follow', 'follow', 'end', 'retire'), item: fc.constantFrom(...ITEMS), from: fc.integer({ min: -900, max: 60 }), days: fc.option(fc.integer({ min: 0, max: 40 })), which: fc.nat(20),
});

function changeOf({ kind, item, from, days, which }: { kind: string; item: string; from: number; days: number | null; which: number }, id: string, entries: readonly Entry[]): AppliedChange {
  const target = entries.filter((entry) => entry.subject === 'row' && entry.content.item === item);
  const replaces = target[which % Math.max(1, target.length)]?.id ?? 'none';
  if (kind === 'end') return { id, subject: 'row', entry: undefined, replaces, lastDay: dayOf(from) };
  return { id, subject: 'row', entry: { subject: 'row', content: row(item, from, days) }, replaces: kind === 'follow' ? replaces : undefined, lastDay: undefined };
}

function isAccepted(judge: () => unknown): boolean {
  try {
    judge();
    return true;
  } catch (error) {
    // Whatever is refused is refused with a sentence, and for no other reason.
    if (!(error instanceof ServiceError)) throw error;
    expect(['invalid', 'rule-broken']).toContain(error.kind);
    return false;
  }
}

describe('a catalogue that is changed again and again', () => {
  it('never has two rows of one item on one day, whatever is tried, and takes what leaves it so', () => {
    let accepted = 0;
    fc.assert(fc.property(fc.array(attempt, { maxLength: 12 }), (attempts) => {
      let approved: readonly AppliedChange[] = [];
      for (const [number, one] of attempts.entries()) {
        const entries = applyChanges(files.entries, approved);
        const next = one.kind === 'retire' ? approved.filter((_, at) => at !== one.which % Math.max(1, approved.length)) : [changeOf(one, `change-${String(number).padStart(6, '0')}`, entries), ...approved];
        const judged = one.kind === 'retire' ? next : next.slice(0, 1);
        const others = (change: AppliedChange) => next.filter(({ id }) => id !== change.id);
        if (!isAccepted(() => { for (const change of judged) requireApplicable(change, others(change), { files, entries }); })) continue;
        approved = next;
        accepted++;
        expect(collisionsOf(applyChanges(files.entries, approved).map((entry) => datedOf(entry, files.known)))).toEqual([]);
      }
    }), { numRuns: 400 });
    expect(accepted).toBeGreaterThan(200);
  });
});

describe('what was approved', () => {
  const entry = (content: RowContent): AppliedChange => ({ id: 'c-000001', subject: 'row', entry: { subject: 'row', content }, replaces: 'GLU@2024', lastDay: undefined });

  it('ends what it follows on the day before, and leaves nothing of what would begin later', () => {
    const [first] = applyChanges(files.entries, [entry(row('GLU', 10, null))]).filter(({ id }) => id === 'GLU@2024');
    expect(first?.content.effective).toEqual({ from: '2024-01-01', to: dayOf(9) });
    expect(applyChanges(files.entries, [entry(row('GLU', -2_000, null))]).map(({ id }) => id)).not.toContain('GLU@2024');
  });

  it('stands before a file that was changed later', () => {
    const later = files.entries.map((one): Entry => (one.subject === 'row' && one.content.item === 'GLU' ? { ...one, id: 'GLU@renamed' } : one));
    const [first, ...others] = applyChanges(later, [entry(row('GLU', 10, null))]).filter((one) => one.subject === 'row' && one.content.item === 'GLU');
    expect([first?.isOfFile, others.map(({ id }) => id)]).toEqual([false, ['GLU@renamed']]);
  });
});
