import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Lets work go on at a rate that leaves room for others. What was late is not caught up with. */
export class Pace {
  readonly #everyMs: number;
  readonly #signal: AbortSignal;
  #next = 0;

  constructor(perSecond: number, signal: AbortSignal) {
    this.#everyMs = 1_000 / perSecond;
    this.#signal = signal;
  }

  /** Resolves when the next piece of work may begin, or at once when the signal says that none is to begin. */
  async wait(): Promise<void> {
    const now = performance.now();
    const waitMs = this.#next - now;
    this.#next = Math.max(this.#next, now) + this.#everyMs;
    if (waitMs < 1 || this.#signal.aborted) return;
    await pause(waitMs, undefined, { signal: this.#signal }).catch(() => undefined);
  }
}
