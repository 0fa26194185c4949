import type { Services } from '../services.ts';
import type { Repeating } from './at-intervals.ts';
import { atIntervals } from './at-intervals.ts';
import { workOnReplays } from './replays/work-on-replays.ts';

const LOOK_FOR_REPLAYS_MS = 3_000;

/** Starts all that a gateway does for the intake without being asked. */
export function startHousekeeping(services: Services): Repeating {
  const name = services.newId();
  const parts = [
    atIntervals(services, LOOK_FOR_REPLAYS_MS, 'could not work on the replays', (signal) => workOnReplays(services, { name, signal })),
  ];
  return { stop: async () => { await Promise.all(parts.map((part) => part.stop())); } };
}
