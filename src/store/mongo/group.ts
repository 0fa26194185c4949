import type { mongo } from 'mongoose';
import { CHAIN_START } from '../chain.ts';
import { ServiceError } from '../../errors.ts';
import type { Assumption, ChainHead, Stored, StoreOptions } from '../store.ts';
import type { Clause } from '../../fhir/search/query.ts';
import { instantOf, takeTicks } from './clock.ts';
import type { Collections } from './documents.ts';
import { besideField, planCommit } from './plan.ts';
import type { Current, Plan, PlannedBeside, PlannedDocument } from './plan.ts';
import type { Prepared } from './prepare.ts';
import { holds } from './search.ts';

/** A commit that waits for its transaction. */
export interface Member { readonly changes: readonly Prepared[]; readonly assuming: readonly Assumption[] }
/** What became of a member: stored, or refused without a trace of it in the transaction. */
export type Outcome = { readonly stored: readonly Stored[] } | { readonly refused: ServiceError };

type Write = mongo.AnyBulkWriteOperation<PlannedDocument['document']>;
type Options = Pick<StoreOptions, 'writer' | 'clock'>;
const IDS_A_QUERY = 10_000;

/**
 * Applies commits, one after another, in one transaction. MongoDB has no savepoints, so each member is first planned in memory
 * against what is current; a member that is refused there was never written, and the others go on.
 */
export async function applyGroup(collections: Collections, options: Options, members: readonly Member[], session: mongo.ClientSession): Promise<readonly Outcome[]> {
  await lockAssumptions(collections, members, session);
  const group = new Group(collections, session, await currentOf(collections, members, session));
  const count = members.reduce((sum, { changes }) => sum + changes.length, 0);
  const [firstTick, head] = await Promise.all([takeTicks(collections, count, options.clock()), headOf(collections, options.writer, session)]);
  group.head = head;
  const moment = { at: instantOf(firstTick), firstTick };
  const outcomes: Outcome[] = [];
  for (const { changes, assuming } of members) {
    outcomes.push(await group.apply(changes, assuming, moment));
    moment.firstTick += changes.length;
  }
  await group.finish(head);
  return outcomes;
}

/** The state of the transaction: what is current, planned and not yet written. */
class Group {
  readonly #collections: Collections;
  readonly #session: mongo.ClientSession;
  readonly #current: Map<string, Current>;
  #writes: Write[] = [];
  readonly #versions: Plan['versions'] = [];
  readonly #erased: Plan['erased'] = [];
  head: ChainHead = { writer: '', seq: 0, hash: CHAIN_START };

  constructor(collections: Collections, session: mongo.ClientSession, current: Map<string, Current>) {
    this.#collections = collections;
    this.#session = session;
    this.#current = current;
  }

