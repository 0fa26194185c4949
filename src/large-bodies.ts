import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { Services } from './services.ts';

/** From this size on, in bytes, a message or transaction waits for its turn. */
const LARGE_FROM = 4_000_000;

/** Some tens of milliseconds of work. */
const ENTRIES_PER_TURN = 256;

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

/** Lets other requests have their turn after every so many entries of a large body. */
export async function takeTurns(index: number): Promise<void> {
  if (index % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await nextTurn();
}
