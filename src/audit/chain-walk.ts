import { parseKnownJson } from '../fhir/json.ts';
import { isObject } from '../fhir/resource.ts';
import type { ChainHead, ChainLink, Store, Stored } from '../store/store.ts';
import { attestHead, type ChainFault, type ChainState, followLink, isFault, type LinkedEvent, startOf } from './follow-chain.ts';

export type WalkedStore = Pick<Store, 'chains' | 'chain' | 'readMany' | 'count'>;

/** A chain up to its end, or to its first fault. */
export interface Followed { readonly state: ChainState; readonly fault: ChainFault | undefined }

/** With the time that the store gave it, which is part of its text. */
interface WalkedEvent extends LinkedEvent { readonly lastUpdated: string | undefined }

/** Events held in memory at one time. */
const BATCH = 500;

/** All chains of a store, each as far as it has been followed. A chain with a fault is followed no further. */
export class ChainWalk {
  readonly #store: WalkedStore;
  readonly #onProgress: (checked: number) => void;
  readonly #chains = new Map<string, Followed>();
  #checked = 0;

  constructor(store: WalkedStore, onProgress: (checked: number) => void) {
    this.#store = store;
    this.#onProgress = onProgress;
  }

  all(): readonly Followed[] {
    return [...this.#chains.values()];
  }

  /** Follows a chain to a signed head, and holds it against that head. */
  async followTo(head: ChainHead, signature: string): Promise<void> {
    const { state, fault } = await this.#advance(head.writer, head.seq);
    if (fault !== undefined) return;
    // Of two processes that signed at once, the later line may attest the earlier head.
    const isPassed = head.seq < state.seq;
    const outcome = attestHead(isPassed ? await this.#rewind(state, head.seq) : state, head, signature);
    if (isFault(outcome)) this.#chains.set(head.writer, { state, fault: outcome });
    else if (!isPassed) this.#chains.set(head.writer, { state: outcome, fault: undefined });
  }

  /** Follows a chain past what is signed to its end, which the store's own head must agree with. */
  async followToEnd(head: ChainHead): Promise<void> {
    const { state, fault } = await this.#advance(head.writer, Infinity);
    if (fault !== undefined || state.seq >= head.seq) return;
    this.#chains.set(head.writer, { state, fault: { writer: head.writer, seq: state.seq + 1, id: undefined, what: `the chain is cut off after event ${state.seq}: the store counted ${head.seq}` } });
  }

  async #advance(writer: string, toSeq: number): Promise<Followed> {
    let followed = this.#chains.get(writer) ?? { state: startOf(writer), fault: undefined };
    while (followed.fault === undefined && followed.state.seq < toSeq) {
      const limit = Math.min(BATCH, toSeq - followed.state.seq);
      const links = await this.#store.chain({ writer, fromSeq: followed.state.seq + 1, limit });
      if (links.length === 0) break;
      followed = await this.#followBatch(followed.state, links);
      this.#checked += links.length;
      this.#onProgress(this.#checked);
    }
    this.#chains.set(writer, followed);
    return followed;
  }

  async #rewind(state: ChainState, seq: number): Promise<ChainState> {
    const [link] = await this.#store.chain({ writer: state.writer, fromSeq: seq, limit: 1 });
    return { ...state, seq, hash: link?.hash ?? '' };
  }

  async #followBatch(start: ChainState, links: readonly ChainLink[]): Promise<Followed> {
    const events = links.map(eventOf);
    const copies = await this.#store.readMany(events.flatMap(({ id }) => (id === undefined ? [] : [{ type: 'AuditEvent', id }])));
    const found = new Map(copies.map((copy) => [copy.id, copy]));
    let state = start;
    for (const [index, link] of links.entries()) {
      const event = events[index] ?? eventOf(link);
      const outcome = followLink(state, link, event);
      if (isFault(outcome)) return { state, fault: outcome };
      const what = disclosureFault(event.id === undefined ? undefined : found.get(event.id), link, event);
      if (what !== undefined) return { state, fault: { writer: link.writer, seq: link.seq, id: event.id, what } };
      state = outcome;
    }
    return { state, fault: undefined };
  }
}

/** What reads disclose of an event, held against its link. The time beside the body orders events, and no hash covers it. */
function disclosureFault(copy: Stored | undefined, link: ChainLink, { lastUpdated }: WalkedEvent): string | undefined {
  if (copy === undefined) return 'the event is chained, and reads do not find it';
  if (copy.body !== link.body) return 'the event that reads disclose is not the chained one';
  return lastUpdated === undefined || lastUpdated === copy.lastUpdated ? undefined : `the store dates the event ${copy.lastUpdated}, and the event itself ${lastUpdated}`;
}

/** Of a body that is no longer JSON, nothing: its hash tells. */
function eventOf(link: ChainLink): WalkedEvent {
  let event: unknown;
  try {
    event = parseKnownJson(link.body);
  } catch {
    event = undefined;
  }
  if (!isObject(event)) return { id: undefined, recorded: undefined, lastUpdated: undefined };
  const meta = event['meta'];
  return { id: textOf(event['id']), recorded: textOf(event['recorded']), lastUpdated: isObject(meta) ? textOf(meta['lastUpdated']) : undefined };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
