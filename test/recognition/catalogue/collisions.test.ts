import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dated } from '../../../src/recognition/catalogue/collisions.ts';
import { collisionsOf } from '../../../src/recognition/catalogue/collisions.ts';

const FIRST = Date.parse('2026-01-01');
const LENGTH = 40;
const dayOf = (number: number): string => new Date(FIRST + number * 86_400_000).toISOString().slice(0, 10);

const entry = fc.record({ key: fc.constantFrom('item A', 'item B', 'item C'), from: fc.integer({ min: 0, max: LENGTH }), days: fc.option(fc.integer({ min: 0, max: 20 })), codes: fc.uniqueArray(fc.constantFrom('x|1', 'x|2', 'x|3'), { maxLength: 2 }) });
const entries = fc.array(entry, { maxLength: 8 }).map((all): readonly Dated[] => all.map(({ key, from, days, codes }, at) => ({
  name: `row ${at}`, key, codes, effective: { from: dayOf(from), ...(days === null ? {} : { to: dayOf(from + days) }) },
})));

/** By counting on each day, as the sentence of the rule has it. */
function isClean(all: readonly Dated[]): boolean {
  return Array.from({ length: LENGTH + 30 }, (_, number) => dayOf(number)).every((day) => {
    const today = all.filter(({ effective: { from = '', to } }) => from <= day && (to === undefined || day <= to));
    const keys = today.map(({ key }) => key);
    const keysOfCode = (code: string): number => new Set(today.filter(({ codes }) => codes.includes(code)).map(({ key }) => key)).size;
    return new Set(keys).size === keys.length && ['x|1', 'x|2', 'x|3'].every((code) => keysOfCode(code) <= 1);
  });
}

describe('entries of the catalogue', () => {
  it('collide exactly where on some day two hold for one key, or one code means two', () => {
    fc.assert(fc.property(entries, (all) => {
      expect(collisionsOf(all).length === 0).toBe(isClean(all));
    }), { numRuns: 3_000 });
  });

  it('are told as pairs that do collide, both named in the sentence', () => {
    fc.assert(fc.property(entries, (all) => {
      for (const { first, second, sentence } of collisionsOf(all)) {
        expect(isClean([first, second])).toBe(false);
        expect(sentence).toContain(`${first.name} (`);
        expect(sentence).toContain(`${second.name} (`);
      }
    }), { numRuns: 1_000 });
  });

  it('may follow each other from one day to the next', () => {
    const rows: Dated[] = [{ name: 'a', key: 'item A', codes: ['x|1'], effective: { from: '2026-01-01', to: '2026-01-31' } }, { name: 'b', key: 'item A', codes: ['x|1'], effective: { from: '2026-02-01' } }];
    expect(collisionsOf(rows)).toEqual([]);
    expect(collisionsOf(rows.map((row) => ({ ...row, effective: { ...row.effective, from: '2026-01-31' } })))).toHaveLength(1);
  });
});
