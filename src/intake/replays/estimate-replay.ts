import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import type { SearchQuery } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import { MESSAGE_TYPE, parseMessage } from '../records.ts';
import type { ReplayFilter } from './replay-filter.ts';
import { replayClauses } from './replay-filter.ts';

/** What a replay would mean, before anybody begins it. */
export interface ReplayEstimate {
  readonly messages: number;
  /** Of their bodies together: exact for few, else as many as those received last let expect. */
  readonly bytes: number;
  /** Instants at which the first and the last of them were received; absent when there is none. */
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
  readonly perSecond: number;
  /** How long it takes at least. */
  readonly seconds: number;
}

/** Messages by which the size of all is judged. */
const SAMPLE = 200;

/** @throws ServiceError 'forbidden' */
export async function estimateReplay(services: Services, caller: Caller, filter: ReplayFilter): Promise<ReplayEstimate> {
  await authorize(services, caller, { action: 'intake-replay' });
  const estimate = await estimateOf(services, filter, services.clock().toISOString());
  await recordTrace(services, caller, { action: 'search', interaction: 'intake-replay-estimate', outcome: 'success' });
  return estimate;
}

/** @param before instant, as in `replayClauses` */
export async function estimateOf({ store, config }: Services, filter: ReplayFilter, before: string): Promise<ReplayEstimate> {
  const query: SearchQuery = { type: MESSAGE_TYPE, where: replayClauses(filter, before), sort: [], limit: SAMPLE };
  const [messages, last, first] = await Promise.all([store.count(query), store.search(query), store.search({ ...query, sort: [{ param: 'received', of: 'date', descending: false }], limit: 1 })]);
  const sample = last.items.map((item) => parseMessage(item.body));
  const sampled = sample.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    messages,
    bytes: sample.length === 0 ? 0 : Math.round(sampled / sample.length * messages),
    oldest: first.items.map((item) => parseMessage(item.body).receivedAt)[0],
    newest: sample[0]?.receivedAt,
    perSecond: config.replay.perSecond,
    seconds: Math.ceil(messages / config.replay.perSecond),
  };
}
