import type { Repeating } from '../../at-intervals.ts';
import { startFollowing } from '../../follow-feed.ts';
import type { Services } from '../../services.ts';
import { findingRepeats } from './find-repeats.ts';

const FOLLOW_MS = 10_000;
/** Nobody waits for a repeat to be counted. */
const SHARE = 0.2;

/** Looks for tests that were done again. */
export function startRepeats(services: Services): Repeating {
  return startFollowing(services, findingRepeats(services), { intervalMs: FOLLOW_MS, share: SHARE, failure: 'could not look for repeated tests' });
}
