import type { StatementSync } from 'node:sqlite';
import type { Connection } from './connection.ts';
import { numberOf } from './row.ts';

/** Lookups kept in memory at most. Codes are among their keys, and those come from whoever searches. */
const MAX_KEPT = 5_000;

/**
 * Numbers found in tables that rarely grow: the groups of a parameter, the spaces of a group, the kinds that have a code. A search
 * asks for the same few again and again, and each answer of the database costs as much as two results.
 */
export class Lookups {
  readonly #dataVersion: StatementSync;
  readonly #found = new Map<string, readonly number[] | undefined>();
  #seen = -1;
  #generation = 0;
  /** True until the process has done what it was called for: nothing that came in since rests on what it read. */
  #isFresh = false;

  constructor(connection: Connection) {
    this.#dataVersion = connection.prepare('PRAGMA data_version');
  }

  /**
   * To be called where a search begins: forgets everything if another process has committed since the last time. What one turn of
   * the process asks, each request its few searches, is asked of the database once.
   *
   * @returns another number whenever it has
   */
  refresh(): number {
    if (this.#isFresh) return this.#generation;
    this.#isFresh = true;
    process.nextTick(() => { this.#isFresh = false; });
    return this.refreshNow();
  }

  /** As `refresh`, where a write transaction has begun meanwhile. */
  refreshNow(): number {
    const version = numberOf(this.#dataVersion.get()?.data_version);
    if (version === this.#seen) return this.#generation;
    this.#seen = version;
    this.drop();
    return ++this.#generation;
  }

  /** @param what names what is looked up, and is not used for anything else */
  find(what: string, look: () => readonly number[] | undefined): readonly number[] | undefined {
    if (this.#found.has(what)) return this.#found.get(what);
    const found = look();
    if (this.#found.size >= MAX_KEPT) this.drop();
    this.#found.set(what, found);
    return found;
  }

  /** To be called where this process adds to one of the tables, and where what it added is rolled back. */
  drop(): void {
    this.#found.clear();
  }
}
