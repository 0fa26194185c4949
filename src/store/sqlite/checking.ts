import type { StatementSync } from 'node:sqlite';
import { ServiceError } from '../../errors.ts';
import { bodyTemplate, renderBody, resourceOf } from '../../fhir/body.ts';
import type { BodyTemplate } from '../../fhir/body.ts';
import { isId, referenceTo } from '../../fhir/resource.ts';
import type { Resource, ResourceKey } from '../../fhir/resource.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import { besideAfter } from '../beside.ts';
import type { Beside, Change, CommitOptions, StoreOptions } from '../store.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { BESIDE, besideOf, BY_KEY } from './reading.ts';
import { instantOf, numberOf, textOf } from './row.ts';
import type { Searching } from './searching.ts';
import { concernsTraces } from './trace-indexer.ts';
import type { TraceIndexer } from './trace-indexer.ts';
import { TRACE_TYPE } from './traces.ts';
import type { Traces } from './traces.ts';

/** A resource as it is now. `rid` is its number in the index. */
export interface Current { readonly rid: number; readonly version: number; readonly seq: number; readonly updated: number; readonly deleted: boolean; readonly body: string }

/** A change that was found good, with all that is needed to write it. Nothing of a commit is written before all its steps are made. */
export type Step =
  | { readonly kind: 'unchanged'; readonly key: ResourceKey; readonly current: Current; readonly erases?: boolean; readonly beside?: Beside | undefined }
  | { readonly kind: 'put'; readonly beside: Beside | undefined; readonly key: ResourceKey; readonly current: Current | undefined; readonly template: BodyTemplate; readonly terms: IndexTerms; readonly termsBefore: IndexTerms | undefined }
  | { readonly kind: 'delete'; readonly key: ResourceKey; readonly current: Current; readonly termsBefore: IndexTerms; readonly erases: boolean }
  | { readonly kind: 'append'; readonly trace: Resource & { readonly id: string } };

export type PutStep = Extract<Step, { kind: 'put' }>;
export type DeleteStep = Extract<Step, { kind: 'delete' }>;

const TYPE = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/**
 * Finds whether a commit may be, and prepares it. Whatever is wrong with a commit is found here, before anything of it is
 * written; so commits share a transaction without a savepoint for each.
 */
export class Checking {
  readonly #names: Names;
  readonly #traces: Traces;
  readonly #indexer: TraceIndexer;
  readonly #searching: Searching;
  readonly #extract: StoreOptions['extract'];
  readonly #selectCurrent: StatementSync;
  readonly #selectBody: StatementSync;
  readonly #selectBeside: StatementSync;

  constructor(connection: Connection, parts: { readonly names: Names; readonly traces: Traces; readonly indexer: TraceIndexer; readonly searching: Searching; readonly extract: StoreOptions['extract'] }) {
    this.#names = parts.names;
    this.#traces = parts.traces;
    this.#indexer = parts.indexer;
    this.#searching = parts.searching;
    this.#extract = parts.extract;
    this.#selectCurrent = connection.prepare(`SELECT r.rid, r.version, r.seq, r.updated, r.deleted FROM ${BY_KEY}`);
    this.#selectBeside = connection.prepare(BESIDE);
    this.#selectBody = connection.prepare('SELECT body FROM version WHERE seq = ?');
  }

  /** @throws ServiceError as `Store.commit` says; nothing is written */
  steps(changes: readonly Change[], options: CommitOptions | undefined): readonly Step[] {
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

  #step(change: Change, key: ResourceKey): Step {
    if (key.type === TRACE_TYPE && this.#traces.has(key.id)) throw new ServiceError('conflict', `${referenceTo(key)} is a trace, which can be neither updated nor deleted`);
    const current = this.#current(key);
    if (change.kind === 'append') {
      if (key.type !== TRACE_TYPE) throw new ServiceError('malformed', `A trace is an ${TRACE_TYPE}`);
      if (current !== undefined) throw new ServiceError('conflict', `${referenceTo(key)} exists already`);
      return { kind: 'append', trace: change.trace };
    }
    checkVersion(key, change.expectedVersion, current);
    if (change.kind === 'put') return this.#stepOfPut(change, key, current);
    if (current === undefined) throw new ServiceError('not-found', `${referenceTo(key)} does not exist`);
    const { erases = false } = change;
    return current.deleted ? { kind: 'unchanged', key, current, erases } : { kind: 'delete', key, current, termsBefore: this.#termsOf(current), erases };
  }

  /** Body and terms are made when they are written: those of all changes of a large commit would take many times its own size together. */
  #stepOfPut(change: Extract<Change, { kind: 'put' }>, key: ResourceKey, current: Current | undefined): Step {
    const isLive = current !== undefined && !current.deleted;
    const isSame = isLive && renderBody(bodyTemplate(change.resource, key.id), current.version, instantOf(current.updated)) === current.body;
    const standing = change.beside === undefined || current === undefined ? undefined : besideOf(this.#selectBeside.get(current.rid));
    const beside = besideAfter(change.beside, standing, isLive && !isSame ? referenceTo(key) : undefined);
    if (isSame) return { kind: 'unchanged', key, current, beside };
    const extract = this.#extract;
    return {
      kind: 'put', key, current, beside,
      get template() { return bodyTemplate(change.resource, key.id); },
      get terms() { return extract(change.resource); },
      termsBefore: isLive ? this.#termsOf(current) : undefined,
    };
  }

  #current({ type, id }: ResourceKey): Current | undefined {
    const row = this.#selectCurrent.get(this.#names.find(type), id);
    if (row === undefined) return undefined;
    const seq = numberOf(row.seq);
    return { rid: numberOf(row.rid), version: numberOf(row.version), seq, updated: numberOf(row.updated), deleted: row.deleted === 1, body: textOf(this.#selectBody.get(seq)?.body) };
  }

  #termsOf({ body }: Current): IndexTerms {
    return this.#extract(resourceOf(body));
  }
}

function keyOf(change: Change): ResourceKey {
  if (change.kind === 'delete') return { type: change.key.type, id: change.key.id };
  const resource = change.kind === 'put' ? change.resource : change.trace;
  return { type: resource.resourceType, id: resource.id };
}

function checkVersion(key: ResourceKey, expected: number | undefined, current: Current | undefined): void {
  if (expected === undefined || expected === (current?.version ?? 0) || (expected === 0 && current?.deleted === true)) return;
  if (expected === 0) throw new ServiceError('version-conflict', `${referenceTo(key)} exists already`);
  const reason = current === undefined || current.deleted ? 'does not exist' : `has version ${current.version}`;
  throw new ServiceError('version-conflict', `${referenceTo(key)} ${reason}, not version ${expected} as expected`);
}
