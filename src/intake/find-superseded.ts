import type { Clause } from '../fhir/search/query.ts';
import type { ResourceKey } from '../fhir/resource.ts';
import { referenceTo } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import { pagesOf } from '../store/search-all.ts';
import type { Assumption } from '../store/store.ts';
import type { MessageOrder } from './message-order.ts';
import { STATEMENT_TYPE } from './records.ts';
import type { Statement } from './statement.ts';
import { parseStatement } from './statement.ts';

/** Resources asked for in one search. */
const KEYS_A_SEARCH = 500;

export interface Superseded {
  /** References of the resources that stay as they are. */
  readonly superseded: ReadonlySet<string>;
  /** That no newer message speaks of the others: it must still be so when they are written. */
  readonly assuming: readonly Assumption[];
}

/** The message whose writes are planned, and where it stands among others. */
export interface Speaker extends MessageOrder {
  readonly id: string;
  /** Then a message of the same instant counts as newer too: this one had its turn. */
  readonly isReplay: boolean;
}

/** Of which resources another message has spoken that stands after this one, whichever was processed first. */
export async function findSuperseded({ store }: Pick<Services, 'store'>, speaker: Speaker, keys: readonly ResourceKey[]): Promise<Superseded> {
  const spokenOf = new Set<string>();
  const harmless = new Map<string, ReadonlySet<string>>();
  for (const part of partsOf(keys)) {
    const where = searchFor(speaker, part);
    for await (const items of pagesOf(store, { type: STATEMENT_TYPE, where })) {
      for (const statement of items.map(({ body }) => parseStatement(body))) {
        if (isNewer(statement, speaker)) for (const reference of statement.about) spokenOf.add(reference);
        else harmless.set(statement.id, new Set(statement.about));
      }
    }
  }
  const { kept = [], free = [] } = Object.groupBy(keys, (key) => (spokenOf.has(referenceTo(key)) ? 'kept' : 'free'));
  const assuming = partsOf(free).map((part) => {
    const ids = [...harmless].filter(([, about]) => part.some((key) => about.has(referenceTo(key)))).map(([id]) => id);
    return { type: STATEMENT_TYPE, where: searchFor(speaker, part), ids };
  });
  return { superseded: new Set(kept.map(referenceTo)), assuming };
}

function isNewer({ message, received, tie }: Statement, speaker: Speaker): boolean {
  if (message === speaker.id) return false;
  return Date.parse(received) > speaker.at || tie > speaker.tie || (tie === speaker.tie && speaker.isReplay);
}

function partsOf(keys: readonly ResourceKey[]): (readonly ResourceKey[])[] {
  return Array.from({ length: Math.ceil(keys.length / KEYS_A_SEARCH) }, (_, part) => keys.slice(part * KEYS_A_SEARCH, (part + 1) * KEYS_A_SEARCH));
}

/** Statements about the resources that are not older than the message; where ties or a replay count, its own and those of its instant are among them. */
function searchFor({ at, tie, isReplay }: Speaker, keys: readonly ResourceKey[]): Clause[] {
  return [
    { kind: 'reference', param: 'about', anyOf: keys },
    { kind: 'date', param: 'received', anyOf: [{ prefix: isReplay || tie !== '' ? 'ge' : 'gt', low: at, high: at }] },
  ];
}
