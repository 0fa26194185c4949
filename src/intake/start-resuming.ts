import type { Services } from '../services.ts';
import { resumeIntake } from './resume-intake.ts';

/** The resuming of unfinished messages at intervals. */
export interface Resuming {
  /** Ends the intervals, after the message under way. */
  stop(): Promise<void>;
}

/**
 * Finishes what earlier processes left in the inbox, now; and from then on what has waited longer than a request may take,
 * because its gateway is gone, the store was, or too many others wrote the same records. Gateways that were started
 * together drift apart. A failure is logged and tried again at the next interval.
 */
export function startResuming(services: Services): Resuming {
  const { requestMs } = services.config.limits;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const round = async (minAgeMs: number): Promise<void> => {
    await resumeIntake(services, { minAgeMs, signal: stopping.signal }).catch((error: unknown) => services.log.error({ err: error }, 'could not resume the inbox'));
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => { work = round(requestMs); }, requestMs * (1 + Math.random()));
    timer.unref();
  };
  let work = round(0);
  return {
    stop: () => {
      stopping.abort();
      clearTimeout(timer);
      return work;
    },
  };
}
