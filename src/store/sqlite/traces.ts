import type { StatementSync } from 'node:sqlite';
import { bodyTemplate, renderBody } from '../../fhir/body.ts';
import type { Resource } from '../../fhir/resource.ts';
import { CHAIN_START, linkHash } from '../chain.ts';
import type { ChainHead, ChainLink, Stored } from '../store.ts';
import { StoredVersion } from '../stored-version.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { UNKNOWN } from './names.ts';
import { instantOf, numberOf, textOf } from './row.ts';

/** Type of every appended resource. */
export const TRACE_TYPE = 'AuditEvent';

/** The audit chains: a table that is only ever appended to. */
export class Traces {
  readonly #names: Names;
  readonly #insert: StatementSync;
  readonly #exists: StatementSync;
  readonly #last: StatementSync;
  readonly #links: StatementSync;
  readonly #heads: StatementSync;

  constructor(connection: Connection, names: Names) {
    this.#names = names;
    this.#insert = connection.prepare('INSERT INTO trace (seq, id, writer, position, updated, previous, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#exists = connection.prepare('SELECT 1 FROM trace WHERE id = ?');
    this.#last = connection.prepare('SELECT position, hash FROM trace WHERE writer = ? ORDER BY position DESC LIMIT 1');
    this.#links = connection.prepare('SELECT position, previous, hash, body FROM trace WHERE writer = ? AND position >= ? ORDER BY position LIMIT ?');
    // From one writer to the next through the index: to group all traces would take seconds once there are millions.
    this.#heads = connection.prepare(`
      WITH RECURSIVE writers (writer) AS (
        SELECT min(writer) FROM trace UNION ALL SELECT (SELECT min(trace.writer) FROM trace WHERE trace.writer > writers.writer) FROM writers WHERE writer IS NOT NULL
      )
      SELECT t.writer, t.position, t.hash FROM writers w JOIN trace t ON t.writer = w.writer AND t.position = (SELECT max(position) FROM trace WHERE writer = w.writer)`);
  }

  has(id: string): boolean {
    return this.#exists.get(id) !== undefined;
  }

  /**
   * The end of a writer's chain. It is read anew in every transaction, so that two processes which were given one name
   * by mistake still continue one chain, link by link.
   */
  last(writer: string): ChainHead {
    const row = this.#last.get(this.#names.find(writer));
    return row === undefined ? { writer, seq: 0, hash: CHAIN_START } : { writer, seq: numberOf(row.position), hash: textOf(row.hash) };
  }

  /** Adds a link after `head`. @returns the trace, and the chain's new head */
  append(trace: Resource & { readonly id: string }, head: ChainHead, at: { readonly seq: number; readonly updated: number }): { stored: Stored; head: ChainHead } {
    const lastUpdated = instantOf(at.updated);
    const body = renderBody(bodyTemplate(trace, trace.id), 1, lastUpdated);
    const position = head.seq + 1;
    const hash = linkHash(head.writer, position, head.hash, body);
    this.#insert.run(at.seq, trace.id, this.#names.intern(head.writer), position, at.updated, head.hash, hash, body);
    return {
      stored: new StoredVersion({ type: TRACE_TYPE, id: trace.id, version: 1, lastUpdated, deleted: false, outcome: 'created' }, body),
      head: { writer: head.writer, seq: position, hash },
    };
  }

  heads(): ChainHead[] {
    return this.#heads.all().map((row) => ({ writer: this.#names.textOf(numberOf(row.writer)), seq: numberOf(row.position), hash: textOf(row.hash) }));
  }

  links(writer: string, fromSeq: number, limit: number): ChainLink[] {
    const number = this.#names.find(writer);
    if (number === UNKNOWN) return [];
    return this.#links.all(number, fromSeq, limit).map((row) => ({ writer, seq: numberOf(row.position), previous: textOf(row.previous), hash: textOf(row.hash), body: textOf(row.body) }));
  }
}
