import { z } from 'zod';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import type { Assumption } from '../store/store.ts';
import type { SourceMessage } from './records.ts';
import { STATEMENT_TYPE } from './records.ts';

const statementSchema = z.object({ id: z.string(), message: z.string(), about: z.array(z.string()) });
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
 * @param isReplay then a message received at the same instant counts as newer too: this one had its turn
 */
export async function findSuperseded({ store }: Pick<Services, 'store'>, message: SourceMessage, keys: readonly ResourceKey[], isReplay: boolean): Promise<Superseded> {
  const spokenOf = new Set<string>();
  const ownStatements = new Map<string, ReadonlySet<string>>();
  for (const part of partsOf(keys)) {
    const where = searchFor(message, part, isReplay);
    let after: string | undefined;
    do {
      const page = await store.search({ type: STATEMENT_TYPE, where, sort: [], limit: MAX_PAGE_SIZE, ...(after === undefined ? {} : { after }) });
      for (const { id, message: by, about } of page.items.map(({ body }) => statementSchema.parse(JSON.parse(body)))) {
        if (by === message.id) ownStatements.set(id, new Set(about));
        else for (const reference of about) spokenOf.add(reference);
      }
      after = page.next;
    } while (after !== undefined);
  }
  const { kept = [], free = [] } = Object.groupBy(keys, (key) => (spokenOf.has(referenceTo(key)) ? 'kept' : 'free'));
  const assuming = partsOf(free).map((part) => {
    const ids = [...ownStatements].filter(([, about]) => part.some((key) => about.has(referenceTo(key)))).map(([id]) => id);
    return { type: STATEMENT_TYPE, where: searchFor(message, part, isReplay), ids };
  });
  return { superseded: new Set(kept.map(referenceTo)), assuming };
}

function partsOf(keys: readonly ResourceKey[]): (readonly ResourceKey[])[] {
  return Array.from({ length: Math.ceil(keys.length / KEYS_A_SEARCH) }, (_, part) => keys.slice(part * KEYS_A_SEARCH, (part + 1) * KEYS_A_SEARCH));
}

/** Statements about the resources that are not older than the message; a replay finds its own among them. */
function searchFor({ receivedAt }: SourceMessage, keys: readonly ResourceKey[], isReplay: boolean): Clause[] {
  const received = Date.parse(receivedAt);
  return [
    { kind: 'reference', param: 'about', anyOf: keys },
    { kind: 'date', param: 'received', anyOf: [{ prefix: isReplay ? 'ge' : 'gt', low: received, high: received }] },
  ];
}
