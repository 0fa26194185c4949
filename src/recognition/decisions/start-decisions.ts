import { about, atIntervals, type Repeating } from '../../at-intervals.ts';
import { startFollowing } from '../../follow-feed.ts';
import type { Services } from '../../services.ts';
import { expireDecisions } from './expire-decisions.ts';
import { reopening } from './reopen-decisions.ts';

const EXPIRE_MS = 60_000;
const FOLLOW_MS = 2_000;

/** Lets unanswered decisions expire, and re-opens those whose basis has changed. */
export function startDecisions(services: Services): Repeating {
  const parts = [
    atIntervals(services, about(EXPIRE_MS), 'could not look for decisions that nobody answered', (signal) => expireDecisions(services, signal)),
    startFollowing(services, reopening(services), { intervalMs: FOLLOW_MS, failure: 'could not look for decisions whose basis has changed' }),
  ];
  return {
    stop: async () => {
      await Promise.all(parts.map((part) => part.stop()));
    },
  };
}
