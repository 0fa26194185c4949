import type { DecisionRecord } from '../decisions/decision-record.ts';
import { RETEST_REASONS } from '../decisions/decision-record.ts';
import { lastAnswerOf } from '../decisions/decision-steps.ts';

const REASON_COLUMNS = ['reason1', 'reason2', 'reason3', 'reason4', 'reason5', 'reason6'] as const;

/**
 * What is counted. `eligible`: could have been recognised. `answered`: a physician said yes or no. `reopened`: answered, and asked
 * anew since. `waiting`: presented and not answered yet. `repeats`: done again without a record.
 */
export const COLUMNS = [
  'presented', 'viewOnly', 'eligible', 'answered', 'accepted', 'declined', 'reversed', 'reopened', 'expired', 'waiting', ...REASON_COLUMNS, 'viewed', 'repeats',
] as const;
export type Column = (typeof COLUMNS)[number];

/** Sums of money in fen, of accepted decisions. */
export const COSTS = ['savedGrossFen', 'savedPatientShareFen'] as const;
export type Cost = (typeof COSTS)[number];

export const ALL_COLUMNS = [...COLUMNS, ...COSTS] as const;
export type Counts = Readonly<Record<Column | Cost, number>>;

/** Each of these columns is the sum of the others, in every row. */
export const SUMS: readonly (readonly [sum: Column, parts: readonly Column[]])[] = [
  ['presented', ['eligible', 'viewOnly']],
  ['eligible', ['answered', 'expired', 'waiting']],
  ['answered', ['accepted', 'declined', 'reversed', 'reopened']],
  ['declined', REASON_COLUMNS],
];

export const NO_COUNTS: Counts = {
  presented: 0, viewOnly: 0, eligible: 0, answered: 0, accepted: 0, declined: 0, reversed: 0, reopened: 0, expired: 0, waiting: 0,
  reason1: 0, reason2: 0, reason3: 0, reason4: 0, reason5: 0, reason6: 0, viewed: 0, repeats: 0, savedGrossFen: 0, savedPatientShareFen: 0,
};

export function countsOf(count: (column: Column | Cost) => number): Counts {
  const counts: Partial<Record<Column | Cost, number>> = {};
  for (const column of ALL_COLUMNS) counts[column] = count(column);
  return { ...NO_COUNTS, ...counts };
}

export function sumOf(a: Counts, b: Counts): Counts {
  return countsOf((column) => a[column] + b[column]);
}

/** The columns in which a decision counts once. What was only shown is no occasion of recognition, whatever was said of it. */
export function columnsOf(record: DecisionRecord): ReadonlySet<Column> {
  const columns = new Set<Column>(['presented']);
  if (record.viewedAt !== undefined) columns.add('viewed');
  if (record.verdict !== 'recognise') return columns.add('viewOnly');
  columns.add('eligible');
  const outcome = outcomeOf(record);
  columns.add(outcome);
  if (outcome !== 'waiting' && outcome !== 'expired') columns.add('answered');
  // It was declined when it could not be recognised, and can be now: nobody has named a lawful reason.
  const reason = RETEST_REASONS.indexOf(lastAnswerOf(record)?.reason ?? '6');
  if (outcome === 'declined') columns.add(REASON_COLUMNS[reason] ?? 'reason6');
  return columns;
}

function outcomeOf(record: DecisionRecord): Column {
  switch (record.state) {
    case 'accepted': case 'declined': case 'reversed': case 'expired': return record.state;
    case 'reopened': return lastAnswerOf(record) === undefined ? 'waiting' : 'reopened';
    case 'candidate': case 'presented': return 'waiting';
  }
}

export function countsOfDecision(record: DecisionRecord): Counts {
  const columns: ReadonlySet<string> = columnsOf(record);
  const isSaved = columns.has('accepted');
  return { ...countsOf((column) => Number(columns.has(column))), savedGrossFen: isSaved ? record.price?.grossFen ?? 0 : 0, savedPatientShareFen: isSaved ? record.price?.patientShareFen ?? 0 : 0 };
}

export const ONE_REPEAT: Counts = countsOf((column) => (column === 'repeats' ? 1 : 0));
