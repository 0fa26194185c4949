/** What physicians were shown of prior results, and what they decided. */
export { type Answer, answerDecision, reverseDecision, type Reversal } from './answer-decision.ts';
export { type BasisChange, type DecisionRecord, type DecisionState, type DecisionStep, type RetestReason, RETEST_REASONS } from './decision-record.ts';
export { decisionIdOf } from './decision-id.ts';
export { presentDecisions } from './present-decisions.ts';
export type { DecidedOrder, Presentation, Price, PriorUsed, VersionedReference } from './presentation.ts';
export { REASONS_SHOWN, type ReasonShown, RETEST_REASON_SYSTEM } from './retest-reasons.ts';
export { startDecisions } from './start-decisions.ts';
