import type { Clause, SearchQuery } from '../../fhir/search/query.ts';
import type { Page, Stored } from '../store.ts';
import { TRACE_TYPE } from './traces.ts';

/** Answers kept at most, of at most so many resources and bytes each: the one Person behind a request, not a page of results. */
const MAX_KEPT = 5_000;
const MAX_ITEMS = 4;
const MAX_BYTES = 4_096;

/**
 * Whole answers of small searches, kept as long as nothing they rest on is written. Every request about a patient asks for the
 * same Person, and persons change rarely.
 *
 * An answer rests on the resources of its own type alone: searches that look at others, or at traces, are not kept. It is
 * dropped before this process writes any resource of the type, and when another process has committed anything.
 */
export class RecentAnswers {
  readonly #answers = new Map<string, Map<string, readonly Stored[]>>();
  #kept = 0;
  #generation = -1;

  /**
   * All that match, if they are known.
   *
   * @param generation another one whenever another process has committed
   */
  find({ type, where }: Pick<SearchQuery, 'type' | 'where'>, generation: number): readonly Stored[] | undefined {
    if (generation !== this.#generation) this.#drop(generation);
    const ofType = this.#answers.get(type);
    return ofType === undefined || ofType.size === 0 ? undefined : ofType.get(keyOf(where));
  }

  /**
   * @param query unsorted, from its start on
   * @param page what was read outside a transaction: what is written in one may never be committed
   */
  keep({ type, where }: SearchQuery, { items, next }: Page): void {
    if (next !== undefined || items.length > MAX_ITEMS || type === TRACE_TYPE || !where.every(isOfOwnType)) return;
    if (items.reduce((sum, { bytes }) => sum + bytes.length, 0) > MAX_BYTES) return;
    if (this.#kept >= MAX_KEPT) this.#drop(this.#generation);
    const ofType = this.#answers.get(type) ?? new Map<string, readonly Stored[]>();
    this.#answers.set(type, ofType.set(keyOf(where), items));
    this.#kept++;
  }

  /** To be called before a resource of the type is written. */
  forget(type: string): void {
    const ofType = this.#answers.get(type);
    if (ofType === undefined) return;
    this.#kept -= ofType.size;
    this.#answers.delete(type);
  }

  #drop(generation: number): void {
    this.#answers.clear();
    this.#kept = 0;
    this.#generation = generation;
  }
}

function isOfOwnType(clause: Clause): boolean {
  return clause.kind !== 'chain' && clause.kind !== 'has' && clause.kind !== 'or';
}

function keyOf(where: readonly Clause[]): string {
  return JSON.stringify(where);
}
