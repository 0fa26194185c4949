/**
 * Which records stand under a key: a hash table of numbers in typed arrays, so that tens of millions of entries fit into
 * some hundred megabytes. Keys are hashes already; 48 bits of them are kept.
 */
export class KeyIndex {
  readonly #mask: number;
  readonly #high: Uint32Array;
  readonly #low: Uint16Array;
  /** Entry that was added last under the key, plus one. */
  readonly #head: Uint32Array;
  readonly #size: Uint16Array;
  #records: Int32Array;
  #next: Uint32Array;
  #entries = 0;
  #keys = 0;

  /** @param keys how many different ones are expected at the most */
  constructor(keys: number) {
    const slots = 2 ** Math.ceil(Math.log2(keys * 1.4));
    this.#mask = slots - 1;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint16Array(slots);
    this.#head = new Uint32Array(slots);
    this.#size = new Uint16Array(slots);
    this.#records = new Int32Array(1 << 16);
    this.#next = new Uint32Array(1 << 16);
  }

  /**
   * Adds a record under a key and hands out those that stand there already.
   *
   * @param most a key under which more stand hands out none: it says too little
   * @returns false where there were too many
   */
  meet(key: string, record: number, { most, met }: { readonly most: number; readonly met: Set<number> }): boolean {
    const bytes = Buffer.from(key.slice(0, 8), 'base64url');
    const slot = this.#slotOf(bytes.readUInt32LE(0), bytes.readUInt16LE(4));
    const size = this.#size[slot] ?? 0;
    if (size <= most) for (let entry = this.#head[slot] ?? 0; entry !== 0; entry = this.#next[entry - 1] ?? 0) met.add(this.#records[entry - 1] ?? 0);
    this.#add(slot, record);
    return size <= most;
  }

  get entries(): number {
    return this.#entries;
  }

  #slotOf(high: number, low: number): number {
    let slot = (high ^ (low << 11)) & this.#mask;
    while (this.#head[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & this.#mask;
    if (this.#head[slot] === 0) {
      if (++this.#keys > this.#mask * 0.9) throw new RangeError('The index has more keys than it was made for');
      this.#high[slot] = high;
      this.#low[slot] = low;
    }
    return slot;
  }

  #add(slot: number, record: number): void {
    if (this.#entries === this.#records.length) this.#grow();
    this.#records[this.#entries] = record;
    this.#next[this.#entries] = this.#head[slot] ?? 0;
    this.#head[slot] = ++this.#entries;
    this.#size[slot] = Math.min((this.#size[slot] ?? 0) + 1, 65_535);
  }

  #grow(): void {
    const length = Math.ceil(this.#records.length * 1.5);
    const [records, next] = [new Int32Array(length), new Uint32Array(length)];
    records.set(this.#records);
    next.set(this.#next);
    [this.#records, this.#next] = [records, next];
  }
}
