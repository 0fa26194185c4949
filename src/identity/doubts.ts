import type { PersonDecision } from './decision.ts';
import { pairOf } from './decision.ts';
import type { Judging } from './judging.ts';
import type { MatchRecord } from './match-record.ts';
import type { Doubt, ReviewReason } from './review.ts';
import { reviewIdOfNumber, reviewIdOfPersons } from './review.ts';

/** What the doubts about some records rest on. */
export interface DoubtQuestion {
  /** Everybody who may be in doubt. */
  readonly records: readonly MatchRecord[];
  /** Of them, those whose persons were formed now: each doubt about one of these is known, and no other. */
  readonly members: ReadonlySet<string>;
  /** Resident IDs all of whose carriers are among the records. */
  readonly numbers: readonly string[];
  readonly personOf: (patient: string) => string | undefined;
  /** Records that speak by the record which replaced them. */
  readonly isMerged: (patient: string) => boolean;
  readonly decisions: readonly PersonDecision[];
  readonly judging: Judging;
  /** Those that share a key with a record, each with each. */
  readonly sharing: (record: MatchRecord) => readonly MatchRecord[];
}

/** Two records of different persons that may be one, and that no human has judged. */
interface DoubtfulPair { readonly persons: readonly [string, string]; readonly reason: ReviewReason; readonly score: number; readonly number: string | undefined }

/** What a human has to be asked: one question for each resident ID, and one for each two persons that are probably one for other reasons. */
export function doubtsOf(question: DoubtQuestion): readonly Doubt[] {
  const pairs = doubtfulPairs(question);
  const byNumber = Map.groupBy(pairs.filter(({ number }) => number !== undefined), ({ number }) => number ?? '');
  const byPersons = Map.groupBy(pairs.filter(({ number }) => number === undefined), ({ persons }) => persons.join(' '));
  return [
    ...[...byNumber].filter(([number]) => question.numbers.includes(number)).map(([number, found]): Doubt => ({ id: reviewIdOfNumber(number), reason: 'same-number', persons: personsIn(found), score: scoreOf(found) })),
    ...[...byPersons.values()].map((found): Doubt => ({ id: reviewIdOfPersons(personsIn(found)), reason: found.some(({ reason }) => reason === 'contradiction') ? 'contradiction' : 'likely-one', persons: personsIn(found), score: scoreOf(found) })),
  ];
}

function doubtfulPairs({ records, members, numbers, personOf, isMerged, decisions, judging, sharing }: DoubtQuestion): readonly DoubtfulPair[] {
  const decided = new Set(decisions.flatMap(({ patients: [a, b] }) => {
    const [one, other] = [personOf(a), personOf(b)];
    return one === undefined || other === undefined ? [] : [pairOf(one, other).join(' ')];
  }));
  const sought = new Set(numbers);
  return records.filter(({ patient }) => !isMerged(patient)).flatMap((a) => sharing(a).flatMap((b): DoubtfulPair[] => {
    const [one, other] = [personOf(a.patient), personOf(b.patient)];
    if (isMerged(b.patient) || one === undefined || other === undefined || one === other || decided.has(pairOf(one, other).join(' '))) return [];
    const number = a.traits.residentId?.number === b.traits.residentId?.number ? a.traits.residentId?.number : undefined;
    const concerns = members.has(a.patient) || members.has(b.patient) || (number !== undefined && sought.has(number));
    const { grade, score } = judging.of(a, b);
    if (!concerns || (grade !== 'certain' && grade !== 'probable')) return [];
    return [{ persons: pairOf(one, other), reason: number !== undefined ? 'same-number' : grade === 'certain' ? 'contradiction' : 'likely-one', score, number }];
  }));
}

function personsIn(pairs: readonly DoubtfulPair[]): readonly string[] {
  return [...new Set(pairs.flatMap(({ persons }) => persons))].sort();
}

function scoreOf(pairs: readonly DoubtfulPair[]): number {
  return Math.max(...pairs.map(({ score }) => score));
}
