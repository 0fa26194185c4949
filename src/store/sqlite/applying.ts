import type { StatementSync } from 'node:sqlite';
import { ServiceError } from '../../errors.ts';
import { bodyTemplate, renderBody } from '../../fhir/body.ts';
import type { BodyTemplate } from '../../fhir/body.ts';
import { parseJson } from '../../fhir/json.ts';
import { isId, isObject, referenceTo } from '../../fhir/resource.ts';
import type { Resource, ResourceKey } from '../../fhir/resource.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import type { Change, ChainHead, CommitOptions, Stored, StoreOptions } from '../store.ts';
import type { Connection } from './connection.ts';
import { indexRows } from './index-rows.ts';
import type { IndexWriter } from './index-writer.ts';
import type { Names } from './names.ts';
import { instantOf, numberOf, textOf } from './row.ts';
import type { Searching } from './searching.ts';
import { TRACE_TYPE } from './traces.ts';
import type { Traces } from './traces.ts';
import { concernsTraces } from './trace-indexer.ts';
import type { TraceIndexer } from './trace-indexer.ts';

/** What a write transaction knows of its end of the sequence. */
interface Progress { seq: number; updated: number; head: ChainHead | undefined; traces: number }

interface Current { readonly rid: number; readonly version: number; readonly seq: number; readonly updated: number; readonly deleted: boolean; readonly body: string }

/** A change that was found good, with all that is needed to write it. Nothing of a commit is written before all its steps are made. */
type Step =
  | { readonly kind: 'unchanged'; readonly key: ResourceKey; readonly current: Current }
  | { readonly kind: 'put'; readonly key: ResourceKey; readonly current: Current | undefined; readonly template: BodyTemplate; readonly terms: IndexTerms; readonly termsBefore: IndexTerms | undefined }
  | { readonly kind: 'delete'; readonly key: ResourceKey; readonly current: Current; readonly termsBefore: IndexTerms }
  | { readonly kind: 'append'; readonly trace: Resource & { readonly id: string } };

const TYPE = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/**
 * Applies commits, one after another, inside a transaction that its caller opens and ends. `check` throws for a commit that
 * must not be, before anything of it is written; so commits share a transaction without a savepoint for each.
 */
export class Applying {
  readonly #names: Names;
  readonly #traces: Traces;
  readonly #index: IndexWriter;
  readonly #options: StoreOptions;
  readonly #searching: Searching;
  readonly #indexer: TraceIndexer;
  readonly #statements: Record<'lastVersion' | 'lastTrace' | 'current' | 'body' | 'insertVersion' | 'insertResource' | 'updateResource', StatementSync>;
  #progress: Progress = { seq: 0, updated: 0, head: undefined, traces: 0 };

