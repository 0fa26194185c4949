import { setTimeout as pause } from 'node:timers/promises';
import { isServiceError, ServiceError } from '../../errors.ts';

/** Those who decide about one thing at one moment are few. */
const TRIES = 12;
const LONGEST_PAUSE_MS = 40;

/**
 * Tries again, on what is stored then, where another writer was faster.
 *
 * @param attempt a 'conflict' that it throws of its own, before it commits, is for the caller and carries no cause: it is thrown on
 * @throws ServiceError 'conflict' when it is overtaken every time
 */
export async function repeatedOnConflict<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      const isOvertaken = isServiceError(error, 'version-conflict') || (isServiceError(error, 'conflict') && !(error instanceof Decided));
      if (!isOvertaken) throw error;
      if (count === TRIES) throw new ServiceError('conflict', 'Others changed the same decision at every attempt; repeat the request', [], { cause: error });
      await pause(Math.random() * LONGEST_PAUSE_MS);
    }
  }
}

/** A conflict that trying again does not end. */
export class Decided extends ServiceError {
  constructor(message: string, element?: string) {
    super('conflict', message, [{ severity: 'error', code: 'conflict', diagnostics: message, ...(element === undefined ? {} : { expression: element }) }]);
  }
}