  async apply(changes: readonly Prepared[], assuming: readonly Assumption[], moment: { readonly at: number; readonly firstTick: number }): Promise<Outcome> {
    for (const assumption of assuming) {
      await this.#writeDocuments();
      if (!(await holds(this.#collections, assumption, this.#session))) {
        return { refused: new ServiceError('conflict', `Another request changed which ${assumption.type} resources match; repeat the request`) };
      }
    }
    try {
      const plan = planCommit(changes, { current: (key) => this.#current.get(key), head: this.head }, moment);
      this.#accept(plan);
      return { stored: plan.stored };
    } catch (error) {
      if (error instanceof ServiceError) return { refused: error };
      throw error;
    }
  }

  /** Writes what is planned. @param first the head of the chain before the group */
  async finish(first: ChainHead): Promise<void> {
    const { chains, versions, groups } = this.#collections;
    const session = this.#session;
    await this.#writeDocuments();
    const [from, to] = [this.#versions.at(0), this.#versions.at(-1)];
    if (from !== undefined && to !== undefined) {
      await versions.insertMany(this.#versions, { session });
      await groups.insertOne({ _id: from.tick, last: to.tick, pending: true }, { session });
    }
    for (let start = 0; start < this.#erased.length; start += IDS_A_QUERY) {
      await versions.updateMany({ _id: { $in: this.#erased.slice(start, start + IDS_A_QUERY) } }, { $set: { body: '' } }, { session });
    }
    if (this.head.seq === first.seq) return;
    // Where the head is not as it was read, the upsert meets its own key and the transaction fails: a chain never forks.
    await chains.updateOne({ _id: first.writer, seq: first.seq }, { $set: { seq: this.head.seq, hash: this.head.hash } }, { session, upsert: true });
  }

  #accept(plan: Plan): void {
    for (const { document } of plan.documents) this.#current.set(document._id, { ...document, isTrace: document.trace !== undefined });
    this.#writes.push(...plan.documents.flatMap(writesOf), ...plan.besides.map(writeBeside));
    for (const { key, beside } of plan.besides) {
      const current = this.#current.get(key);
      if (current === undefined) continue;
      const { beside: _before, ...rest } = current;
      this.#current.set(key, { ...rest, ...besideField(beside) });
    }
    this.#versions.push(...plan.versions);
    for (const id of plan.erased) this.#erased.push(id);
    this.head = plan.head;
  }

  async #writeDocuments(): Promise<void> {
    if (this.#writes.length === 0) return;
    await this.#collections.resources.bulkWrite(this.#writes, { session: this.#session, ordered: true });
    this.#writes = [];
  }
}

/** A document that changes its home changes its shard: it is taken out there and put in here. */
function writesOf({ document, replaces }: PlannedDocument): Write[] {
  const insert = { insertOne: { document } };
  if (replaces === undefined) return [insert];
  const filter = { _id: document._id, home: replaces.home };
  return replaces.home === document.home ? [{ replaceOne: { filter, replacement: document } }] : [{ deleteOne: { filter } }, insert];
}

function writeBeside({ key, home, beside }: PlannedBeside): Write {
  return { updateOne: { filter: { _id: key, home }, update: beside === undefined ? { $unset: { beside: '' } } : { $set: { beside } } } };
}

/**
 * Snapshot isolation lets two transactions both find nobody and both create. So whoever relies on a search first writes to the
 * lock of each type that it searched or writes: of two at the same time one meets a write conflict and starts anew.
 */
async function lockAssumptions({ counters }: Collections, members: readonly Member[], session: mongo.ClientSession): Promise<void> {
  const types = new Set(members.flatMap(({ changes, assuming }) => (assuming.length === 0 ? [] : [...assuming.flatMap(searchedTypes), ...changes.map(({ type }) => type)])));
  if (types.size === 0) return;
  const locks = [...types].sort().map((type) => ({ updateOne: { filter: { _id: `lock/${type}` }, update: { $inc: { value: 1 } }, upsert: true } }));
  await counters.bulkWrite(locks, { session, ordered: true });
}

function searchedTypes({ type, where }: { readonly type: string; readonly where: readonly Clause[] }): string[] {
  const inner = where.flatMap((clause) => {
    if (clause.kind === 'chain' || clause.kind === 'has') return searchedTypes(clause);
    return clause.kind === 'or' ? searchedTypes({ type, where: clause.clauses }) : [];
  });
  return [type, ...inner];
}

async function currentOf({ resources }: Collections, members: readonly Member[], session: mongo.ClientSession): Promise<Map<string, Current>> {
  const keys = [...new Set(members.flatMap(({ changes }) => changes.map(({ key }) => key)))];
  const current = new Map<string, Current>();
  for (let start = 0; start < keys.length; start += IDS_A_QUERY) {
    const found = resources.find({ _id: { $in: keys.slice(start, start + IDS_A_QUERY) } }, { session, projection: { version: 1, at: 1, created: 1, digest: 1, home: 1, beside: 1, 'trace.seq': 1 } });
    for await (const { _id, trace, ...rest } of found) current.set(_id, { ...rest, isTrace: trace !== undefined });
  }
  return current;
}

async function headOf({ chains }: Collections, writer: string, session: mongo.ClientSession): Promise<ChainHead> {
  const head = await chains.findOne({ _id: writer }, { session });
  return head === null ? { writer, seq: 0, hash: CHAIN_START } : { writer, seq: head.seq, hash: head.hash };
}
