import { recordTrace } from '../audit/index.ts';
import type { Services } from '../services.ts';
import type { Actor } from './caller.ts';
import { DEFAULT_PURPOSE } from './purposes.ts';

/** What is known of a request whose token was refused. */
export type Connection = Pick<Actor, 'requestId' | 'address'>;

interface Repeats { readonly connection: Connection; readonly reason: string; count: number }
type Busy = readonly [key: string, repeats: Repeats];

const WINDOW_MS = 10_000;
/** Addresses and reasons told apart at one time; beyond them, all count as one. */
const MAX_TOLD_APART = 32;

/**
 * Traces refused tokens without letting a flood of them fill the disk: of one address and reason the first is traced at once, and
 * those of the next ten seconds as one trace with their number. However many clients there are, at most 33 traces are written in ten seconds.
 */
export class FailedLogins {
  readonly #services: Services;
  readonly #windowMs: number;
  readonly #repeats = new Map<string, Repeats>();
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Services, windowMs = WINDOW_MS) {
    this.#services = services;
    this.#windowMs = windowMs;
  }

  /** Resolves when the trace is durable, or when the failure is counted. Never rejects: a refusal stands without its trace, and the log says so. */
  async trace(connection: Connection, reason: string): Promise<void> {
    const isCrowded = this.#repeats.size >= MAX_TOLD_APART;
    const key = `${connection.address} ${reason}`;
    const counted = this.#repeats.get(key) ?? (isCrowded ? this.#repeats.get('') : undefined);
    if (counted !== undefined) {
      counted.count++;
      return;
    }
    this.#repeats.set(isCrowded ? '' : key, { connection, reason, count: 0 });
    this.#timer ??= setInterval(() => void this.#endWindow(), this.#windowMs).unref();
    await this.#record(connection, reason);
  }

  /** Traces what is counted so far, for the end of the process. */
  async flush(): Promise<void> {
    this.#stopTimer();
    const busy = this.#takeBusy();
    await this.#recordCounts(busy);
  }

  async #endWindow(): Promise<void> {
    const busy = this.#takeBusy();
    for (const [key, repeats] of busy) this.#repeats.set(key, { ...repeats, count: 0 });
    if (busy.length === 0) this.#stopTimer();
    await this.#recordCounts(busy);
  }

  #takeBusy(): readonly Busy[] {
    const busy = [...this.#repeats].filter(([, { count }]) => count > 0);
    this.#repeats.clear();
    return busy;
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #recordCounts(busy: readonly Busy[]): Promise<void> {
    const seconds = this.#windowMs / 1000;
    await Promise.all(busy.map(([key, { connection, reason, count }]) => this.#record(connection, `${reason}; ${count} more ${key === '' ? 'from many addresses ' : ''}within ${seconds} s`)));
  }

  async #record(connection: Connection, reason: string): Promise<void> {
    const actor: Actor = { ...connection, role: 'unknown', subject: 'unknown', name: undefined, source: undefined, facility: undefined, scopes: [], purpose: DEFAULT_PURPOSE, breakGlass: undefined };
    try {
      await recordTrace(this.#services, actor, { action: 'login', interaction: 'login', outcome: 'refused', reason });
    } catch (error) {
      this.#services.log.error({ err: error, requestId: connection.requestId }, 'could not trace a failed login');
    }
  }
}
