import type { Verdict } from '../rules/assessment.ts';
import type { Anchor } from '../rules/catalogue-item.ts';
import type { Mark } from '../rules/certificate.ts';
import type { DecidedOrder, Price, PriorUsed } from './presentation.ts';

/** `reopened`: what the decision rests on has changed since; it waits for a further answer. */
export const DECISION_STATES = ['candidate', 'presented', 'accepted', 'declined', 'expired', 'reversed', 'reopened'] as const;
export type DecisionState = (typeof DECISION_STATES)[number];

export const RETEST_REASONS = ['1', '2', '3', '4', '5', '6'] as const;
/** One of the six lawful circumstances in which a test is repeated. */
export type RetestReason = (typeof RETEST_REASONS)[number];

/** What is different now in something that a decision used. */
export interface BasisChange {
  /** `Observation/o1`, `VerificationResult/v1`, or the Patient that is no longer of the same person. */
  readonly reference: string;
  /** Of the resource that brought the change. */
  readonly version: number;
  readonly kind: 'corrected' | 'retracted' | 'recalled' | 'identity';
  /** Names of what differs, `value`, `unit`, `status`, `range`… */
  readonly what: readonly string[];
}

/** One step of a decision: who, when, and what they said. */
export interface DecisionStep {
  readonly to: DecisionState;
  /** Instant. */
  readonly at: string;
  /** Subject of the token; `bund` for what the exchange does by itself. */
  readonly by: string;
  readonly name?: string | undefined;
  readonly reason?: RetestReason | undefined;
  readonly text?: string | undefined;
  readonly isPatientInformed?: boolean | undefined;
  /** When the patient was told, or not; instant. */
  readonly informedAt?: string | undefined;
  /** Answered after the decision had expired. */
  readonly isLate?: boolean | undefined;
  readonly changes?: readonly BasisChange[] | undefined;
  /** What the step did to the stored order; `untouched`: it was completed or taken back already, and stays as it is. */
  readonly order?: 'revoked' | 'restored' | 'untouched' | undefined;
}

/** The decision of a physician about one ordered item and one prior report. Stored as DetectedIssue. */
export interface DecisionRecord {
  /** Logical id of the DetectedIssue, a UUID that follows from (order, item, prior report): the `uuid` of a card. */
  readonly id: string;
  /** As stored; 0 where it never was. */
  readonly version: number;
  readonly state: DecisionState;
  readonly order: DecidedOrder;
  readonly item: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly members: readonly string[];
  readonly coversOrder: boolean;
  readonly prior: PriorUsed;
  readonly verdict: Exclude<Verdict, 'hidden'>;
  /** Codes of the gates that failed. */
  readonly failed: readonly string[];
  readonly mark: Mark | undefined;
  readonly anchor: { readonly kind: Anchor; readonly at: string; readonly isFallback: boolean } | undefined;
  readonly validUntil: string | undefined;
  readonly price: Price | undefined;
  /** Instants. `presentedAt` is the first time: by it a decision belongs to a month. */
  readonly presentedAt: string;
  readonly expiresAt: string;
  /** When a physician first opened it. */
  readonly viewedAt: string | undefined;
  /** Status that the stored order had before it was revoked because of this decision; undefined: it was not. */
  readonly revokedFrom: string | undefined;
  /** Oldest first. */
  readonly steps: readonly DecisionStep[];
}
