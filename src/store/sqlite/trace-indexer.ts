import { resourceOf } from '../../fhir/body.ts';
import type { StatementSync } from 'node:sqlite';
import type { Resource } from '../../fhir/resource.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import { NO_TERMS } from '../../fhir/search/terms.ts';
import type { Connection, Row } from './connection.ts';
import { indexRows } from './index-rows.ts';
import type { IndexWriter } from './index-writer.ts';
import type { Names } from './names.ts';
import { numberOf, textOf } from './row.ts';
import { TRACE_TYPE } from './traces.ts';

/** Traces indexed in one transaction before a search for traces is answered. */
const BATCH = 200;
/** When there is time, a transaction ends after this long: a request that comes meanwhile has to wait for it. */
const IDLE_BATCH_MS = 4;
/** More traces than this may not wait: each append then pays for indexing one, so that a search for traces has seconds to catch up at most. */
const MAX_WAITING = 50_000;
/** Time without an append before indexing starts: longer than requests under load are apart, shorter than those of a quiet hour. */
const IDLE_MS = 25;
/** Share of the time since then that the process may have been at work: large transactions are far apart, and it is busy between them. */
const MOST_BUSY = 0.5;


/**
 * Writes the index rows of traces after the fact: every read by a clinician appends a trace and must not wait for that.
 * How far it got is kept in the database, so that a crash or another process loses nothing; before traces are searched, all are caught up.
 */
export class TraceIndexer {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #index: IndexWriter;
  readonly #extract: (resource: Resource) => IndexTerms;
  readonly #position: StatementSync;
  readonly #setPosition: StatementSync;
  readonly #waitingTraces: StatementSync;
  #timer: NodeJS.Timeout | undefined;
  #lastAppend = 0;
  /** The work of the process up to the last append. */
  #workThen = performance.eventLoopUtilization();
  /** Traces of this process that wait, as far as it knows. */
  #waiting = 0;

  constructor(connection: Connection, parts: { readonly names: Names; readonly index: IndexWriter; readonly extract: (resource: Resource) => IndexTerms }) {
    this.#connection = connection;
    this.#names = parts.names;
    this.#index = parts.index;
    this.#extract = parts.extract;
    connection.exec("INSERT OR IGNORE INTO setting VALUES ('indexed traces', 0)");
    this.#position = connection.prepare("SELECT value FROM setting WHERE name = 'indexed traces'");
    this.#setPosition = connection.prepare("UPDATE setting SET value = ? WHERE name = 'indexed traces'");
    this.#waitingTraces = connection.prepare('SELECT seq, body FROM trace WHERE seq > ? ORDER BY seq LIMIT ?');
  }

  /** To be called in each write transaction, before its commit. */
  alongside(appended: number): void {
    if (appended === 0) return;
    this.#waiting += appended;
    if (this.#waiting > MAX_WAITING) this.#indexBatch(appended);
    this.#lastAppend = performance.now();
    this.#workThen = performance.eventLoopUtilization();
    this.#timer ??= setTimeout(() => void this.#idle(), IDLE_MS).unref();
  }

  /** Resolves when every trace is indexed. @throws driver errors */
  async catchUp(): Promise<void> {
    while (this.#isBehind()) {
      await this.#connection.retrying(() => this.#batchInTransaction(BATCH));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** As `catchUp`, inside a write transaction. */
  catchUpNow(): void {
    while (this.#indexBatch(BATCH) === BATCH);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Goes on batch by batch as long as nothing is appended, else waits for the next quiet moment. */
  async #idle(): Promise<void> {
    const quiet = performance.now() - this.#lastAppend;
    const isQuiet = quiet >= IDLE_MS && performance.eventLoopUtilization(this.#workThen).utilization <= MOST_BUSY;
    // Nobody waits for this: what fails now is done before the next search, and fails there in front of its caller.
    const isDone = isQuiet && await this.#indexSome().catch(() => true);
    const pause = isQuiet ? 0 : quiet < IDLE_MS ? IDLE_MS - quiet : IDLE_MS;
    this.#timer = isDone ? undefined : setTimeout(() => void this.#idle(), pause).unref();
  }

  /** One batch. @returns true when no trace is left */
  async #indexSome(): Promise<boolean> {
    await this.#connection.retrying(() => this.#batchInTransaction(BATCH, IDLE_BATCH_MS));
    return !this.#isBehind();
  }

  #isBehind(): boolean {
    return this.#waitingTraces.get(numberOf(this.#position.get()?.value), 1) !== undefined;
  }

  #batchInTransaction(limit: number, withinMs = Infinity): void {
    try {
      this.#connection.transact(() => this.#indexBatch(limit, withinMs));
    } catch (error) {
      this.#names.forget();
      throw error;
    }
  }

  /** @returns how many it indexed; fewer than `limit` when no more are left, or the time was up */
  #indexBatch(limit: number, withinMs = Infinity): number {
    const end = performance.now() + withinMs;
    const type = this.#names.intern(TRACE_TYPE);
    let position = numberOf(this.#position.get()?.value);
    let count = 0;
    let isTimeUp = false;
    for (const row of this.#waitingTraces.iterate(position, limit)) {
      position = numberOf(row.seq);
      this.#index.add(type, position, indexRows(this.#names, TRACE_TYPE, this.#termsOf(row)));
      count++;
      isTimeUp = performance.now() >= end;
      if (isTimeUp) break;
    }
    if (count > 0) this.#setPosition.run(position);
    this.#waiting = count < limit && !isTimeUp ? 0 : Math.max(0, this.#waiting - count);
    return count;
  }

  /** A trace is stored whatever its terms are: one that has none is still found by its id, time and place in the chain. */
  #termsOf(row: Row): IndexTerms {
    try {
      return this.#extract(resourceOf(textOf(row.body)));
    } catch {
      return NO_TERMS;
    }
  }
}

/** Whether the answer depends on the index of traces. */
export function concernsTraces(type: string, where: readonly Clause[]): boolean {
  return type === TRACE_TYPE || where.some((clause) => {
    if (clause.kind === 'chain' || clause.kind === 'has') return concernsTraces(clause.type, clause.where);
    return clause.kind === 'or' && concernsTraces('', clause.clauses);
  });
}
