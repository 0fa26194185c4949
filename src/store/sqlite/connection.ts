import { DatabaseSync } from 'node:sqlite';
import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '../../errors.ts';
import { failureOf, isBusy } from './failure.ts';
import type { Sql } from './sql.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** How long a caller waits for other processes before it hears that the store is unavailable. */
export const PATIENCE_MS = 10_000;
/** How long SQLite itself may wait for a lock, blocking this process; longer waits are ours and block nothing. */
const BLOCKING_WAIT_MS = 20;
/** While opening nothing else is to be done, so SQLite may wait. */
const OPENING_WAIT_MS = 10_000;
/** Page cache. What falls out of it is still in the cache of the operating system. */
const CACHE_KIB = 32 * 1024;
/** The write-ahead log is copied into the database when it has grown by so many pages of 4 KiB. */
const CHECKPOINT_PAGES = 16_000;
const MAX_STATEMENTS = 300;
/** The text of a search with thousands of alternatives is not worth keeping. */
const MAX_KEPT_SQL = 4_000;

/** One connection to the database file, with its statements. */
export class Connection {
  readonly #db: DatabaseSync;
  /** Least recently used first. */
  readonly #statements = new Map<string, StatementSync>();
  #closed = false;

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: OPENING_WAIT_MS });
    // NORMAL: the log is synced at a checkpoint by SQLite, and after each COMMIT by `LogSync`.
    this.#db.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${2 * CHECKPOINT_PAGES * 4096}; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;
    `);
  }

  /** Its write-ahead log, beside the file itself and not beside a link to it; undefined for a database that is in memory only. */
  get logFile(): string | undefined {
    const file = this.#db.location();
    return file === null ? undefined : `${file}-wal`;
  }

  /** From here on a lock held elsewhere blocks this process for a moment only. */
  finishOpening(): void {
    this.#db.exec(`PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`);
  }

  exec(text: string): void {
    this.#db.exec(text);
  }

  /** A statement that its owner keeps. */
  prepare(text: string): StatementSync {
    return this.#db.prepare(text);
  }

  all(query: Sql): Row[] {
    return this.#cached(query.text).all(...query.args);
  }

  get(query: Sql): Row | undefined {
    return this.#cached(query.text).get(...query.args);
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  /** Runs work in a write transaction of its own. @throws what the work throws, rolled back */
  transact<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Runs reads of one state of the database. Each statement by itself takes the lock of the log, which costs three times what it costs to find a row. */
  snapshot<T>(read: () => T): T {
    this.exec('BEGIN');
    try {
      return read();
    } finally {
      // Nothing was written, so that nothing is lost.
      this.rollBack();
    }
  }

  /** Ends a failed transaction. Some errors have ended it already, and one that cannot be rolled back now is when the file is opened again. */
  rollBack(): void {
    try {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK');
    } catch {
      // The error that led here is the one to report.
    }
  }

  /** Runs reads or one write, again and again while the database is locked. @throws ServiceError 'unavailable' */
  async retrying<T>(work: () => T): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      if (this.#closed) throw new ServiceError('unavailable', 'The store is closed');
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw failureOf(error);
      }
      await delay(pause);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#db.close();
  }

  #cached(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      if (text.length > MAX_KEPT_SQL) return statement;
    } else {
      this.#statements.delete(text);
    }
    this.#statements.set(text, statement);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > MAX_STATEMENTS && oldest !== undefined) this.#statements.delete(oldest);
    return statement;
  }
}
