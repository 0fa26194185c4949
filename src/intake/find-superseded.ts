import { z } from 'zod';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Assumption } from '../store/store.ts';
import type { SourceMessage } from './records.ts';
import { STATEMENT_TYPE } from './records.ts';

const statementSchema = z.object({ about: z.array(z.string()) });
/** Resources asked for in one search. */
const KEYS_A_SEARCH = 500;

export interface Superseded {
  /** References of the resources that stay as they are. */
  readonly superseded: ReadonlySet<string>;
  /** That no newer message speaks of the others: it must still be so when they are written. */
  readonly assuming: readonly Assumption[];
}

/**
 * Of which resources another message has spoken that was received later than this one, whichever was processed first.
 *
 * @param isReplay then a message received at the same instant counts as newer too: it had its turn
 */
export async function findSuperseded({ store }: Services, message: SourceMessage, keys: readonly ResourceKey[], isReplay: boolean): Promise<Superseded> {
  const spokenOf = new Set<string>();
  for (const where of searchesFor(message, keys, isReplay)) {
    let after: string | undefined;
    do {
      const page = await store.search({ type: STATEMENT_TYPE, where, sort: [], limit: MAX_PAGE_SIZE, ...(after === undefined ? {} : { after }) });
      for (const { body } of page.items) for (const reference of statementSchema.parse(JSON.parse(body)).about) spokenOf.add(reference);
      after = page.next;
    } while (after !== undefined);
  }
  const { kept = [], free = [] } = Object.groupBy(keys, (key) => (spokenOf.has(referenceTo(key)) ? 'kept' : 'free'));
  const assuming = searchesFor(message, free, isReplay).map((where) => ({ type: STATEMENT_TYPE, where, ids: [] }));
  return { superseded: new Set(kept.map(referenceTo)), assuming };
}

/** Statements of other, newer messages about the resources. */
function searchesFor(message: SourceMessage, keys: readonly ResourceKey[], isReplay: boolean): Clause[][] {
  const received = Date.parse(message.receivedAt);
  return Array.from({ length: Math.ceil(keys.length / KEYS_A_SEARCH) }, (_, part): Clause[] => [
    { kind: 'reference', param: 'about', anyOf: keys.slice(part * KEYS_A_SEARCH, (part + 1) * KEYS_A_SEARCH) },
    { kind: 'date', param: 'received', anyOf: [{ prefix: isReplay ? 'ge' : 'gt', low: received, high: received }] },
    { kind: 'token', param: 'message', anyOf: [{ code: message.id }], negate: true },
  ]);
}
