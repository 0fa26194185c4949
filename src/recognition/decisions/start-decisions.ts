import { about, atIntervals, type Repeating } from '../../at-intervals.ts';
import { followFeed, leaveFeed } from '../../follow-feed.ts';
import type { Services } from '../../services.ts';
import { expireDecisions } from './expire-decisions.ts';
import { reopening } from './reopen-decisions.ts';

const EXPIRE_MS = 60_000;
const FOLLOW_MS = 2_000;

/** Lets unanswered decisions expire, and re-opens those whose basis has changed. */
export function startDecisions(services: Services): Repeating {
  const name = services.newId();
  const consumer = reopening(services);
  const parts = [
    atIntervals(services, about(EXPIRE_MS), 'could not look for decisions that nobody answered', (signal) => expireDecisions(services, signal)),
    atIntervals(services, about(FOLLOW_MS), 'could not look for decisions whose basis has changed', (signal) => followFeed(services, consumer, { name, signal })),
  ];
  return {
    stop: async () => {
      await Promise.all(parts.map((part) => part.stop()));
      await leaveFeed(services, consumer.name, name);
    },
  };
}
