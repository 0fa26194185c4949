const FIRST_BYTES = 16 * 1024;
/** So much of what is over the limit is kept. */
const HEAD_BYTES = 4 * 1024;

/**
 * Joins the pieces of one frame in memory that it owns: a list of pieces would cost a sender of single bytes nothing and
 * its receiver a hundred times the limit. Beyond the limit only the beginning is kept, and the rest is counted.
 */
export class HeldBytes {
  readonly #limit: number;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Of all that was appended, kept or not. */
  get length(): number {
    return this.#length;
  }

  append(piece: Buffer): void {
    const start = this.#length;
    this.#length += piece.length;
    if (start > this.#limit) return;
    if (this.#length > this.#limit) this.#keepHead(start, piece);
    else {
      if (this.#length > this.#bytes.length) this.#grow(start);
      piece.copy(this.#bytes, start);
    }
  }

  /** Gives what was kept and holds nothing any more. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    return bytes;
  }

  #keepHead(start: number, piece: Buffer): void {
    const head = Buffer.concat([this.#bytes.subarray(0, Math.min(start, HEAD_BYTES)), piece.subarray(0, HEAD_BYTES)]);
    this.#bytes = Buffer.from(head.subarray(0, HEAD_BYTES));
  }

  #grow(start: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(FIRST_BYTES, 2 * this.#length)));
    this.#bytes.copy(larger, 0, 0, start);
    this.#bytes = larger;
  }
}
