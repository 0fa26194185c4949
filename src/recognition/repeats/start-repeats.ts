import { about, atIntervals, type Repeating } from '../../at-intervals.ts';
import { followFeed, leaveFeed } from '../../follow-feed.ts';
import type { Services } from '../../services.ts';
import { findingRepeats } from './find-repeats.ts';

const FOLLOW_MS = 10_000;
/** Nobody waits for a repeat to be counted. */
const SHARE = 0.1;

/** Looks for tests that were done again. */
export function startRepeats(services: Services): Repeating {
  const name = services.newId();
  const consumer = findingRepeats(services);
  const following = atIntervals(services, about(FOLLOW_MS), 'could not look for repeated tests', (signal) => followFeed(services, consumer, { name, signal, share: SHARE }));
  return {
    stop: async () => {
      await following.stop();
      await leaveFeed(services, consumer.name, name);
    },
  };
}
