import { renderBody } from '../../fhir/body.ts';
import { ServiceError } from '../../errors.ts';
import { linkHash } from '../chain.ts';
import { besideAfter } from '../beside.ts';
import type { Beside, ChainHead, Stored } from '../store.ts';
import { storedOf, versionId } from './documents.ts';
import type { ResourceDocument, VersionDocument } from './documents.ts';
import type { Prepared, PreparedDelete, PreparedResource } from './prepare.ts';

/** What a change must know of the current version of its key. */
export type Current = Pick<ResourceDocument, 'version' | 'at' | 'created' | 'digest' | 'home' | 'beside'> & { readonly isTrace: boolean };

/** What the changes before have left, in the database or in the plan of the same transaction. */
export interface View { current(key: string): Current | undefined; readonly head: ChainHead }

/** What a commit will write. Nothing of it exists before the whole commit was found sound. */
export interface Plan {
  readonly stored: Stored[];
  readonly documents: PlannedDocument[];
  /** What changes beside resources that stay as they are. */
  readonly besides: PlannedBeside[];
  readonly versions: VersionDocument[];
  /** Ids of versions of which nothing is kept. */
  readonly erased: string[];
  head: ChainHead;
}
export interface PlannedBeside { readonly key: string; readonly home: string; readonly beside: Beside | undefined }
export interface PlannedDocument { readonly document: ResourceDocument; readonly replaces: Current | undefined }

/** The moment of a commit: one instant for all its changes, and a tick for each. */
export interface Moment { readonly at: number; readonly firstTick: number }

/**
 * Decides what each change does to what is current.
 * @throws ServiceError 'version-conflict', 'conflict', 'not-found', as `Store.commit` says
 */
export function planCommit(changes: readonly Prepared[], view: View, moment: Moment): Plan {
  const plan: Plan = { stored: [], documents: [], besides: [], versions: [], erased: [], head: view.head };
  for (const [i, change] of changes.entries()) {
    const current = view.current(change.key);
    const tick = moment.firstTick + i;
    if (current?.isTrace === true) throw new ServiceError('conflict', `${change.key} is a trace; nobody changes, replaces or deletes a trace`);
    if (change.kind === 'delete') remove(plan, change, current, { at: moment.at, tick });
    else if (change.kind === 'append') append(plan, change, current, { at: moment.at, tick });
    else put(plan, change, current, { at: moment.at, tick });
  }
  return plan;
}

interface Place { readonly at: number; readonly tick: number }

function put(plan: Plan, change: PreparedResource, current: Current | undefined, { at, tick }: Place): void {
  checkVersion(change, current);
  const isSame = current?.digest === change.digest;
  const beside = besideAfter(change.beside, current?.beside, current !== undefined && current.digest !== '' && !isSame ? change.key : undefined);
  if (isSame) {
    if (beside !== undefined) plan.besides.push({ key: change.key, home: current.home, beside });
    plan.stored.push(storedOf({ _id: change.key, version: current.version, at: current.at, body: bodyOf(change, current.version, current.at) }, 'unchanged'));
    return;
  }
  const version = (current?.version ?? 0) + 1;
  const isNew = current === undefined || current.digest === '';
  const document: ResourceDocument = {
    _id: change.key, type: change.type, version, at, created: current?.created ?? tick,
    digest: change.digest, body: bodyOf(change, version, at), home: change.home, ...change.indexed, ...besideField(beside ?? current?.beside),
  };
  write(plan, document, current, tick);
  plan.stored.push(storedOf(document, isNew ? 'created' : 'updated'));
}

function remove(plan: Plan, change: PreparedDelete, current: Current | undefined, { at, tick }: Place): void {
  if (current === undefined) throw new ServiceError('not-found', `${change.key} was never stored`);
  checkVersion(change, current);
  if (change.erases) for (let version = 1; version <= current.version; version++) plan.erased.push(versionId(change.key, version));
  if (current.digest === '') {
    if (change.erases && current.beside !== undefined) plan.besides.push({ key: change.key, home: current.home, beside: undefined });
    plan.stored.push(storedOf({ _id: change.key, version: current.version, at: current.at, body: '' }, 'unchanged'));
    return;
  }
  const document: ResourceDocument = { _id: change.key, version: current.version + 1, at, created: current.created, digest: '', body: '', home: current.home, ...(change.erases ? {} : besideField(current.beside)) };
  write(plan, document, current, tick);
  plan.stored.push(storedOf(document, 'deleted'));
}

export function besideField(beside: Beside | undefined): Pick<ResourceDocument, 'beside'> {
  return beside === undefined ? {} : { beside };
}

function append(plan: Plan, change: PreparedResource, current: Current | undefined, { at, tick }: Place): void {
  if (current !== undefined) throw new ServiceError('conflict', `${change.key} is stored already; a trace has one version`);
  const body = bodyOf(change, 1, at);
  const { writer, seq: previousSeq, hash: previous } = plan.head;
  const seq = previousSeq + 1;
  const trace = { type: change.type, tick, writer, seq, previous, hash: linkHash(writer, seq, previous, body) };
  plan.head = { writer, seq, hash: trace.hash };
  const document: ResourceDocument = { _id: change.key, type: change.type, version: 1, at, created: tick, digest: change.digest, body, home: change.home, ...change.indexed, trace };
  plan.documents.push({ document, replaces: undefined });
  plan.stored.push(storedOf(document, 'created'));
}

function write(plan: Plan, document: ResourceDocument, replaces: Current | undefined, tick: number): void {
  const { _id, version, at, body } = document;
  const [type = ''] = _id.split('/');
  plan.documents.push({ document, replaces });
  plan.versions.push({ _id: versionId(_id, version), type, version, at, tick, body });
}

/** 0 expects that there is none, or a deleted one. */
function checkVersion({ key, expectedVersion }: Prepared, current: Current | undefined): void {
  if (expectedVersion === undefined) return;
  const isCurrent = expectedVersion === 0 ? current === undefined || current.digest === '' : current?.version === expectedVersion;
  if (isCurrent) return;
  throw new ServiceError('version-conflict', `${key} is ${current === undefined ? 'not stored' : `at version ${current.version}`}, the request expects ${expectedVersion === 0 ? 'none' : `version ${expectedVersion}`}`);
}

function bodyOf({ template }: PreparedResource, version: number, at: number): string {
  return renderBody(template, version, new Date(at).toISOString());
}
