import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import type { Stored } from '../../store/store.ts';
import { MESSAGE_TYPE, parseMessage } from '../records.ts';
import { DEAD_LETTER_TYPE, parseDeadLetter } from './dead-letter.ts';
import type { Reason } from './reason.ts';
import { reasonKey } from './reason.ts';

/** Messages of one source that were refused, wholly or in part, for one reason. */
export interface DeadLetterGroup extends Reason {
  readonly source: string;
  /** For the filter of a replay, beside the source. */
  readonly reason: string;
  /** Messages that are refused for it now. */
  readonly count: number;
  /** Instants at which a message was refused for it. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Ids in the inbox of those received last. */
  readonly examples: readonly string[];
}

export interface DeadLetterPage { readonly groups: readonly DeadLetterGroup[]; readonly next: string | undefined }

const EXAMPLES = 3;

/**
 * What is refused and why, the reason met last for the first time first. One whose messages were all replayed with success
 * is no longer listed.
 *
 * @throws ServiceError 'forbidden'
 */
export async function listDeadLetters(services: Services, caller: Caller, filter: { readonly source?: string | undefined }, page: { readonly count: number; readonly after: string | undefined }): Promise<DeadLetterPage> {
  const source = filter.source ?? caller.source;
  await authorize(services, caller, { action: 'intake-list', ...(source === undefined ? {} : { source }) });
  const where: Clause[] = source === undefined ? [] : [{ kind: 'token', param: 'source', anyOf: [{ code: source }] }];
  const { items, next } = await services.store.search({ type: DEAD_LETTER_TYPE, where, sort: [], limit: page.count, ...(page.after === undefined ? {} : { after: page.after }) });
  const groups = await Promise.all(items.map((item) => counted(services, item)));
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-list', outcome: 'success', query: `dead-letters${source === undefined ? '' : `?source=${source}`}` });
  return { groups: groups.filter((group) => group !== undefined), next };
}

async function counted({ store }: Services, { body, lastUpdated: firstSeen }: Stored): Promise<DeadLetterGroup | undefined> {
  const { source, reason } = parseDeadLetter(body);
  const key = reasonKey(reason);
  const where: Clause[] = [{ kind: 'token', param: 'reason', anyOf: [{ system: source, code: key }] }];
  const [count, latest] = await Promise.all([store.count({ type: MESSAGE_TYPE, where }), store.search({ type: MESSAGE_TYPE, where, sort: [], limit: EXAMPLES })]);
  const messages = latest.items.map((item) => parseMessage(item.body));
  const [last] = messages;
  if (last === undefined) return undefined;
  const lastSeen = last.finishedAt ?? firstSeen;
  return { source, ...reason, reason: key, count, firstSeen, lastSeen: lastSeen > firstSeen ? lastSeen : firstSeen, examples: messages.map(({ id }) => id) };
}
