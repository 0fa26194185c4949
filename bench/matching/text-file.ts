import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const CHUNK = 1 << 20;

/** Texts in a file, found again by their number: what need not be in memory. */
export class TextFile {
  readonly #file: number;
  #ends: Float64Array = new Float64Array(1 << 16);
  #count = 0;
  #written = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #buffer = Buffer.alloc(1 << 14);

  constructor(path: string) {
    this.#file = openSync(path, 'w+');
  }

  get count(): number {
    return this.#count;
  }

  add(text: string): void {
    const bytes = Buffer.from(text);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#count + 1 >= this.#ends.length) {
      const ends = new Float64Array(Math.ceil(this.#ends.length * 1.5));
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#ends[++this.#count] = (this.#ends[this.#count - 1] ?? 0) + bytes.length;
    if (this.#waitingBytes > CHUNK) this.#flush();
  }

  read(index: number): string {
    const [start = 0, end = 0] = [this.#ends[index], this.#ends[index + 1]];
    if (end > this.#written) this.#flush();
    if (end - start > this.#buffer.length) this.#buffer = Buffer.alloc(2 * (end - start));
    readSync(this.#file, this.#buffer, 0, end - start, start);
    return this.#buffer.toString('utf8', 0, end - start);
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    for (const bytes of this.#waiting) this.#written += writeSync(this.#file, bytes, 0, bytes.length, this.#written);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
