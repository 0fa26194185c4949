import { CHAIN_START, linkHash } from '../store/chain.ts';
import type { ChainHead, ChainLink } from '../store/store.ts';

/** How far a chain has been followed without a fault. */
export interface ChainState {
  readonly writer: string;
  /** Position and hash of the last good link. */
  readonly seq: number;
  readonly hash: string;
  /** When the first and the last event were recorded. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Up to where a signature attests it. */
  readonly signedSeq: number;
  /** When the first event after that was recorded. */
  readonly firstUnsigned: string | undefined;
}

/** The first bad link of a chain. */
export interface ChainFault {
  readonly writer: string;
  readonly seq: number;
  /** Id of the AuditEvent there, where there is one. */
  readonly id: string | undefined;
  readonly what: string;
}

/** A link's AuditEvent, as far as the proof needs it. */
export interface LinkedEvent { readonly id: string | undefined; readonly recorded: string | undefined }

export function startOf(writer: string): ChainState {
  return { writer, seq: 0, hash: CHAIN_START, first: undefined, last: undefined, signedSeq: 0, firstUnsigned: undefined };
}

/** Checks the next link: its place, what it continues, and that its text is the one that was chained. */
export function followLink(state: ChainState, link: ChainLink, event: LinkedEvent): ChainState | ChainFault {
  const due = state.seq + 1;
  const fault = (what: string): ChainFault => ({ writer: state.writer, seq: link.seq, id: event.id, what });
  if (link.writer !== state.writer) return fault(`the event belongs to the chain of ${link.writer}`);
  if (link.seq > due) return { ...fault(`${missing(due, link.seq - 1)}, the next event that is there has number ${link.seq}`), seq: due };
  if (link.seq < due) return fault(`the event is out of order, ${due} was due`);
  if (link.previous !== state.hash) return fault('the event does not continue the one before it: it was inserted, moved, or the one before was replaced');
  if (linkHash(link.writer, link.seq, link.previous, link.body) !== link.hash) return fault('the event was changed: its text does not give its hash');
  return {
    ...state,
    seq: link.seq,
    hash: link.hash,
    first: state.first ?? event.recorded,
    last: event.recorded ?? state.last,
    firstUnsigned: state.firstUnsigned ?? event.recorded,
  };
}

/** Holds a chain, followed up to the signed head or to its end, against that head. @param signature names the line of the signature */
export function attestHead(state: ChainState, head: ChainHead, signature: string): ChainState | ChainFault {
  if (state.seq < head.seq) {
    const what = state.seq === 0
      ? `the whole chain of ${head.seq} events is gone, which ${signature} attests`
      : `the chain is cut off after event ${state.seq}: ${signature} attests ${head.seq} events`;
    return { writer: state.writer, seq: state.seq + 1, id: undefined, what };
  }
  if (state.hash !== head.hash) {
    const what = `one of the events ${state.signedSeq + 1} to ${head.seq} was replaced and the chain computed anew: ${signature} attests another event ${head.seq}`;
    return { writer: state.writer, seq: state.signedSeq + 1, id: undefined, what };
  }
  return { ...state, signedSeq: head.seq, firstUnsigned: undefined };
}

export function isFault(outcome: ChainState | ChainFault): outcome is ChainFault {
  return 'what' in outcome;
}

function missing(from: number, to: number): string {
  return from === to ? `event ${from} is missing` : `events ${from} to ${to} are missing`;
}
