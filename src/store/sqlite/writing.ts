import type { StatementSync } from 'node:sqlite';
import { renderBody } from '../../fhir/body.ts';
import type { Resource, ResourceKey } from '../../fhir/resource.ts';
import type { Beside, ChainHead, Stored, StoreOptions } from '../store.ts';
import { StoredVersion } from '../stored-version.ts';
import type { Current, DeleteStep, PutStep, Step } from './checking.ts';
import type { Connection } from './connection.ts';
import { indexRows } from './index-rows.ts';
import type { IndexWriter } from './index-writer.ts';
import { ID_GROUP } from './names.ts';
import type { Names } from './names.ts';
import type { RecentAnswers } from './recent-answers.ts';
import { instantOf, numberOf } from './row.ts';
import type { Traces } from './traces.ts';

/** What a write transaction knows of its end of the sequence. */
interface Progress { seq: number; updated: number; head: ChainHead | undefined; traces: number }

/** Writes what was checked, inside a transaction that its caller opens and ends. */
export class Writing {
  readonly #names: Names;
  readonly #traces: Traces;
  readonly #index: IndexWriter;
  readonly #recent: RecentAnswers;
  readonly #writer: string;
  readonly #clock: () => Date;
  readonly #statements: Record<'lastVersion' | 'lastTrace' | 'insertVersion' | 'insertResource' | 'insertId' | 'updateResource' | 'eraseFirst' | 'eraseLater' | 'setBeside' | 'eraseBeside', StatementSync>;
  #progress: Progress = { seq: 0, updated: 0, head: undefined, traces: 0 };

