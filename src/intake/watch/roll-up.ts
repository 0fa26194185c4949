import { commitOnce } from '../../commit-once.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import { MESSAGE_TYPE, parseMessage } from '../records.ts';
import type { Hour } from './hours.ts';
import { HOUR_MS, hourName, hourOf, HOURS_A_DAY, placeInDay, startOf } from './hours.ts';
import { REPEAT_TYPE } from './repeat.ts';
import type { HourCounts, SourceDay } from './source-day.ts';
import { NO_MESSAGES, parseSourceDay, SOURCE_DAY_TYPE, sourceDayKey, sourceDayResource } from './source-day.ts';

/** So long after an hour its messages have mostly been processed. */
const SETTLED_AFTER_MS = 5 * 60_000;
/** What is older teaches nothing about the weeks to come. */
export const DAYS_KEPT_IN_MIND = 36;

/**
 * Counts what each source sent in the hours that are over, each hour once: afterwards nobody need count it again. What is
 * counted follows from what is stored, so that a crash loses nothing and gateways that do it at one moment agree.
 *
 * @returns how many hours were counted
 */
export async function rollUp(services: Services, signal?: AbortSignal): Promise<number> {
  const end = hourOf(services.clock().getTime() - SETTLED_AFTER_MS);
  let counted = 0;
  for (const source of services.sources.keys()) {
    for (let day = await dayToCount(services, source); day !== undefined && signal?.aborted !== true;) {
      const hours = await countRest(services, day, end);
      if (hours.length === day.hours.length) break;
      counted += hours.length - day.hours.length;
      const isWritten = await write(services, { ...day, hours });
      day = !isWritten ? await dayToCount(services, source) : hours.length < HOURS_A_DAY ? undefined : { source, day: dayAfter(day.day), hours: [] };
    }
  }
  return counted;
}

/** The day at which counting goes on; undefined for a source that never sent anything. */
async function dayToCount({ store, clock }: Services, source: string): Promise<SourceDay | undefined> {
  const where: Clause[] = [{ kind: 'token', param: 'source', anyOf: [{ code: source }] }];
  const [last] = (await store.search({ type: SOURCE_DAY_TYPE, where, sort: [], limit: 1 })).items;
  const earliest = hourOf(clock().getTime() - DAYS_KEPT_IN_MIND * HOURS_A_DAY * HOUR_MS).slice(0, 10);
  if (last !== undefined) {
    const known = parseSourceDay(last.body);
    if (known.hours.length < HOURS_A_DAY && known.day >= earliest) return known;
    const next = dayAfter(known.day);
    return { source, day: next < earliest ? earliest : next, hours: [] };
  }
  const [first] = (await store.search({ type: MESSAGE_TYPE, where, sort: [{ param: 'received', of: 'date', descending: false }], limit: 1 })).items;
  if (first === undefined) return undefined;
  const { day } = placeInDay(hourOf(Date.parse(parseMessage(first.body).receivedAt)));
  return { source, day: day < earliest ? earliest : day, hours: [] };
}

async function countRest(services: Services, { source, day, hours }: SourceDay, end: Hour): Promise<HourCounts[]> {
  const counted = [...hours];
  while (counted.length < HOURS_A_DAY) {
    const hour = `${day}T${String(counted.length).padStart(2, '0')}`;
    if (hour >= end) break;
    counted.push(await countHour(services, source, hour));
  }
  return counted;
}

/** What a source sent in an hour, as it stands now. */
export async function countHour({ store }: Services, source: string, hour: Hour): Promise<HourCounts> {
  const within: Clause = { kind: 'uri', param: 'hour', match: 'exact', anyOf: [hourName(source, hour)] };
  const count = (type: string, status?: string): Promise<number> => store.count({ type, where: status === undefined ? [within] : [within, { kind: 'token', param: 'status', anyOf: [{ code: status }] }] });
  const [messages, repeats] = await Promise.all([count(MESSAGE_TYPE), count(REPEAT_TYPE)]);
  if (messages === 0) return { ...NO_MESSAGES, repeats };
  const [partial, refused, unfinished] = await Promise.all(['partial', 'refused', 'received'].map((status) => count(MESSAGE_TYPE, status)));
  const rest = { partial: partial ?? 0, refused: refused ?? 0, unfinished: unfinished ?? 0 };
  return { ...rest, processed: Math.max(0, messages - rest.partial - rest.refused - rest.unfinished), repeats };
}

/** False when another gateway was faster. */
async function write({ store }: Services, day: SourceDay): Promise<boolean> {
  const known = await store.read(sourceDayKey(day.source, day.day));
  if (known !== undefined && parseSourceDay(known.body).hours.length >= day.hours.length) return false;
  return commitOnce({ store }, [{ kind: 'put', resource: sourceDayResource(day), expectedVersion: known?.version ?? 0 }]);
}

function dayAfter(day: string): string {
  return hourOf(startOf(`${day}T00`) + HOURS_A_DAY * HOUR_MS).slice(0, 10);
}
