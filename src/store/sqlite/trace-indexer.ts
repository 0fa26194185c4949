import { resourceOf } from '../../fhir/body.ts';
import type { StatementSync } from 'node:sqlite';
import type { Resource } from '../../fhir/resource.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import type { Connection, Row } from './connection.ts';
import { indexRows } from './index-rows.ts';
import type { IndexWriter } from './index-writer.ts';
import type { Names } from './names.ts';
import { numberOf, textOf } from './row.ts';
import { TRACE_TYPE } from './traces.ts';

/** Traces indexed in one transaction when there is time: a few milliseconds. */
const BATCH = 200;
/** More traces than this may not wait: appending then pays for indexing, so that a search for traces never has long to catch up. */
const MAX_WAITING = 30_000;
/** Time without an append before indexing starts. */
const IDLE_MS = 250;

const NO_TERMS: IndexTerms = { token: [], string: [], reference: [], date: [], number: [], quantity: [], uri: [], patients: [], clinicalDate: undefined };

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
    if (this.#waiting > MAX_WAITING) this.#indexBatch(2 * appended);
    this.#lastAppend = performance.now();
    this.#timer ??= setTimeout(() => void this.#idle(), IDLE_MS).unref();
  }

  /** Resolves when every trace is indexed. @throws driver errors */
  async catchUp(): Promise<void> {
    while (this.#isBehind()) {
      await this.#connection.retrying(() => this.#batchInTransaction());
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

  async #idle(): Promise<void> {
    const quiet = performance.now() - this.#lastAppend;
    this.#timer = quiet < IDLE_MS ? setTimeout(() => void this.#idle(), IDLE_MS - quiet).unref() : undefined;
    if (this.#timer !== undefined) return;
    // Nobody waits for this: what fails now is done before the next search, and fails there in front of its caller.
    await this.catchUp().catch(() => undefined);
  }

  #isBehind(): boolean {
    return this.#waitingTraces.get(numberOf(this.#position.get()?.value), 1) !== undefined;
  }

  #batchInTransaction(): void {
    try {
      this.#connection.transact(() => this.#indexBatch(BATCH));
    } catch (error) {
      this.#names.forget();
      throw error;
    }
  }

  #indexBatch(limit: number): number {
    const rows = this.#waitingTraces.all(numberOf(this.#position.get()?.value), limit);
    const type = this.#names.intern(TRACE_TYPE);
    for (const row of rows) this.#index.add(type, numberOf(row.seq), indexRows(this.#names, TRACE_TYPE, this.#termsOf(row)));
    const last = rows.at(-1);
    if (last !== undefined) this.#setPosition.run(numberOf(last.seq));
    this.#waiting = rows.length < limit ? 0 : Math.max(0, this.#waiting - rows.length);
    return rows.length;
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
