import type { Config } from './config.ts';
import type { Services } from './services.ts';

/** From this size on, in bytes, a message or transaction waits for its turn. */
const LARGE_FROM = 4_000_000;

/** By the configuration, which all parts of a process share. */
const lines = new WeakMap<Config, Promise<unknown>>();

/**
 * Lets one large body of a process be worked on at a time: its resources take many times its size in memory until they are
 * committed. Smaller ones, and those that wait, are only as large as they came.
 */
export function inTurnIfLarge<T>(services: Services, bytes: number, work: () => Promise<T>): Promise<T> {
  if (bytes < LARGE_FROM) return work();
  const turn = (lines.get(services.config) ?? Promise.resolve()).then(work, work);
  lines.set(services.config, turn);
  return turn;
}
