import type { Services } from '../services.ts';
import { about, atIntervals, type Repeating } from '../at-intervals.ts';
import { dropPayloads } from './retention/drop-payloads.ts';
import { retryWaiting } from './retries/retry-waiting.ts';
import { workOnReplays } from './replays/work-on-replays.ts';
import { rollUp } from './watch/roll-up.ts';
import { tellQuietFeeds } from './watch/tell-quiet.ts';

const LOOK_FOR_REPLAYS_MS = 3_000;
const RETRY_MS = 10_000;
const COUNT_MS = 5 * 60_000;
const LISTEN_MS = 60_000;
const DROP_MS = 60 * 60_000;

/** Starts all that a gateway does for the intake without being asked. What its users wait for is looked for at least as often as a request may take. */
export function startHousekeeping(services: Services): Repeating {
  const name = services.newId();
  const { requestMs } = services.config.limits;
  let quiet: ReadonlySet<string> = new Set();
  const parts = [
    atIntervals(services, about(Math.min(RETRY_MS, requestMs)), 'could not try the waiting messages again', (signal) => retryWaiting(services, signal)),
    atIntervals(services, about(COUNT_MS), 'could not count what the sources sent', (signal) => rollUp(services, signal)),
    atIntervals(services, about(LISTEN_MS), 'could not look for silent feeds', async () => { quiet = await tellQuietFeeds(services, quiet); }),
    atIntervals(services, about(DROP_MS), 'could not delete the bodies of old messages', (signal) => dropPayloads(services, signal)),
    atIntervals(services, about(Math.min(LOOK_FOR_REPLAYS_MS, requestMs)), 'could not work on the replays', (signal) => workOnReplays(services, { name, signal })),
  ];
  return { stop: async () => { await Promise.all(parts.map((part) => part.stop())); } };
}