  constructor(connection: Connection, parts: { readonly names: Names; readonly traces: Traces; readonly index: IndexWriter; readonly recent: RecentAnswers; readonly options: StoreOptions }) {
    this.#names = parts.names;
    this.#traces = parts.traces;
    this.#index = parts.index;
    this.#recent = parts.recent;
    this.#writer = parts.options.writer;
    this.#clock = parts.options.clock;
    this.#statements = {
      lastVersion: connection.prepare('SELECT seq, updated FROM version ORDER BY seq DESC LIMIT 1'),
      lastTrace: connection.prepare('SELECT seq, updated FROM trace ORDER BY seq DESC LIMIT 1'),
      insertVersion: connection.prepare('INSERT INTO version (seq, type, rid, version, updated, deleted, body) VALUES (?, ?, ?, ?, ?, ?, ?)'),
      insertResource: connection.prepare('INSERT INTO resource (rid, type, id, version, seq, updated, deleted) VALUES (?, ?, ?, 1, ?, ?, 0)'),
      insertId: connection.prepare(`INSERT INTO term (space, value, p, rid) VALUES (?, ?, ${ID_GROUP}, ?)`),
      updateResource: connection.prepare('UPDATE resource SET version = ?, seq = ?, updated = ?, deleted = ? WHERE rid = ?'),
      setBeside: connection.prepare('INSERT OR REPLACE INTO beside (rid, mark, note) VALUES (?, ?, ?)'),
      eraseBeside: connection.prepare('DELETE FROM beside WHERE rid = ?'),
      eraseFirst: connection.prepare("UPDATE version SET body = '', deleted = 1 WHERE seq = ?"),
      eraseLater: connection.prepare("UPDATE version SET body = '', deleted = 1 WHERE rid = ? AND version > 1"),
    };
  }

  /** To be called first in each transaction: other processes may have written since the last. */
  begin(): void {
    const ends = [this.#statements.lastVersion.get(), this.#statements.lastTrace.get()].filter((row) => row !== undefined);
    this.#progress = {
      seq: Math.max(0, ...ends.map((row) => numberOf(row.seq))),
      updated: Math.max(0, ...ends.map((row) => numberOf(row.updated))),
      head: undefined,
      traces: 0,
    };
  }

  /** Traces appended in this transaction. */
  get appended(): number {
    return this.#progress.traces;
  }

  /** @throws driver errors: the transaction is then to be rolled back */
  write(steps: readonly Step[]): Stored[] {
    const progress = this.#progress;
    progress.updated = Math.max(progress.updated, this.#clock().getTime());
    return steps.map((step) => {
      if (isChange(step)) this.#recent.forget(step.key.type);
      switch (step.kind) {
        case 'unchanged':
          if (step.erases === true) this.#erase(step.current.rid);
          this.#setBeside(step.current.rid, step.beside);
          return storedCurrent(step.key, step.current);
        case 'append': return this.#append(step.trace);
        case 'delete': return this.#delete(step);
        case 'put': return step.current === undefined ? this.#create(step) : this.#update(step, step.current);
      }
    });
  }

  #create({ key, template, terms, beside }: PutStep): Stored {
    const seq = ++this.#progress.seq;
    const { updated } = this.#progress;
    const type = this.#names.intern(key.type);
    const lastUpdated = instantOf(updated);
    const body = renderBody(template, 1, lastUpdated);
    this.#statements.insertVersion.run(seq, type, seq, 1, updated, 0, body);
    this.#statements.insertResource.run(seq, type, key.id, seq, updated);
    this.#statements.insertId.run(type, key.id, seq);
    this.#setBeside(seq, beside);
    this.#index.add(type, seq, indexRows(this.#names, key.type, terms));
    return new StoredVersion({ ...key, version: 1, lastUpdated, deleted: false, outcome: 'created' }, body);
  }

  #update({ key, template, terms, termsBefore, beside }: PutStep, current: Current): Stored {
    const seq = ++this.#progress.seq;
    const { updated } = this.#progress;
    const type = this.#names.intern(key.type);
    const version = current.version + 1;
    const lastUpdated = instantOf(updated);
    const body = renderBody(template, version, lastUpdated);
    this.#statements.insertVersion.run(seq, type, current.rid, version, updated, 0, body);
    this.#statements.updateResource.run(version, seq, updated, 0, current.rid);
    this.#setBeside(current.rid, beside);
    const after = indexRows(this.#names, key.type, terms);
    if (termsBefore === undefined) this.#index.add(type, current.rid, after);
    else this.#index.replace(type, current.rid, indexRows(this.#names, key.type, termsBefore), after);
    return new StoredVersion({ ...key, version, lastUpdated, deleted: false, outcome: current.deleted ? 'created' : 'updated' }, body);
  }

  #delete({ key, current, termsBefore, erases }: DeleteStep): Stored {
    const seq = ++this.#progress.seq;
    const { updated } = this.#progress;
    const type = this.#names.intern(key.type);
    const version = current.version + 1;
    this.#statements.insertVersion.run(seq, type, current.rid, version, updated, 1, '');
    this.#statements.updateResource.run(version, seq, updated, 1, current.rid);
    this.#index.remove(type, current.rid, indexRows(this.#names, key.type, termsBefore));
    if (erases) this.#erase(current.rid);
    return new StoredVersion({ ...key, version, lastUpdated: instantOf(updated), deleted: true, outcome: 'deleted' }, '');
  }

  /** The rows stay, so that the sequence has no gap that its readers would stumble over. */
  #erase(rid: number): void {
    this.#statements.eraseFirst.run(rid);
    this.#statements.eraseLater.run(rid);
    this.#statements.eraseBeside.run(rid);
  }

  #setBeside(rid: number, beside: Beside | undefined): void {
    if (beside !== undefined) this.#statements.setBeside.run(rid, beside.mark ?? null, beside.note ?? null);
  }

  #append(trace: Resource & { readonly id: string }): Stored {
    const progress = this.#progress;
    progress.head ??= this.#traces.last(this.#writer);
    const { stored, head } = this.#traces.append(trace, progress.head, { seq: ++progress.seq, updated: progress.updated });
    progress.head = head;
    progress.traces += 1;
    return stored;
  }
}

function isChange(step: Step): step is Exclude<Step, { kind: 'append' }> {
  return step.kind !== 'append' && (step.kind !== 'unchanged' || step.erases === true);
}

function storedCurrent(key: ResourceKey, { version, updated, deleted, body }: Current): Stored {
  return new StoredVersion({ ...key, version, lastUpdated: instantOf(updated), deleted, outcome: 'unchanged' }, body);
}
