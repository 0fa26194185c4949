import type { Caller } from '../access/index.ts';
import { authorize } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Clause } from '../fhir/search/query.ts';
import type { Services } from '../services.ts';
import type { UnmappedTerm } from '../terminology/index.ts';
import { parseUnmappedTerm, UNMAPPED_TYPE, unmappedCode } from '../terminology/index.ts';
import { MESSAGE_TYPE, parseMessage } from './records.ts';

/** A code or unit without mapping, and how often it came. */
export interface UnmappedEntry {
  readonly source: string;
  readonly kind: UnmappedTerm['kind'];
  readonly system: string;
  readonly code: string;
  readonly display: string;
  /** Messages whose last processing met it. */
  readonly count: number;
  /** Instants at which a message with it was processed. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** For `GET /intake/messages?unmapped=`. */
  readonly filter: string;
}

export interface UnmappedPage { readonly entries: readonly UnmappedEntry[]; readonly next: string | undefined }

/**
 * Codes and units that the tables do not map, the last met for the first time first. One that was mapped, and whose messages were
 * replayed, is no longer listed.
 *
 * @throws ServiceError 'forbidden'
 */
export async function listUnmapped(services: Services, caller: Caller, filter: { readonly source?: string | undefined }, page: { readonly count: number; readonly after: string | undefined }): Promise<UnmappedPage> {
  const source = filter.source ?? caller.source;
  await authorize(services, caller, { action: 'intake-list', ...(source === undefined ? {} : { source }) });
  const where: Clause[] = source === undefined ? [] : [{ kind: 'token', param: 'source', anyOf: [{ code: source }] }];
  const { items, next } = await services.store.search({ type: UNMAPPED_TYPE, where, sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const entries = await Promise.all(items.map((item) => counted(services, parseUnmappedTerm(item.body))));
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: `unmapped${source === undefined ? '' : `?source=${source}`}` });
  return { entries: entries.filter((entry) => entry !== undefined), next };
}

async function counted({ store }: Services, term: UnmappedTerm): Promise<UnmappedEntry | undefined> {
  const { source, kind, system, code, display, firstSeen } = term;
  const filter = unmappedCode(term);
  const where: Clause[] = [
    { kind: 'token', param: 'unmapped', anyOf: [{ system: kind, code: filter }] },
    { kind: 'token', param: 'source', anyOf: [{ code: source }] },
  ];
  const [count, latest] = await Promise.all([store.count({ type: MESSAGE_TYPE, where }), store.search({ type: MESSAGE_TYPE, where, sort: [], limit: 1 })]);
  const last = latest.items[0];
  if (last === undefined) return undefined;
  // Not when it was received: `firstSeen` is when a message was processed, which is later.
  const lastSeen = parseMessage(last.body).finishedAt ?? firstSeen;
  return { source, kind, system, code, display, count, firstSeen, lastSeen, filter };
}
