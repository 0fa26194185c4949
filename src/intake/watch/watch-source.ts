import type { Config } from '../../config.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import { MESSAGE_TYPE, parseMessage } from '../records.ts';
import type { Source } from '../source.ts';
import type { HourCount } from './expected-rates.ts';
import type { Hour } from './hours.ts';
import { HOUR_MS, hourOf, HOURS_A_DAY, HOURS_A_WEEK, minutesOfOffset, placeInDay, startOf } from './hours.ts';
import type { Quietness } from './quiet.ts';
import { quietnessOf } from './quiet.ts';
import { countHour, DAYS_KEPT_IN_MIND } from './roll-up.ts';
import type { HourCounts } from './source-day.ts';
import { messagesOf, parseSourceDay, sourceDayKey, sumOf } from './source-day.ts';

/** `failing`: half of what came in this hour and the one before was refused. */
export type SourceState = 'never-connected' | 'active' | 'quiet' | 'failing';

/** How much of what a source sends may be refused, and how much of that is used up by the last seven days. */
export interface ErrorBudget {
  readonly allowedShare: number;
  readonly refusedShare: number;
  /** 1 when all of it is used up. */
  readonly consumed: number;
}

/** How the feed of a source does now. */
export interface SourceWatch {
  readonly state: SourceState;
  /** Instant at which its last message was received. */
  readonly lastMessageAt: string | undefined;
  /** Since the hour began, and in the last 24 and 168 whole hours besides. */
  readonly messages: { readonly thisHour: HourCounts; readonly day: HourCounts; readonly week: HourCounts };
  readonly errorBudget: ErrorBudget;
  readonly quiet: Quietness;
}

/** Refused messages that are let pass where the source's description says nothing. */
const ALLOWED_SHARE = 0.02;
const FAILING_SHARE = 0.5;
/** For so long an answer stands: whoever asks more often asks the store no more often. */
const STANDS_MS = 10_000;

interface Kept { readonly until: number; readonly watch: Promise<SourceWatch> }
const kept = new WeakMap<Config, Map<string, Kept>>();

/** How a source's feed does, as it was found some seconds ago at most. */
export function watchSource(services: Services, source: Source): Promise<SourceWatch> {
  const known = kept.get(services.config) ?? new Map<string, Kept>();
  kept.set(services.config, known);
  const now = services.clock().getTime();
  const last = known.get(source.id);
  if (last !== undefined && last.until > now && last.until <= now + STANDS_MS) return last.watch;
  const watch = lookAt(services, source, now);
  known.set(source.id, { until: now + STANDS_MS, watch });
  // What failed is asked again.
  watch.catch(() => known.delete(source.id));
  return watch;
}

async function lookAt(services: Services, source: Source, now: number): Promise<SourceWatch> {
  const last = await lastMessageOf(services, source);
  const hours = last === undefined ? new Map<Hour, HourCounts>() : await hoursOf(services, source, now);
  const thisHour = hours.get(hourOf(now)) ?? sumOf([]);
  const whole = (count: number): HourCounts[] => Array.from({ length: count }, (_, at) => hours.get(hourOf(now - (at + 1) * HOUR_MS)) ?? sumOf([]));
  const day = sumOf([thisHour, ...whole(HOURS_A_DAY)]);
  const week = sumOf([thisHour, ...whole(HOURS_A_WEEK)]);
  const quiet = quietnessOf({
    lastAt: last ?? now, now, offsetMinutes: minutesOfOffset(source.offset), expectations: source.watch?.expected, counts: countsBefore(hours, now),
  });
  return {
    state: stateOf(last, quiet, sumOf([thisHour, ...whole(1)])),
    lastMessageAt: last === undefined ? undefined : new Date(last).toISOString(),
    messages: { thisHour, day, week },
    errorBudget: budgetOf(week, source.watch?.errorShare ?? ALLOWED_SHARE),
    quiet: last === undefined ? { ...quiet, alarm: false, silentMinutes: 0 } : quiet,
  };
}

async function lastMessageOf({ store }: Services, source: Source): Promise<number | undefined> {
  const where: Clause[] = [{ kind: 'token', param: 'source', anyOf: [{ code: source.id }] }];
  const [last] = (await store.search({ type: MESSAGE_TYPE, where, sort: [], limit: 1 })).items;
  return last === undefined ? undefined : Date.parse(parseMessage(last.body).receivedAt);
}

/** Every hour since counting began, as far as it is kept in mind: those that were counted once, and the last ones counted now. */
async function hoursOf(services: Services, source: Source, now: number): Promise<ReadonlyMap<Hour, HourCounts>> {
  const days = Array.from({ length: DAYS_KEPT_IN_MIND }, (_, at) => placeInDay(hourOf(now - at * HOURS_A_DAY * HOUR_MS)).day).reverse();
  const stored = (await services.store.readMany(days.map((day) => sourceDayKey(source.id, day)))).map((item) => parseSourceDay(item.body));
  const hours = new Map<Hour, HourCounts>();
  for (const { day, hours: counted } of stored.sort((a, b) => (a.day < b.day ? -1 : 1))) {
    for (const [place, counts] of counted.entries()) hours.set(`${day}T${String(place).padStart(2, '0')}`, counts);
  }
  const lastCounted = [...hours.keys()].at(-1);
  // Nobody may have counted for long: of more than a day the rest is left to those who count.
  const from = Math.max(lastCounted === undefined ? 0 : startOf(lastCounted) + HOUR_MS, startOf(hourOf(now)) - HOURS_A_DAY * HOUR_MS);
  for (let start = from; start <= now; start += HOUR_MS) hours.set(hourOf(start), await countHour(services, source.id, hourOf(start)));
  return hours;
}

/** The whole hours of the weeks before, without the day that is judged by them. */
function countsBefore(hours: ReadonlyMap<Hour, HourCounts>, now: number): HourCount[] {
  return [...hours].map(([hour, counts]) => ({ start: startOf(hour), messages: messagesOf(counts) })).filter(({ start }) => start < now - HOURS_A_DAY * HOUR_MS);
}

function stateOf(last: number | undefined, quiet: Quietness, recent: HourCounts): SourceState {
  if (last === undefined) return 'never-connected';
  if (quiet.alarm) return 'quiet';
  return recent.refused > 0 && recent.refused >= FAILING_SHARE * messagesOf(recent) ? 'failing' : 'active';
}

function budgetOf(week: HourCounts, allowedShare: number): ErrorBudget {
  const messages = messagesOf(week);
  const refusedShare = messages === 0 ? 0 : week.refused / messages;
  return { allowedShare, refusedShare: rounded(refusedShare), consumed: refusedShare === 0 ? 0 : rounded(refusedShare / Math.max(allowedShare, 1e-6)) };
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
