import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { ServiceError } from '../../errors.ts';
import type { Connection } from './connection.ts';

/**
 * Brings the write-ahead log to the disk. SQLite would do that itself within COMMIT, and hold up every request of the process for
 * as long as the disk takes; here another thread waits, and what was committed is acknowledged when it is done.
 *
 * @see docs/decisions/0030-sqlite-commits.md
 */
export class LogSync {
  readonly #log: FileHandle | undefined;
  #failure: ServiceError | undefined;

  /** @param log undefined for a database that is in memory only */
  constructor(log: FileHandle | undefined) {
    this.#log = log;
  }

  /** The log of an open database: it is there, and stays the same file until the last connection is closed. */
  static async of({ logFile }: Pick<Connection, 'logFile'>): Promise<LogSync> {
    return new LogSync(logFile === undefined ? undefined : await open(logFile, 'r+'));
  }

  /**
   * Resolves when everything that was committed before is on the disk. After one failure nothing can be said of what was written
   * before it, by a later success neither: the system may have dropped it. So each call fails from then on.
   *
   * @throws ServiceError 'unavailable'
   */
  async sync(): Promise<void> {
    this.requireSound();
    try {
      await this.#log?.datasync();
    } catch (cause) {
      this.#failure ??= new ServiceError('unavailable', 'The disk did not take what was written: it is not known whether it is kept, and nothing more is written until the gateway is started again', [], { cause });
    }
    // Another call may have failed meanwhile: the system tells a fault once.
    this.requireSound();
  }

  /** @throws ServiceError 'unavailable' once a sync has failed */
  requireSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#log?.close();
  }
}
