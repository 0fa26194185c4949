import type { Services } from './services.ts';

/** Work that a gateway does by itself, again and again. */
export interface Repeating {
  /** Ends the intervals, after what is under way. */
  stop(): Promise<void>;
}

/** A pause of half to one and a half times its length, so that gateways which were started together drift apart. */
export function about(ms: number): () => number {
  return () => ms * (0.5 + Math.random());
}

/**
 * Does some work now and after each pause from its end on. A failure is logged under what failed, and tried again after the
 * next pause.
 *
 * @param pauseMs length of the next pause
 * @param work ends early when its signal is aborted
 */
export function atIntervals(services: Pick<Services, 'log'>, pauseMs: () => number, failed: string, work: (signal: AbortSignal) => Promise<unknown>): Repeating {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    await work(stopping.signal).catch((error: unknown) => services.log.error({ err: error }, failed));
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => { current = round(); }, pauseMs());
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
