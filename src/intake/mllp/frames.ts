import { HeldBytes } from './held-bytes.ts';

/** What the bytes of a connection come to. */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly bytes: Buffer }
  /** A frame over the limit has ended: its first bytes, for an answer that names it. */
  | { readonly kind: 'oversize'; readonly head: Buffer; readonly length: number }
  /** Bytes that were in no frame, or in one that another cut short. They are gone. */
  | { readonly kind: 'garbage'; readonly length: number };

const START = 0x0b;
const END = 0x1c;
const CR = 0x0d;
const BLANKS: readonly number[] = [0x09, 0x0a, CR, 0x20];
const MESSAGE = Buffer.from('MSH');
const NOTHING = Buffer.alloc(0);
const HEADERS: readonly string[] = ['MSH', 'FHS', 'BHS'];

/**
 * Finds the frames in the bytes of one connection: `0x0B message 0x1C 0x0D`. Bytes may come in any pieces. Holds no more
 * than the limit and the piece that is being read.
 *
 * Senders that leave out the start byte or the last CR are understood: a frame also begins with `MSH` right after the one
 * before, and also ends where 0x0B follows 0x1C. Where 0x1C is the last byte of all, `settle` ends the frame, once nothing
 * more has come for a while. 0x0B and 0x1C elsewhere in a frame are bytes of it, but 0x0B before a header segment begins
 * another message: the one before was cut.
 *
 * @see HL7 "Transport Specification: MLLP, Release 1"
 */
export class FrameDecoder {
  readonly #limit: number;
  /** One byte beyond the limit, for the 0x1C that may or may not end the frame. */
  readonly #held: HeldBytes;
  #chunk: Buffer = NOTHING;
  #at = 0;
  /** `lost`: in bytes that are no frame. */
  #state: 'between' | 'within' | 'lost' = 'between';
  /** Bytes of `MESSAGE` seen since the last frame. */
  #matched = 0;
  #isEnding = false;
  #garbage = 0;

  /** @param limitBytes of the longest message */
  constructor(limitBytes: number) {
    this.#limit = limitBytes;
    this.#held = new HeldBytes(limitBytes + 1);
  }

  /** True when only the CR is missing to a frame. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Bytes of a frame that has not ended. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** Gives the next piece. All events of the piece before it have been taken with `next`. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next event of the piece; undefined when it is used up. */
  next(): FrameEvent | undefined {
    while (this.#at < this.#chunk.length) {
      const event = this.#state === 'within' ? this.#readFrame() : this.#findStart();
      if (event !== undefined) return event;
    }
    this.push(NOTHING);
    if (this.#garbage === 0) return undefined;
    const length = this.#garbage;
    this.#garbage = 0;
    return { kind: 'garbage', length };
  }

  /** Ends a frame to which only the CR is missing, when no more comes. */
  settle(): FrameEvent | undefined {
    return this.#isEnding ? this.#endFrame(0) : undefined;
  }

  #findStart(): undefined {
    const byte = this.#chunk[this.#at] ?? 0;
    if (byte === START) this.#enter(NOTHING);
    else if (this.#state === 'lost') this.#skipTo(this.#chunk.indexOf(START, this.#at));
    else if (byte === MESSAGE[this.#matched]) this.#match();
    else if (this.#matched > 0 || !BLANKS.includes(byte)) this.#lose();
    else this.#at += 1;
  }

  #enter(beginning: Buffer): void {
    this.#garbage += this.#matched - beginning.length;
    this.#matched = 0;
    this.#state = 'within';
    this.#held.append(beginning);
    this.#at += 1;
  }

  #match(): void {
    this.#matched += 1;
    if (this.#matched === MESSAGE.length) this.#enter(MESSAGE);
    else this.#at += 1;
  }

  #lose(): void {
    this.#garbage += this.#matched;
    this.#matched = 0;
    this.#state = 'lost';
  }

  #skipTo(found: number): void {
    const end = found < 0 ? this.#chunk.length : found;
    this.#garbage += end - this.#at;
    this.#at = end;
  }

  #readFrame(): FrameEvent | undefined {
    if (this.#isEnding && this.#endsAt(this.#at)) return this.#endFrame(this.#at);
    this.#isEnding = false;
    let end = this.#chunk.indexOf(END, this.#at);
    while (end >= 0 && end + 1 < this.#chunk.length && !this.#endsAt(end + 1)) end = this.#chunk.indexOf(END, end + 1);
    if (end >= 0 && end + 1 < this.#chunk.length) return this.#endFrame(end + 1);
    this.#held.append(this.#chunk.subarray(this.#at));
    this.#isEnding = end >= 0;
    this.#at = this.#chunk.length;
    return undefined;
  }

  /** Whether the byte behind an 0x1C says that it ends the frame. */
  #endsAt(at: number): boolean {
    return this.#chunk[at] === CR || this.#chunk[at] === START;
  }

  /** @param end offset behind the 0x1C */
  #endFrame(end: number): FrameEvent {
    const rest = this.#chunk.subarray(this.#at, end);
    this.#at = this.#chunk[end] === CR ? end + 1 : end;
    this.#state = 'between';
    this.#isEnding = false;
    const length = this.#held.length + rest.length - 1;
    if (this.#held.length > 0 || length > this.#limit) this.#held.append(rest);
    const bytes = this.#held.length > 0 ? this.#held.take() : rest;
    if (length > this.#limit) return { kind: 'oversize', head: bytes, length };
    return { kind: 'frame', bytes: this.#dropCut(bytes.subarray(0, length)) };
  }

  #dropCut(bytes: Buffer): Buffer {
    for (let at = bytes.lastIndexOf(START); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(START, at - 1)) {
      if (!HEADERS.includes(bytes.toString('latin1', at + 1, at + 4))) continue;
      this.#garbage += at + 1;
      return bytes.subarray(at + 1);
    }
    return bytes;
  }
}
