import type { Anchor } from './catalogue-item.ts';
import type { Mark } from './certificate.ts';

/** `recognise`: it may stand in for the test. `view-only`: it is shown, and the test is ordered. `hidden`: nothing of it is told. */
export type Verdict = 'recognise' | 'view-only' | 'hidden';

/** What a prior result must pass, in the order in which it is told. */
export const GATES = [
  'identity', 'consent', 'conclusion', 'status', 'code', 'specimen-site', 'method', 'unit', 'images', 'catalogue', 'quality-mark', 'time', 'window', 'level', 'excluded',
] as const;
export type Gate = (typeof GATES)[number];

/** A gate that the result did not pass, and why, for a physician. */
export interface FailedGate { readonly gate: Gate; readonly zh: string; readonly en: string }

/** Whether one prior result may stand in for one ordered item, and why not. */
export interface Assessment {
  readonly verdict: Verdict;
  /** All that failed, in the order of `GATES`; empty exactly for `recognise`. */
  readonly failed: readonly FailedGate[];
  /** The mark that the result carried when it was reported, whether or not it counts here. */
  readonly mark: Mark | undefined;
  /** From which instant its age was counted, and whether that was in place of the one that the catalogue names. */
  readonly anchor: { readonly kind: Anchor; readonly at: string; readonly isFallback: boolean } | undefined;
  /** Last instant at which it may be recognised; undefined where it has no anchor or its item no window. */
  readonly validUntil: string | undefined;
}
