import type { MessageOrder } from './message-order.ts';
import { orderOf } from './message-order.ts';
import type { SourceMessage } from './records.ts';

/** The message whose writes are planned, and where it stands among others. */
export interface Speaker extends MessageOrder {
  /** Of the message in the inbox. */
  readonly id: string;
}

/** @param saidAt instant */
export function speakerOf(message: SourceMessage, saidAt: string | undefined): Speaker {
  return { ...orderOf(message, saidAt), id: message.id };
}

/**
 * Where a message stands among those that spoke of a record, as a text: that of a later one is greater. The greatest is kept
 * beside the record, whether the message changed it or only confirmed it: by this a message that stands before it and is
 * processed later knows what it must leave alone.
 */
export function markOf({ at, tie, id }: Speaker): string {
  return `${new Date(at).toISOString()} ${tie} ${id}`;
}

/** When the message of a mark counts as said, milliseconds. */
export function instantOfMark(mark: string): number {
  return Date.parse(mark.slice(0, mark.indexOf(' ')));
}
