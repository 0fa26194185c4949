import type { KeyObject } from 'node:crypto';
import { ChainWalk, type Followed, type WalkedStore } from './chain-walk.ts';
import { endOfHeads, followHeads, type HeadsFault, NO_LINES } from './follow-heads.ts';
import type { SignedHeads } from './heads.ts';

export interface AuditSource {
  readonly store: WalkedStore;
  /** The complete lines of the signed heads, in order. */
  readonly lines: AsyncIterable<string>;
  readonly publicKey: KeyObject;
}

export interface AuditReport {
  readonly chains: readonly Followed[];
  readonly signatures: { readonly lines: number; readonly last: string | undefined; readonly fault: HeadsFault | undefined };
  /** Events after the last signature: what has not been attested yet. */
  readonly unsigned: number;
  /** What is wrong with the number of events that searches find; looked for only where there is no other fault. */
  readonly found: string | undefined;
  readonly intact: boolean;
}

/** Beyond two intervals, what a slow disk or clocks of several machines may cost. */
const UNSIGNED_SLACK_MS = 30_000;

/**
 * Proves the trace: follows every chain link by link, every signature line, and holds each signed head against its chain.
 * Reads in batches, so that memory does not grow with the trace; a gateway may go on writing meanwhile.
 *
 * @param onProgress is told now and then how many events have been checked
 */
export async function verifyAudit(source: AuditSource, onProgress: (checked: number) => void = () => undefined): Promise<AuditReport> {
  const chains = new ChainWalk(source.store, onProgress);
  const signatures = await followSignatures(source, chains);
  for (const head of await source.store.chains()) await chains.followToEnd(head);
  const followed = chains.all();
  const unsigned = followed.reduce((sum, { state }) => sum + state.seq - state.signedSeq, 0);
  const fault = signatures.fault ?? overdueSignature(followed, signatures);
  const isProved = fault === undefined && followed.every((chain) => chain.fault === undefined);
  const found = isProved ? await miscountOf(source.store) : undefined;
  return { chains: followed, signatures: { lines: signatures.lines, last: signatures.last?.at, fault }, unsigned, found, intact: isProved && found === undefined };
}

/** Each chained event is found once, and no other. A running gateway adds events meanwhile: their number is asked before and after. */
async function miscountOf(store: WalkedStore): Promise<string | undefined> {
  const chained = async (): Promise<number> => (await store.chains()).reduce((sum, { seq }) => sum + seq, 0);
  const before = await chained();
  const found = await store.count({ type: 'AuditEvent', where: [] });
  const after = await chained();
  if (found > after) return `searches find ${found} events, ${found - after} of which are in no chain`;
  return found < before ? `searches find ${found} events, ${before - found} of the chains are hidden from them` : undefined;
}

interface Signatures { readonly lines: number; readonly last: SignedHeads | undefined; readonly fault: HeadsFault | undefined }

async function followSignatures({ lines, publicKey }: AuditSource, chains: ChainWalk): Promise<Signatures> {
  let state = NO_LINES;
  let last: SignedHeads | undefined;
  for await (const line of lines) {
    const step = followHeads(state, line, publicKey);
    if ('what' in step) return { lines: state.covered.lines, last, fault: step };
    state = step.state;
    last = step.heads ?? last;
    for (const head of step.heads?.heads ?? []) await chains.followTo(head, `signature line ${state.covered.lines} of ${step.heads?.at ?? ''}`);
  }
  return { lines: state.covered.lines, last, fault: endOfHeads(state) };
}

/** A running gateway signs at intervals: events that stayed unsigned for longer than two of them had a signature once. */
function overdueSignature(chains: readonly Followed[], { lines, last }: Signatures): HeadsFault | undefined {
  const tails = chains.flatMap(({ state }) => state.firstUnsigned !== undefined && state.last !== undefined ? [[Date.parse(state.firstUnsigned), Date.parse(state.last)] as const] : []);
  if (tails.length === 0 || last === undefined) return undefined;
  const from = Math.min(...tails.map(([first]) => first));
  const to = Math.max(...tails.map(([, end]) => end));
  if (to - from <= 2 * last.everyMs + UNSIGNED_SLACK_MS) return undefined;
  const what = `no signature attests the events from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}, though one is due every ${last.everyMs} ms: lines were cut off, or the gateway could not write them`;
  return { line: lines + 1, what };
}
