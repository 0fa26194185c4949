import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pair } from '../../src/identity/decision.ts';
import { pairOf } from '../../src/identity/decision.ts';
import type { Judgement } from '../../src/identity/matching/index.ts';
import { partition } from '../../src/identity/partition.ts';
import type { Question } from '../../src/identity/partition.ts';

const judgement = (grade: Judgement['grade'], rule: Judgement['rule'] = 'weights', score = 12): Judgement => ({ grade, rule, score, fields: [] });
const NONE = judgement('possible', 'weights', 0);
const CONTRADICTION = judgement('not', 'contradiction', -20);

/** A question about records, with what is said of some pairs; all others are not one. */
function question(records: readonly string[], said: Readonly<Record<string, Judgement>>, others: Partial<Question> = {}): Question {
  return { records, same: [], different: [], merged: [], judge: (a, b) => said[pairOf(a, b).join('')] ?? NONE, ...others };
}
const persons = (asked: Question): string[] => partition(asked).map(({ patients }) => patients.join(''));

describe('records become persons', () => {
  it('by certain pairs, and by chains of them', () => {
    expect(persons(question(['d', 'c', 'b', 'a'], { ab: judgement('certain'), bc: judgement('certain'), cd: judgement('probable') }))).toEqual(['abc', 'd']);
  });

  it('never with two that contradict each other: the surer pair wins', () => {
    const said = { ab: judgement('certain', 'weights', 11), bc: judgement('certain', 'weights', 14), ac: CONTRADICTION };
    expect(persons(question(['a', 'b', 'c'], said))).toEqual(['a', 'bc']);
    expect(persons(question(['a', 'b', 'c'], { ...said, ab: judgement('certain', 'resident-id', 1) }))).toEqual(['ab', 'c']);
  });

  it('as humans say, whatever the records say', () => {
    const said = { ab: judgement('certain'), ac: CONTRADICTION, bc: CONTRADICTION };
    expect(persons(question(['a', 'b', 'c'], said, { different: [['a', 'b']] }))).toEqual(['a', 'b', 'c']);
    expect(persons(question(['a', 'b', 'c'], said, { same: [['a', 'c']] }))).toEqual(['abc']);
    expect(persons(question(['a', 'b', 'c'], said, { same: [['a', 'c']], different: [['b', 'c']] }))).toEqual(['ac', 'b']);
  });

  it('with those that their source merged, unless a human holds them apart', () => {
    expect(persons(question(['a', 'b'], { ab: CONTRADICTION }, { merged: [['a', 'b']] }))).toEqual(['ab']);
    expect(persons(question(['a', 'b'], { ab: CONTRADICTION }, { merged: [['a', 'b']], different: [['a', 'b']] }))).toEqual(['a', 'b']);
  });

  it('with the strongest reason for each record', () => {
    const [cluster] = partition(question(['a', 'b', 'c'], { ab: judgement('certain', 'resident-id', 30), bc: judgement('certain', 'weights', 13) }));
    expect(Object.fromEntries(cluster?.evidence ?? [])).toEqual({ a: { rule: 'resident-id', score: 30 }, b: { rule: 'resident-id', score: 30 }, c: { rule: 'weights', score: 13 } });
  });
});

const RECORDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const PAIRS = RECORDS.flatMap((a, at) => RECORDS.slice(at + 1).map((b): Pair => [a, b]));
const anyJudgement = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NONE) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('weights' as const, 'resident-id' as const), fc.integer({ min: 10, max: 14 })).map(([rule, score]) => judgement('certain', rule, score)) },
  { weight: 1, arbitrary: fc.constant(CONTRADICTION) },
  { weight: 1, arbitrary: fc.constant(judgement('probable', 'weights', 5)) },
);
const anyQuestion = fc.record({
  said: fc.array(anyJudgement, { minLength: PAIRS.length, maxLength: PAIRS.length }),
  same: fc.subarray(PAIRS, { maxLength: 2 }), different: fc.subarray(PAIRS, { maxLength: 3 }), merged: fc.subarray(PAIRS, { maxLength: 1 }),
}).map(({ said, ...rest }) => question(RECORDS, Object.fromEntries(PAIRS.map((pair, at) => [pair.join(''), said[at] ?? NONE])), rest));

describe('any question', () => {
  it('has one answer, whatever order its records and pairs come in', () => {
    fc.assert(fc.property(anyQuestion, fc.shuffledSubarray(RECORDS, { minLength: RECORDS.length }), fc.boolean(), (asked, records, isReversed) => {
      const turned = <T>(list: readonly T[]): readonly T[] => (isReversed ? list.toReversed() : list);
      const again = { ...asked, records, same: turned(asked.same), different: turned(asked.different), merged: turned(asked.merged) };
      const answer = (one: Question): unknown => partition(one).map(({ patients, evidence }) => [patients, [...evidence].sort()]);
      expect(answer(again)).toEqual(answer(asked));
    }));
  });

  it('is answered with each record once, and nobody together whom a human holds apart', () => {
    fc.assert(fc.property(anyQuestion, (asked) => {
      const clusters = partition(asked);
      expect(clusters.flatMap(({ patients }) => patients).sort()).toEqual(RECORDS);
      for (const [a, b] of asked.different) expect(clusters.some(({ patients }) => patients.includes(a) && patients.includes(b))).toBe(false);
    }));
  });

  it('is answered without two records together that contradict each other, unless somebody joined one of them', () => {
    fc.assert(fc.property(anyQuestion, (asked) => {
      const joined = new Set([...asked.same, ...asked.merged].flat());
      for (const { patients } of partition(asked)) {
        for (const a of patients) for (const b of patients) if (!joined.has(a) && !joined.has(b)) expect(a === b ? undefined : asked.judge(a, b)?.rule).not.toBe('contradiction');
      }
    }));
  });

  it('joins every certain pair that nothing speaks against', () => {
    fc.assert(fc.property(anyQuestion, (asked) => {
      const open = { ...asked, different: [], judge: (a: string, b: string) => { const said = asked.judge(a, b); return said?.rule === 'contradiction' ? NONE : said; } };
      const clusters = partition(open);
      for (const [a, b] of PAIRS) if (open.judge(a, b)?.grade === 'certain') expect(clusters.some(({ patients }) => patients.includes(a) && patients.includes(b))).toBe(true);
    }));
  });
});
