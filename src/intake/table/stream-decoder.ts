import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { UnreadableMessage } from '../../normalize/index.ts';
import { type Encoding, encodingFault, isProbablyUtf8, markedEncoding, refuseOtherFormats, requireText, type TableMapping, withoutMark } from '../../normalize/table/index.ts';

/** How much that is not ASCII is looked at before the encoding is decided. */
const SAMPLE_BYTES = 262_144;
/** The longest byte order mark, and what tells other formats. */
const START_BYTES = 4;
/** Bytes of a character that may be cut off at the end of a sample. */
const LONGEST_CUT = 3;

/**
 * Decodes a text of any size piece by piece, by the rules by which a small table is decoded at once. As long as all is
 * ASCII nothing needs to be decided: both encodings say the same.
 */
export class StreamDecoder {
  readonly #wanted: TableMapping['encoding'];
  #encoding: Encoding | undefined;
  #decoder: TextDecoder | undefined;
  #held: Buffer = Buffer.alloc(0);
  #isStart = true;

  constructor(wanted: TableMapping['encoding']) {
    this.#wanted = wanted;
  }

  /** What was decided; undefined while all is ASCII. */
  get encoding(): Encoding | undefined {
    return this.#encoding;
  }

  /**
   * @returns text that is certain so far, '' while too little is known
   * @throws UnreadableMessage 'syntax' for what is not of its encoding, or no text
   */
  push(chunk: Buffer, isLast: boolean): string {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    if (this.#isStart) {
      if (bytes.length < START_BYTES && !isLast) return this.#hold(bytes);
      this.#isStart = false;
      refuseOtherFormats(bytes);
      const told = markedEncoding(bytes) ?? (this.#wanted === 'auto' ? undefined : this.#wanted);
      if (told !== undefined) this.#decide(told);
    }
    if (this.#decoder !== undefined) return this.#decode(bytes, isLast);
    if (isAscii(bytes)) return requireText(bytes.toString('latin1'));
    const sample = bytes.subarray(bytes.findIndex((byte) => byte > 0x7f));
    if (sample.length < SAMPLE_BYTES && !isLast) return this.#hold(bytes);
    this.#decide(couldBeUtf8(sample, isLast) ? 'utf-8' : 'gb18030');
    return this.#decode(bytes, isLast);
  }

  #hold(bytes: Buffer): string {
    this.#held = bytes;
    return '';
  }

  #decide(encoding: Encoding): void {
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  #decode(bytes: Buffer, isLast: boolean): string {
    try {
      return withoutMark(requireText(this.#decoder?.decode(bytes, { stream: !isLast }) ?? ''));
    } catch (error) {
      throw error instanceof UnreadableMessage ? error : new UnreadableMessage('syntax', encodingFault(this.#encoding ?? 'utf-8', this.#wanted), { cause: error });
    }
  }
}

function couldBeUtf8(sample: Buffer, isWhole: boolean): boolean {
  for (let cut = 0; cut <= (isWhole ? 0 : LONGEST_CUT); cut++) if (isProbablyUtf8(sample.subarray(0, sample.length - cut))) return true;
  return false;
}
