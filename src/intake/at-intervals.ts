import type { Services } from '../services.ts';

/** Work that a gateway does by itself, again and again. */
export interface Repeating {
  /** Ends the intervals, after what is under way. */
  stop(): Promise<void>;
}

/**
 * Does some work now and at intervals from its end on. Gateways that were started together drift apart. A failure is
 * logged under what failed, and tried again at the next interval.
 *
 * @param work ends early when its signal is aborted
 */
export function atIntervals(services: Services, everyMs: number, failed: string, work: (signal: AbortSignal) => Promise<unknown>): Repeating {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    await work(stopping.signal).catch((error: unknown) => services.log.error({ err: error }, failed));
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => { current = round(); }, everyMs * (0.5 + Math.random()));
    timer.unref();
  };
  let current = round();
  return {
    stop: () => {
      stopping.abort();
      clearTimeout(timer);
      return current;
    },
  };
}
