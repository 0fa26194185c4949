import { isServiceError, ServiceError } from '../../errors.ts';
import type { Stored, StoreOptions } from '../store.ts';
import type { Collections } from './documents.ts';
import { serviceErrorOf } from './failures.ts';
import { applyGroup } from './group.ts';
import type { Member, Outcome } from './group.ts';
import { inTransaction } from './transaction.ts';

interface Waiting extends Member { resolve(stored: readonly Stored[]): void; reject(error: unknown): void }

/** What one transaction takes on; a larger commit has one of its own. */
const GROUP_CHANGES = 1000;
const GROUP_BYTES = 8_000_000;

/**
 * Commits of one process, one transaction after another: the chain of traces needs an order anyway, and whoever waits meanwhile
 * shares the next transaction, so that durability on a majority is paid once for all of them.
 */
export class CommitQueue {
  readonly #collections: Collections;
  readonly #options: StoreOptions;
  readonly #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(collections: Collections, options: StoreOptions) {
    this.#collections = collections;
    this.#options = options;
  }

  /** Resolves when the member is committed on a majority. */
  async add(member: Member): Promise<readonly Stored[]> {
    if (this.#isClosed) throw new ServiceError('unavailable', 'The store is closing');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...member, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  /** Takes no more, and resolves when all that were taken have their answer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    // Lets those that arrive in the same turn join the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#settle(this.#nextGroup());
    // At once, not in a `finally`: a member that comes in between would wait for nobody.
    this.#working = undefined;
  }

  #nextGroup(): Waiting[] {
    let changes = 0;
    let bytes = 0;
    const size = this.#waiting.findIndex((member, i) => {
      changes += member.changes.length;
      bytes += member.changes.reduce((sum, change) => sum + change.bytes, 0);
      return i > 0 && (changes > GROUP_CHANGES || bytes > GROUP_BYTES);
    });
    return this.#waiting.splice(0, size < 0 ? this.#waiting.length : size);
  }

  async #settle(members: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await inTransaction(this.#collections.client, (session) => applyGroup(this.#collections, this.#options, members, session));
      for (const [i, member] of members.entries()) answer(member, outcomes[i]);
    } catch (thrown) {
      const error = serviceErrorOf(thrown);
      const concernsAll = isServiceError(error, 'unavailable') || isServiceError(error, 'storage-full');
      // The database refused the whole for the sake of one: each shows alone which it is.
      if (members.length > 1 && !concernsAll) for (const member of members) await this.#settle([member]);
      else for (const member of members) member.reject(error);
    }
  }
}

function answer(member: Waiting, outcome: Outcome | undefined): void {
  if (outcome !== undefined && 'stored' in outcome) member.resolve(outcome.stored);
  else member.reject(outcome?.refused ?? new Error('A commit has no outcome'));
}
