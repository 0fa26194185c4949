import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { about, atIntervals, type Repeating } from './at-intervals.ts';
import { commitOnce } from './commit-once.ts';
import { isOvertaken } from './errors.ts';
import { derivedId } from './fhir/derived-id.ts';
import type { Resource } from './fhir/resource.ts';
import type { Services } from './services.ts';
import type { Stored } from './store/store.ts';

/** Internal type of the record that says which gateway works on a consumer of the feed. */
export const FEED_LEASE_TYPE = 'FeedLease';

/** Somebody who must see every change of some types, in the order in which they were committed. */
export interface FeedConsumer {
  /** Under this name its position is kept, whatever gateway works on it. */
  readonly name: string;
  readonly types: readonly string[];
  /** Types of which only what came after their first version matters. */
  readonly changed?: readonly string[];
  /**
   * Handles one page. It may get the same page again, after a failure or from another gateway, and what it did already must then
   * change nothing. What it throws leaves the position where it was: the page comes again.
   */
  readonly handle: (items: readonly Stored[], signal: AbortSignal) => Promise<void>;
}

/** `name` is unique among the processes alive; aborted, it ends after the page under way. */
export interface FeedWorker {
  readonly name: string;
  readonly signal: AbortSignal;
  /** Share of the time that it may work, so that what is behind does not slow down requests; 1: all of it. Where the process is busy it is a tenth of that. */
  readonly share?: number;
}

const PAGE = 200;
/** A gateway that was not heard of for this long leaves its consumers to others. */
const LEASE_MS = 30_000;
const LONGEST_PAUSE_MS = 2_000;
/** Of the pause between two pages: a process that was at work for longer has requests to answer. */
const MOST_BUSY = 0.5;
const WHEN_BUSY = 0.1;

/**
 * Hands everything that was committed since the saved position to a consumer, until it is at the end. Of several gateways one
 * works on a consumer; that keeps them out of each other's way, and nothing rests on it, since a page may come twice.
 *
 * @returns how many changes were handled
 * @throws whatever the consumer throws; ServiceError 'unavailable'
 */
export async function followFeed(services: Services, consumer: FeedConsumer, { name, signal, share = 0.5 }: FeedWorker): Promise<number> {
  const { store } = services;
  let lease: Lease | undefined;
  let after = await store.feedPosition(consumer.name);
  for (let handled = 0, isBusy = false; ;) {
    const started = performance.now();
    const { items, position } = await store.feed({ limit: PAGE, types: consumer.types, ...(consumer.changed === undefined ? {} : { changed: consumer.changed }), ...(after === undefined ? {} : { after }) });
    if (items.length > 0) {
      const isHeld = lease !== undefined;
      lease = await hold(services, consumer.name, name, lease);
      if (lease === undefined) return handled;
      // Another gateway may have gone on until the lease was ours.
      if (!isHeld && await store.feedPosition(consumer.name) !== after) {
        after = await store.feedPosition(consumer.name);
        continue;
      }
      await consumer.handle(items, signal);
      if (signal.aborted) return handled;
      handled += items.length;
    }
    // What was looked at and is of no concern need not be looked at again.
    if (position !== after) await store.saveFeedPosition(consumer.name, position);
    after = position;
    if (items.length < PAGE || signal.aborted) return handled;
    const rest = (performance.now() - started) * (1 / (isBusy ? share * WHEN_BUSY : share) - 1);
    if (rest < 1) continue;
    const before = performance.eventLoopUtilization();
    await pause(Math.min(LONGEST_PAUSE_MS, rest));
    isBusy = performance.eventLoopUtilization(before).utilization > MOST_BUSY;
  }
}

interface Lease { readonly version: number; readonly untilMs: number }

/** Takes or keeps the lease. @returns undefined while another gateway has it */
async function hold({ store, clock }: Services, consumer: string, worker: string, held: Lease | undefined): Promise<Lease | undefined> {
  const now = clock().getTime();
  if (held !== undefined && held.untilMs - now > LEASE_MS / 2) return held;
  const id = derivedId(FEED_LEASE_TYPE, consumer);
  const stored = await store.read({ type: FEED_LEASE_TYPE, id });
  const current = stored === undefined ? undefined : readLease(stored.body);
  const isFree = current === undefined || current.worker === worker || current.untilMs <= now;
  if (!isFree) return undefined;
  // One's own lease from the round before is still good.
  if (stored !== undefined && current?.worker === worker && current.untilMs - now > LEASE_MS / 2) return { version: stored.version, untilMs: current.untilMs };
  const untilMs = now + LEASE_MS;
  const resource: Resource & { readonly id: string } = { resourceType: FEED_LEASE_TYPE, id, consumer, worker, until: new Date(untilMs).toISOString() };
  try {
    const [put] = await store.commit([{ kind: 'put', resource, expectedVersion: stored?.version ?? 0 }]);
    return { version: put?.version ?? 1, untilMs };
  } catch (error) {
    if (isOvertaken(error)) return undefined;
    throw error;
  }
}

/** Follows the feed for a consumer at intervals. A failure is logged and tried again at the next. */
export function startFollowing(services: Services, consumer: FeedConsumer, { intervalMs, failure, share }: { readonly intervalMs: number; readonly failure: string; readonly share?: number }): Repeating {
  const name = services.newId();
  const following = atIntervals(services, about(intervalMs), failure, (signal) => followFeed(services, consumer, { name, signal, ...(share === undefined ? {} : { share }) }));
  return {
    stop: async () => {
      await following.stop();
      await leaveFeed(services, consumer.name, name);
    },
  };
}

/** Leaves a consumer to other gateways at once, as one that stops does. */
export async function leaveFeed({ store, clock }: Services, consumer: string, worker: string): Promise<void> {
  const id = derivedId(FEED_LEASE_TYPE, consumer);
  const stored = await store.read({ type: FEED_LEASE_TYPE, id });
  const current = stored === undefined ? undefined : readLease(stored.body);
  const now = clock();
  if (stored === undefined || current?.worker !== worker || current.untilMs <= now.getTime()) return;
  await commitOnce({ store }, [{ kind: 'put', resource: { resourceType: FEED_LEASE_TYPE, id, consumer, worker, until: now.toISOString() }, expectedVersion: stored.version }]);
}

function readLease(body: string): { readonly worker: string; readonly untilMs: number } | undefined {
  const lease: unknown = JSON.parse(body);
  if (typeof lease !== 'object' || lease === null || !('worker' in lease) || !('until' in lease)) return undefined;
  const { worker, until } = lease;
  return typeof worker === 'string' && typeof until === 'string' ? { worker, untilMs: Date.parse(until) } : undefined;
}
