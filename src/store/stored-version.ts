import type { Beside, Stored } from './store.ts';

/** A version as a store gives it. The body is kept as it came, and turned from bytes into text or back only where somebody asks for the other. */
export class StoredVersion implements Stored {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly lastUpdated: string;
  readonly deleted: boolean;
  readonly outcome: Stored['outcome'];
  readonly beside?: Beside;
  #text: string | undefined;
  #bytes: Buffer | undefined;

  constructor({ type, id, version, lastUpdated, deleted, outcome, beside }: Omit<Stored, 'body' | 'bytes'>, body: string | Buffer) {
    this.type = type;
    this.id = id;
    this.version = version;
    this.lastUpdated = lastUpdated;
    this.deleted = deleted;
    this.outcome = outcome;
    if (beside !== undefined) this.beside = beside;
    if (typeof body === 'string') this.#text = body;
    else this.#bytes = body;
  }

  get body(): string {
    return (this.#text ??= this.#bytes?.toString() ?? '');
  }

  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.#text ?? ''));
  }
}
