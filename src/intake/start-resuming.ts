import { atIntervals, type Repeating } from '../at-intervals.ts';
import type { Services } from '../services.ts';
import { resumeIntake } from './resume-intake.ts';

/**
 * Finishes what earlier processes left in the inbox, now; and from then on what has waited longer than a request may take,
 * because its gateway is gone, the store was, or too many others wrote the same records. Gateways that were started
 * together drift apart. A failure is logged and tried again at the next interval.
 */
export function startResuming(services: Services): Repeating {
  const { requestMs } = services.config.limits;
  let minAgeMs = 0;
  return atIntervals(services, () => requestMs * (1 + Math.random()), 'could not resume the inbox', (signal) => {
    const round = resumeIntake(services, { minAgeMs, signal });
    minAgeMs = requestMs;
    return round;
  });
}
