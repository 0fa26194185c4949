import type { Issue } from '../fhir/outcome.ts';
import type { Services } from '../services.ts';
import { reasonsOf } from './dead-letters/reason.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { TAKEN_IN_PART } from './prepare-message.ts';
import type { SourceMessage } from './records.ts';
import type { Processing } from './settle-message.ts';

/** What a message says of why it, or entries of it, could not be stored, and of when it is tried again. */
export type Failure = Pick<SourceMessage, 'reasons' | 'attempts' | 'nextRetryAt' | 'awaits'>;

/** What was found wrong when a message was processed. */
export interface Found extends Partial<Pick<PreparedMessage, 'unanswered'>> {
  readonly kind: SourceMessage['kind'];
  readonly issues: readonly Issue[];
}

/** A message that misses more records than these is tried again when some of them have come. */
const MOST_AWAITED = 20;
/** The keys that derive from what the source calls a record. A key beyond is that of a record which is there already. */
const DERIVED_KEYS = 2;
const MINUTE_MS = 60_000;

/** The message without what its last processing found wrong. */
export function withoutFailure({ reasons: _reasons, attempts: _attempts, nextRetryAt: _nextRetryAt, awaits: _awaits, ...message }: SourceMessage): Omit<SourceMessage, keyof Failure> {
  return message;
}

/**
 * A message is tried again by itself where all that is wrong with it is that records are missing which may still come; of
 * one that is taken in by parts, also where other parts are wrong for good. The waits grow; after the last it stays as it is.
 */
export function failureOf({ config, clock }: Services, message: SourceMessage, { interaction }: Pick<Processing, 'interaction'>, { kind, issues, unanswered = [] }: Found): Failure {
  if (issues.length === 0) return {};
  const reasons = [...reasonsOf(issues)];
  const attempts = interaction === 'intake-retry' ? (message.attempts ?? 0) + 1 : 0;
  const isHopeful = unanswered.length > 0 && (TAKEN_IN_PART.has(kind ?? '') || issues.every(({ code }) => code === 'not-found'));
  const wait = isHopeful ? waitAfter(config, attempts, clock()) : undefined;
  if (wait === undefined) return { reasons, ...(attempts === 0 ? {} : { attempts }) };
  const awaits = unanswered.slice(0, MOST_AWAITED).map(({ keys }) => keys.slice(0, DERIVED_KEYS).map(({ type, id }) => ({ type, id })));
  return { reasons, ...wait, awaits };
}

/** When a message is tried again that was so many times in vain; undefined after the last. */
export function waitAfter({ retry }: Pick<Services['config'], 'retry'>, attempts: number, now: Date): Pick<Failure, 'attempts' | 'nextRetryAt'> | undefined {
  const minutes = retry.afterMinutes[attempts];
  return minutes === undefined ? undefined : { attempts, nextRetryAt: new Date(now.getTime() + minutes * MINUTE_MS).toISOString() };
}
