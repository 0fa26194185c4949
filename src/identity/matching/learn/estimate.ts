import { type Field, FIELDS } from '../judgement.ts';
import { compareRecords } from '../compare-records.ts';
import type { Features } from '../features.ts';
import type { Comparison } from '../levels.ts';
import { isByFrequency, type MatchModel, type ModelData } from '../model.ts';
import { chanceOf } from '../name-frequencies.ts';

/** Whose two records a pair may be. */
export const KINDS = ['person', 'household', 'stranger'] as const;
export type Kind = (typeof KINDS)[number];

/** Pairs that compare alike: how, how often strangers have such names (bits, rounded), and how many pairs there are. */
export interface Pattern { readonly levels: Comparison; readonly nameBits: number; count: number }

/** How many pairs are of each kind at each level of each field. */
export type Tally = ReadonlyMap<string, number>;

export function tallyKey(field: Field, level: string, kind: Kind): string {
  return `${field} ${level} ${kind}`;
}

/** Compares pairs and counts those that compare alike, so that estimation need not look at each of them again. */
export function patternsOf(pairs: Iterable<readonly [Features, Features]>, { frequencies }: MatchModel): readonly Pattern[] {
  const patterns = new Map<string, Pattern>();
  for (const [a, b] of pairs) {
    const { levels, names } = compareRecords(a, b);
    const nameBits = names === undefined || !isByFrequency(levels.name) ? 0 : Math.round(Math.log2(chanceOf(levels.name, names, frequencies)));
    const key = `${FIELDS.map((field) => levels[field]).join()} ${nameBits}`;
    const known = patterns.get(key);
    if (known === undefined) patterns.set(key, { levels, nameBits, count: 1 });
    else known.count++;
  }
  return [...patterns.values()];
}

/**
 * Expectation: how the pairs of a block divide into kinds. The share of each kind in the block is found by repeating; what
 * the pairs were chosen by is no evidence and is left out.
 *
 * @param fields those that are evidence
 * @param shares where to start
 */
export function expect(patterns: readonly Pattern[], data: ModelData, { fields, shares }: { readonly fields: readonly Field[]; readonly shares: Readonly<Record<Kind, number>> }): { readonly tally: Tally; readonly shares: Readonly<Record<Kind, number>> } {
  const likelihoods = patterns.map((pattern) => KINDS.map((kind) => likelihood(pattern, data, { fields, kind })));
  const current = KINDS.map((kind) => shares[kind]);
  let posteriors: readonly (readonly number[])[] = [];
  for (let round = 0; round < 25; round++) {
    posteriors = likelihoods.map((likely) => normalized(likely.map((value, at) => value * (current[at] ?? 0))));
    const sums = normalized(KINDS.map((_, at) => patterns.reduce((sum, { count }, index) => sum + count * (posteriors[index]?.[at] ?? 0), 1e-9)));
    // A kind that cannot be in the block stays out of it.
    sums.forEach((sum, at) => (current[at] = current[at] === 0 ? 0 : sum));
  }
  const tally = new Map<string, number>();
  patterns.forEach(({ levels, count }, index) => KINDS.forEach((kind, at) => {
    const weight = count * (posteriors[index]?.[at] ?? 0);
    for (const field of fields) tally.set(tallyKey(field, levels[field], kind), (tally.get(tallyKey(field, levels[field], kind)) ?? 0) + weight);
  }));
  return { tally, shares: { person: current[0] ?? 0, household: current[1] ?? 0, stranger: current[2] ?? 0 } };
}

function likelihood({ levels, nameBits }: Pattern, data: ModelData, { fields, kind }: { readonly fields: readonly Field[]; readonly kind: Kind }): number {
  return fields.reduce((product, field) => product * probability(field, levels[field], { data, kind, nameBits }), 1);
}

function probability(field: Field, level: string, { data, kind, nameBits }: { readonly data: ModelData; readonly kind: Kind; readonly nameBits: number }): number {
  if (level === 'missing') return 1;
  if (field === 'name' && isByFrequency(level)) return kind === 'stranger' ? 2 ** nameBits : data.name.byFrequency[level][kind];
  const levels: Readonly<Record<string, Readonly<Record<Kind, number>>>> = field === 'name' ? data.name.levels : data.fields[field];
  return levels[level]?.[kind] ?? 1e-9;
}

function normalized(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => (sum === 0 ? 0 : value / sum));
}
