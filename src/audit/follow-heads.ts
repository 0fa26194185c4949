import type { KeyObject } from 'node:crypto';
import { cover, type Cover, isSignedBy, keyName, NOTHING_COVERED, parseHeads, type SignedHeads } from './heads.ts';

/** How far the signature lines have been followed without a fault. */
export interface HeadsState {
  readonly covered: Cover;
  /** Running hashes after each of the last lines, oldest first. */
  readonly recent: readonly string[];
  /** The first line that is no signature, until a later line covers it: a crash may cut a line short, and the next signature then attests the remains. */
  readonly damaged: number | undefined;
}

export interface HeadsFault {
  /** From 1. */
  readonly line: number;
  readonly what: string;
}

export const NO_LINES: HeadsState = { covered: NOTHING_COVERED, recent: [NOTHING_COVERED.hash], damaged: undefined };

/** Processes that append at once lag behind each other by a few lines, never by this many. */
const MAX_LAG_LINES = 256;

/** Checks the next line: its signature, and that the lines it covers are those that stand before it. */
export function followHeads(state: HeadsState, text: string, publicKey: KeyObject): { readonly state: HeadsState; readonly heads: SignedHeads | undefined } | HeadsFault {
  const line = state.covered.lines + 1;
  const heads = parseHeads(text);
  if (heads === undefined) return { state: { ...advance(state, text), damaged: state.damaged ?? line }, heads: undefined };
  if (heads.key !== keyName(publicKey)) return { line, what: `the line was signed with another key, ${heads.key} instead of ${keyName(publicKey)}` };
  if (!isSignedBy(heads, publicKey)) return { line, what: 'the line was changed: its signature does not fit' };
  if (hashAfter(state, heads.covers.lines) !== heads.covers.hash) {
    return state.damaged === undefined
      ? { line, what: 'the lines before it are not those that it attests: a line was removed, inserted, moved or changed' }
      : damagedFault(state.damaged);
  }
  const damaged = state.damaged !== undefined && state.damaged <= heads.covers.lines ? undefined : state.damaged;
  return { state: { ...advance(state, text), damaged }, heads };
}

/** The fault that remains when all lines have been followed. */
export function endOfHeads(state: HeadsState): HeadsFault | undefined {
  if (state.covered.lines === 0) return { line: 1, what: 'there is no signature: every gateway writes one when it starts' };
  return state.damaged === undefined ? undefined : damagedFault(state.damaged);
}

function damagedFault(line: number): HeadsFault {
  return { line, what: 'the line is damaged and no later signature attests it' };
}

function hashAfter({ covered, recent }: HeadsState, lines: number): string | undefined {
  return lines > covered.lines ? undefined : recent.at(lines - covered.lines - 1);
}

function advance(state: HeadsState, text: string): HeadsState {
  const covered = cover(state.covered, text);
  return { ...state, covered, recent: [...state.recent.slice(1 - MAX_LAG_LINES), covered.hash] };
}
