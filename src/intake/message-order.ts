import type { SourceMessage } from './records.ts';

/** Where a message stands among the others of its source: the later one holds. */
export interface MessageOrder {
  /** Milliseconds. */
  readonly at: number;
  /** Tells messages of one instant apart; '' where the order of receipt does. */
  readonly tie: string;
}

/** A clock that runs ahead this far is forgiven. */
const CLOCK_SKEW_MS = 10 * 60_000;

/**
 * By when the sender says that it spoke, since messages overtake each other on the way; by the receipt where it says
 * nothing, or names a time to come, which would make it the last word for as long.
 *
 * @param saidAt instant
 */
export function orderOf({ receivedAt, messageId, contentHash }: SourceMessage, saidAt: string | undefined): MessageOrder {
  const received = Date.parse(receivedAt);
  const said = saidAt === undefined ? Number.NaN : Date.parse(saidAt);
  if (Number.isNaN(said) || said > received + CLOCK_SKEW_MS) return { at: received, tie: '' };
  return { at: said, tie: `${messageId} ${contentHash.slice(0, 16)}` };
}