  constructor(connection: Connection, parts: { readonly names: Names; readonly traces: Traces; readonly index: IndexWriter; readonly searching: Searching; readonly indexer: TraceIndexer; readonly options: StoreOptions }) {
    this.#names = parts.names;
    this.#traces = parts.traces;
    this.#index = parts.index;
    this.#options = parts.options;
    this.#searching = parts.searching;
    this.#indexer = parts.indexer;
    this.#statements = {
      lastVersion: connection.prepare('SELECT seq, updated FROM version ORDER BY seq DESC LIMIT 1'),
      lastTrace: connection.prepare('SELECT seq, updated FROM trace ORDER BY seq DESC LIMIT 1'),
      current: connection.prepare('SELECT rid, version, seq, updated, deleted FROM resource WHERE type = ? AND id = ?'),
      body: connection.prepare('SELECT body FROM version WHERE seq = ?'),
      insertVersion: connection.prepare('INSERT INTO version (seq, type, rid, version, updated, deleted, body) VALUES (?, ?, ?, ?, ?, ?, ?)'),
      insertResource: connection.prepare('INSERT INTO resource (rid, type, id, version, seq, updated, deleted) VALUES (?, ?, ?, 1, ?, ?, 0)'),
      updateResource: connection.prepare('UPDATE resource SET version = ?, seq = ?, updated = ?, deleted = ? WHERE rid = ?'),
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

  /** @throws ServiceError as `Store.commit` says; nothing is written */
  check(changes: readonly Change[], options: CommitOptions | undefined): readonly Step[] {
    for (const assumption of options?.assuming ?? []) {
      if (concernsTraces(assumption.type, assumption.where)) this.#indexer.catchUpNow();
      if (!this.#searching.matchesExactly(assumption)) throw new ServiceError('conflict', `Another writer changed which ${assumption.type} resources match; search again`);
    }
    const keys = new Set<string>();
    return changes.map((change) => {
      const key = keyOf(change);
      const reference = referenceTo(key);
      if (!isId(key.id) || !TYPE.test(key.type)) throw new ServiceError('malformed', 'A resource needs a type and an id of 1 to 64 letters, digits, "-" or "."');
      if (keys.has(reference)) throw new ServiceError('conflict', `${reference} is changed twice in one commit`);
      keys.add(reference);
      return this.#step(change, key);
    });
  }

  /** @throws driver errors: the transaction is then to be rolled back */
  write(steps: readonly Step[]): Stored[] {
    const progress = this.#progress;
    progress.updated = Math.max(progress.updated, this.#options.clock().getTime());
    return steps.map((step) => {
      switch (step.kind) {
        case 'unchanged': return storedCurrent(step.key, step.current);
        case 'append': return this.#append(step.trace);
        case 'delete': return this.#delete(step);
        case 'put': return step.current === undefined ? this.#create(step) : this.#update(step, step.current);
      }
    });
  }

  #step(change: Change, key: ResourceKey): Step {
    if (key.type === TRACE_TYPE && this.#traces.has(key.id)) throw new ServiceError('conflict', `${referenceTo(key)} is a trace, which can be neither updated nor deleted`);
    const current = this.#current(key);
    if (change.kind === 'append') {
      if (key.type !== TRACE_TYPE) throw new ServiceError('malformed', `A trace is an ${TRACE_TYPE}`);
      if (current !== undefined) throw new ServiceError('conflict', `${referenceTo(key)} exists already`);
      return { kind: 'append', trace: change.trace };
    }
    checkVersion(key, change.expectedVersion, current);
    if (change.kind === 'put') return this.#stepOfPut(change.resource, key, current);
    if (current === undefined) throw new ServiceError('not-found', `${referenceTo(key)} does not exist`);
    return current.deleted ? { kind: 'unchanged', key, current } : { kind: 'delete', key, current, termsBefore: this.#termsOf(current) };
  }

  #stepOfPut(resource: Resource, key: ResourceKey, current: Current | undefined): Step {
    const template = bodyTemplate(resource, key.id);
    const isLive = current !== undefined && !current.deleted;
    if (isLive && renderBody(template, current.version, instantOf(current.updated)) === current.body) return { kind: 'unchanged', key, current };
    return { kind: 'put', key, current, template, terms: this.#options.extract(resource), termsBefore: isLive ? this.#termsOf(current) : undefined };
  }

  #current({ type, id }: ResourceKey): Current | undefined {
    const row = this.#statements.current.get(this.#names.find(type), id);
    if (row === undefined) return undefined;
    const seq = numberOf(row.seq);
    return { rid: numberOf(row.rid), version: numberOf(row.version), seq, updated: numberOf(row.updated), deleted: row.deleted === 1, body: textOf(this.#statements.body.get(seq)?.body) };
  }

  #termsOf({ body }: Current): IndexTerms {
    const resource = parseJson(body);
    if (!isResource(resource)) throw new TypeError('The store holds a body that is not a resource');
    return this.#options.extract(resource);
  }

  #create({ key, template, terms }: Step & { kind: 'put' }): Stored {
    const seq = ++this.#progress.seq;
    const { updated } = this.#progress;
    const type = this.#names.intern(key.type);
    const stored = renderedBody(key, template, 1, updated);
    this.#statements.insertVersion.run(seq, type, seq, 1, updated, 0, stored.body);
    this.#statements.insertResource.run(seq, type, key.id, seq, updated);
    this.#index.add(type, seq, indexRows(this.#names, key.type, terms));
    return { ...stored, outcome: 'created' };
  }

  #update({ key, template, terms, termsBefore }: Step & { kind: 'put' }, current: Current): Stored {
    const seq = ++this.#progress.seq;
    const { updated } = this.#progress;
    const type = this.#names.intern(key.type);
    const version = current.version + 1;
    const stored = renderedBody(key, template, version, updated);
    this.#statements.insertVersion.run(seq, type, current.rid, version, updated, 0, stored.body);
    this.#statements.updateResource.run(version, seq, updated, 0, current.rid);
    const after = indexRows(this.#names, key.type, terms);
    if (termsBefore === undefined) this.#index.add(type, current.rid, after);
    else this.#index.replace(type, current.rid, indexRows(this.#names, key.type, termsBefore), after);
    return { ...stored, outcome: current.deleted ? 'created' : 'updated' };
  }

  #delete({ key, current, termsBefore }: Step & { kind: 'delete' }): Stored {
    const seq = ++this.#progress.seq;
    const { updated } = this.#progress;
    const type = this.#names.intern(key.type);
    const version = current.version + 1;
    this.#statements.insertVersion.run(seq, type, current.rid, version, updated, 1, '');
    this.#statements.updateResource.run(version, seq, updated, 1, current.rid);
    this.#index.remove(type, current.rid, indexRows(this.#names, key.type, termsBefore));
    return { ...key, version, lastUpdated: instantOf(updated), deleted: true, body: '', outcome: 'deleted' };
  }

  #append(trace: Resource & { readonly id: string }): Stored {
    const progress = this.#progress;
    progress.head ??= this.#traces.last(this.#options.writer);
    const { stored, head } = this.#traces.append(trace, progress.head, { seq: ++progress.seq, updated: progress.updated });
    progress.head = head;
    progress.traces += 1;
    return stored;
  }
}

function keyOf(change: Change): ResourceKey {
  if (change.kind === 'delete') return { type: change.key.type, id: change.key.id };
  const resource = change.kind === 'put' ? change.resource : change.trace;
  return { type: resource.resourceType, id: resource.id };
}

function checkVersion(key: ResourceKey, expected: number | undefined, current: Current | undefined): void {
  if (expected === undefined || expected === (current?.version ?? 0) || (expected === 0 && current?.deleted === true)) return;
  const reason = current === undefined || current.deleted ? 'does not exist' : `has version ${current.version}`;
  throw new ServiceError('version-conflict', `${referenceTo(key)} ${reason}, not version ${expected} as expected`);
}

function renderedBody(key: ResourceKey, template: BodyTemplate, version: number, updated: number): Omit<Stored, 'outcome'> {
  const lastUpdated = instantOf(updated);
  return { ...key, version, lastUpdated, deleted: false, body: renderBody(template, version, lastUpdated) };
}

function storedCurrent(key: ResourceKey, { version, updated, deleted, body }: Current): Stored {
  return { ...key, version, lastUpdated: instantOf(updated), deleted, body, outcome: 'unchanged' };
}

function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string';
}
