import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '../../errors.ts';
import type { Change, CommitOptions, Stored } from '../store.ts';
import type { Checking, Step } from './checking.ts';
import { PATIENCE_MS } from './connection.ts';
import type { Connection } from './connection.ts';
import { failureOf, isBusy } from './failure.ts';
import type { LogSync } from './log-sync.ts';
import type { Names } from './names.ts';
import type { Writing } from './writing.ts';

interface Waiting {
  readonly changes: readonly Change[];
  readonly options: CommitOptions | undefined;
  readonly since: number;
  readonly settle: (result: Result) => void;
}
interface Settled { readonly waiting: Waiting; readonly result: Result }
type Result = { readonly stored: readonly Stored[] } | { readonly error: unknown };

/** A transaction takes no further commit once it has so many changes, so that no caller waits long for others. */
const MAX_CHANGES_TOGETHER = 500;

/**
 * Group commit: commits that wait at the same time share one transaction and so one sync of the disk. A flush is scheduled
 * by `setImmediate`, so that every request whose bytes arrived in the same turn of the event loop joins it.
 */
export class CommitQueue {
  readonly #connection: Connection;
  readonly #checking: Checking;
  readonly #writing: Writing;
  readonly #names: Names;
  readonly #log: LogSync;
  readonly #alongside: (appended: number) => void;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param alongside work that is to be done in the same transaction, given how many traces it appended */
  constructor(connection: Connection, parts: { readonly checking: Checking; readonly writing: Writing; readonly names: Names; readonly log: LogSync; readonly alongside: (appended: number) => void }) {
    this.#connection = connection;
    this.#checking = parts.checking;
    this.#writing = parts.writing;
    this.#names = parts.names;
    this.#log = parts.log;
    this.#alongside = parts.alongside;
  }

  commit(changes: readonly Change[], options?: CommitOptions): Promise<readonly Stored[]> {
    if (this.#closed) return Promise.reject(new ServiceError('unavailable', 'The store is closed'));
    return new Promise((resolve, reject) => {
      const settle = (result: Result) => ('stored' in result ? resolve(result.stored) : reject(toError(result.error)));
      this.#waiting.push({ changes, options, since: performance.now(), settle });
      this.#running ??= this.#run();
    });
  }

  /** Refuses later commits and resolves when those under way are done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let pause = 1; this.#waiting.length > 0;) {
      await new Promise((resolve) => setImmediate(resolve));
      const flushed = this.#flush();
      if (flushed !== undefined) {
        await this.#acknowledge(flushed);
        pause = 1;
        continue;
      }
      await delay(pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, 20);
      this.#giveUpOnOld();
    }
    this.#running = undefined;
  }

  /** What came of a group of commits, of those that were refused too; undefined when another process holds the lock: the commits wait on. */
  #flush(): readonly Settled[] | undefined {
    try {
      this.#log.requireSound();
      this.#connection.exec('BEGIN IMMEDIATE');
    } catch (error) {
      return isBusy(error) ? undefined : this.#waiting.splice(0).map((waiting) => ({ waiting, result: { error } }));
    }
    const group = this.#takeGroup();
    const results = this.#tryTogether(group);
    // One commit cannot be written, for want of space perhaps: each alone then, so that it takes no other with it.
    const settled = results ?? group.map((waiting) => this.#tryAlone(waiting));
    return group.map((waiting, i) => ({ waiting, result: settled[i] ?? { error: new Error('A commit has no result') } }));
  }

  /**
   * Tells each caller what came of its commit, once it is on the disk, and of a commit that was refused what it was refused for. Those
   * that come meanwhile share the next transaction.
   */
  async #acknowledge(settled: readonly Settled[]): Promise<void> {
    const failure = await this.#log.sync().then(() => undefined, (error: unknown) => ({ error }));
    for (const { waiting, result } of settled) waiting.settle('stored' in result ? failure ?? result : result);
  }

  #takeGroup(): Waiting[] {
    let changes = 0;
    let size = 0;
    while (size < this.#waiting.length && (size === 0 || changes < MAX_CHANGES_TOGETHER)) changes += this.#waiting[size++]?.changes.length ?? 0;
    return this.#waiting.splice(0, size);
  }

  /** Undefined when all was rolled back. The transaction is open before and ended after. */
  #tryTogether(group: readonly Waiting[]): readonly Result[] | undefined {
    try {
      return this.#transact(group);
    } catch (error) {
      this.#rollBack();
      return group.length === 1 ? [{ error }] : undefined;
    }
  }

  #tryAlone(waiting: Waiting): Result {
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      return this.#transact([waiting])[0] ?? { error: new Error('A commit has no result') };
    } catch (error) {
      this.#rollBack();
      return { error };
    }
  }

  #transact(group: readonly Waiting[]): Result[] {
    this.#writing.begin();
    const results = group.map(({ changes, options }): Result => {
      let steps: readonly Step[];
      try {
        steps = this.#checking.steps(changes, options);
      } catch (error) {
        if (!this.#connection.inTransaction) throw error;
        return { error };
      }
      return { stored: this.#writing.write(steps) };
    });
    this.#alongside(this.#writing.appended);
    this.#connection.exec('COMMIT');
    return results;
  }

  #rollBack(): void {
    this.#names.forget();
    this.#connection.rollBack();
  }

  #giveUpOnOld(): void {
    const oldest = performance.now() - PATIENCE_MS;
    const given = this.#waiting.filter((waiting) => waiting.since < oldest);
    this.#waiting = this.#waiting.filter((waiting) => waiting.since >= oldest);
    for (const waiting of given) waiting.settle({ error: new ServiceError('unavailable', 'The store is busy with other writers; nothing was written') });
  }
}

function toError(error: unknown): Error {
  const failure = failureOf(error);
  return failure instanceof Error ? failure : new Error('The store failed', { cause: failure });
}
