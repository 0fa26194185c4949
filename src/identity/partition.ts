import type { Pair } from './decision.ts';
import type { Judgement } from './matching/index.ts';

/** What is asked of a set of records: who is one person. All pairs are of ids among `records`. */
export interface Question {
  /** Logical ids. */
  readonly records: readonly string[];
  /** What humans hold to be one person, and what not. */
  readonly same: readonly Pair[];
  readonly different: readonly Pair[];
  /** Records that their source merged into another one: they go where that one goes, whatever they say themselves. */
  readonly merged: readonly Pair[];
  /** Undefined for a record that says nothing by itself. */
  readonly judge: (a: string, b: string) => Judgement | undefined;
}

/** Why a record belongs to its person: the strongest of what joins it to another of the same person. */
export interface Evidence { readonly rule: 'human' | 'source' | 'resident-id' | 'weights'; readonly score: number }

/** Records of one person, sorted; `evidence` for each of them where they are several. */
export interface Cluster { readonly patients: readonly string[]; readonly evidence: ReadonlyMap<string, Evidence> }

/**
 * Who is one person. What humans joined comes first, then what sources merged, then pairs that are certain, the surest first
 * and equal ones by id. Nothing joins two records that a human holds apart, and nothing but a human or their source two that
 * contradict each other. Whatever order the records are given in, the answer is the same.
 *
 * @returns clusters by their first record
 */
export function partition(question: Question): readonly Cluster[] {
  const { same, different, merged } = question;
  const records = question.records.toSorted(compare);
  const sets = new Sets(records);
  const isApart = apartness(different);
  for (const [a, b] of [...same.toSorted(comparePairs), ...merged.toSorted(comparePairs)]) {
    if (!sets.areJoined(a, b) && !isApart(sets.of(a), sets.of(b))) sets.join(a, b);
  }
  const groups = sets.all();
  joinCertain(records, { sets, isApart, contradicts: contradiction(groups, question.judge), judge: question.judge });
  return sets.all().map((patients) => ({ patients, evidence: evidenceOf(patients, question) })).sort((a, b) => compare(a.patients[0] ?? '', b.patients[0] ?? ''));
}

interface Joining {
  readonly sets: Sets;
  readonly isApart: (a: readonly string[], b: readonly string[]) => boolean;
  readonly contradicts: (a: readonly string[], b: readonly string[]) => boolean;
  readonly judge: Question['judge'];
}

function joinCertain(records: readonly string[], { sets, isApart, contradicts, judge }: Joining): void {
  const refused = new Set<string>();
  for (const { a, b } of certainPairs(records, judge)) {
    if (sets.areJoined(a, b)) continue;
    const [one, other] = [sets.of(a), sets.of(b)];
    // What was refused once stays so, however both sides grow.
    const name = `${one[0] ?? ''} ${one.length} ${other[0] ?? ''} ${other.length}`;
    if (refused.has(name)) continue;
    if (isApart(one, other) || contradicts(one, other)) refused.add(name);
    else sets.join(a, b);
  }
}

interface CertainPair { readonly a: string; readonly b: string; readonly rank: number; readonly score: number }

/** The surest first. */
function certainPairs(records: readonly string[], judge: Question['judge']): readonly CertainPair[] {
  const pairs: CertainPair[] = [];
  for (const [at, a] of records.entries()) {
    for (const b of records.slice(at + 1)) {
      const judgement = judge(a, b);
      if (judgement?.grade === 'certain') pairs.push({ a, b, rank: judgement.rule === 'resident-id' ? 0 : 1, score: judgement.score });
    }
  }
  return pairs.sort((x, y) => x.rank - y.rank || y.score - x.score || compare(x.a, y.a) || compare(x.b, y.b));
}

/** Whether humans hold some record of one side apart from one of the other. */
function apartness(different: readonly Pair[]): Joining['isApart'] {
  const partners = new Map<string, Set<string>>();
  for (const [a, b] of different) {
    partners.set(a, (partners.get(a) ?? new Set()).add(b));
    partners.set(b, (partners.get(b) ?? new Set()).add(a));
  }
  if (partners.size === 0) return () => false;
  return (one, other) => {
    const members = new Set(other);
    return one.some((record) => [...partners.get(record) ?? []].some((partner) => members.has(partner)));
  };
}

/**
 * Whether two sides contradict each other. Records that a human or their source joined speak together: where one of them is
 * certainly the other side, what else they say has been explained by whoever joined them.
 */
function contradiction(groups: readonly (readonly string[])[], judge: Question['judge']): Joining['contradicts'] {
  const groupOf = new Map(groups.flatMap((group) => group.map((record) => [record, group] as const)));
  const groupsIn = (records: readonly string[]): readonly (readonly string[])[] => [...new Set(records.map((record) => groupOf.get(record) ?? [record]))];
  const judged = (one: readonly string[], other: readonly string[]): boolean => {
    const judgements = one.flatMap((a) => other.flatMap((b) => judge(a, b) ?? []));
    return judgements.some(({ rule }) => rule === 'contradiction') && !judgements.some(({ grade }) => grade === 'certain');
  };
  return (one, other) => groupsIn(one).some((a) => groupsIn(other).some((b) => judged(a, b)));
}

const RULE_RANK: Readonly<Record<Evidence['rule'], number>> = { human: 0, source: 1, 'resident-id': 2, weights: 3 };

function evidenceOf(patients: readonly string[], { same, merged, judge }: Question): ReadonlyMap<string, Evidence> {
  const best = new Map<string, Evidence>();
  if (patients.length === 1) return best;
  const offer = (a: string, b: string, evidence: Evidence): void => {
    for (const record of [a, b]) {
      const known = best.get(record);
      if (known === undefined || isStronger(evidence, known)) best.set(record, evidence);
    }
  };
  const members = new Set(patients);
  for (const [a, b] of same) if (members.has(a) && members.has(b)) offer(a, b, { rule: 'human', score: 0 });
  for (const [a, b] of merged) if (members.has(a) && members.has(b)) offer(a, b, { rule: 'source', score: 0 });
  for (const [at, a] of patients.entries()) {
    for (const b of patients.slice(at + 1)) {
      const judgement = judge(a, b);
      if (judgement?.grade === 'certain') offer(a, b, { rule: judgement.rule === 'resident-id' ? 'resident-id' : 'weights', score: judgement.score });
    }
  }
  return best;
}

function isStronger(a: Evidence, b: Evidence): boolean {
  return RULE_RANK[a.rule] < RULE_RANK[b.rule] || (a.rule === b.rule && a.score > b.score);
}

/** Disjoint sets of records, each kept sorted. */
class Sets {
  readonly #of: Map<string, readonly string[]>;

  constructor(records: readonly string[]) {
    this.#of = new Map(records.map((record) => [record, [record]]));
  }

  of(record: string): readonly string[] {
    return this.#of.get(record) ?? [record];
  }

  areJoined(a: string, b: string): boolean {
    return this.of(a) === this.of(b);
  }

  join(a: string, b: string): void {
    const joined = [...this.of(a), ...this.of(b)].sort(compare);
    for (const record of joined) this.#of.set(record, joined);
  }

  all(): readonly (readonly string[])[] {
    return [...new Set(this.#of.values())];
  }
}

function comparePairs([a, b]: Pair, [c, d]: Pair): number {
  return compare(a, c) || compare(b, d);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
