import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import type { Services } from './services.ts';

interface Waiter { readonly bytes: number; readonly admit: () => void }

/** How long a request waits for memory before it is told to come again. */
const MAX_WAIT_MS = 5_000;

/** By the configuration, which all parts of a process share. */
const budgets = new WeakMap<Config, BodyBudget>();

/** The memory for what comes in, shared by all routes and channels of one process. */
export function bodyBudgetOf({ config }: Pick<Services, 'config'>): BodyBudget {
  const known = budgets.get(config) ?? new BodyBudget(config.limits.bodyBytesInFlight);
  budgets.set(config, known);
  return known;
}

/**
 * The memory that request bodies may take up together. Requests beyond it wait in line, and are refused when the line
 * does not move: a burst of large bundles slows the senders down instead of ending the process.
 */
export class BodyBudget {
  readonly #total: number;
  readonly #maxWaitMs: number;
  #free: number;
  readonly #line: Waiter[] = [];

  constructor(totalBytes: number, maxWaitMs = MAX_WAIT_MS) {
    this.#total = totalBytes;
    this.#free = totalBytes;
    this.#maxWaitMs = maxWaitMs;
  }

  get total(): number {
    return this.#total;
  }

  /** Bytes held now, for the metrics. */
  get held(): number {
    return this.#total - this.#free;
  }

  /**
   * Reserves memory; a body larger than the whole budget takes all of it. The caller gives back what this returns.
   * @throws ServiceError 'unavailable' after the longest wait
   */
  async take(bytes: number): Promise<number> {
    const share = Math.min(bytes, this.#total);
    if (this.#line.length === 0 && share <= this.#free) {
      this.#free -= share;
      return share;
    }
    await this.#wait(share);
    return share;
  }

  give(bytes: number): void {
    this.#free += bytes;
    for (let first = this.#line[0]; first !== undefined && first.bytes <= this.#free; first = this.#line[0]) {
      this.#line.shift();
      this.#free -= first.bytes;
      first.admit();
    }
  }

  #wait(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { bytes, admit: () => { clearTimeout(timer); resolve(); } };
      const timer = setTimeout(() => {
        this.#line.splice(this.#line.indexOf(waiter), 1);
        this.give(0);
        reject(new ServiceError('unavailable', 'The server is reading as many large requests as it can hold; send this one again later'));
      }, this.#maxWaitMs);
      this.#line.push(waiter);
    });
  }
}

/**
 * The part of the budget that one body holds while it comes in and is in use. It grows with what has come and not with what was
 * announced: who only begins a long body takes no memory from others. Two bodies that wait for one another's part end when the
 * wait for memory does.
 */
export class BodyLease {
  readonly #budget: BodyBudget;
  #held = 0;
  #hasEnded = false;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether nothing more must be reserved; a body larger than the whole budget has all of it at most. */
  covers(bytes: number): boolean {
    return Math.min(bytes, this.#budget.total) <= this.#held;
  }

  /** Reserves what is missing to so many bytes. What comes when the lease has ended is given back. @throws ServiceError 'unavailable' */
  async cover(bytes: number): Promise<void> {
    if (this.covers(bytes)) return;
    const taken = await this.#budget.take(Math.min(bytes, this.#budget.total) - this.#held);
    if (this.#hasEnded) this.#budget.give(taken);
    else this.#held += taken;
  }

  /** Gives everything back. */
  end(): void {
    this.#hasEnded = true;
    this.#budget.give(this.#held);
    this.#held = 0;
  }
}
