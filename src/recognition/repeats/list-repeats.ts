import type { Caller } from '../../access/index.ts';
import { authorize } from '../../access/index.ts';
import { recordTrace } from '../../audit/index.ts';
import { ServiceError } from '../../errors.ts';
import { clausesOf } from '../../record-terms.ts';
import type { Services } from '../../services.ts';
import { parseRepeat, REPEAT_TYPE } from './repeat.ts';
import { pagesOf } from '../../store/search-all.ts';

export interface RepeatFilter { readonly month: string; readonly organization?: string | undefined; readonly item?: string | undefined }
/** How often an institution, a doctor and an item have repeats; `afterAcceptance` of them although the prior result was recognised. */
export interface RepeatCount { readonly organization: string; readonly doctor: string | undefined; readonly item: string; readonly count: number; readonly own: number; readonly afterAcceptance: number }

/**
 * The repeats of a month by institution, doctor and item: of one's own institution, to operators of all. Others see their number
 * among the figures.
 *
 * @throws ServiceError 'forbidden'
 */
export async function listRepeats(services: Services, caller: Caller, filter: RepeatFilter): Promise<readonly RepeatCount[]> {
  const query = Object.entries(filter).flatMap(([name, value]) => (typeof value === 'string' ? [`${name}=${encodeURIComponent(value)}`] : [])).join('&');
  await authorize(services, caller, { action: 'figures-read', query });
  const isEverything = caller.role === 'operator' || caller.role === 'system';
  if (!isEverything && (caller.facility === undefined || (filter.organization ?? caller.facility) !== caller.facility)) {
    const reason = 'Repeats are shown by doctor to their own institution only; their number is among the figures';
    await recordTrace(services, caller, { action: 'search', interaction: 'figures-read', outcome: 'refused', reason, query });
    throw new ServiceError('forbidden', reason);
  }
  const counts = await countRepeats(services, isEverything ? filter : { ...filter, organization: caller.facility });
  await recordTrace(services, caller, { action: 'search', interaction: 'figures-read', outcome: 'success', query: `repeats ${query}` });
  return counts;
}

async function countRepeats({ store }: Services, filter: RepeatFilter): Promise<readonly RepeatCount[]> {
  const where = clausesOf({ ...filter });
  const counts = new Map<string, RepeatCount>();
  for await (const items of pagesOf(store, { type: REPEAT_TYPE, where })) {
    for (const { organization, doctor, item, isOwn, isAfterAcceptance } of items.map(({ body }) => parseRepeat(body))) {
      const key = JSON.stringify([organization, item, doctor ?? '']);
      const known = counts.get(key) ?? { organization, doctor, item, count: 0, own: 0, afterAcceptance: 0 };
      counts.set(key, { ...known, count: known.count + 1, own: known.own + Number(isOwn), afterAcceptance: known.afterAcceptance + Number(isAfterAcceptance) });
    }
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}
