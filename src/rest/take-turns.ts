import { setImmediate as nextTurn } from 'node:timers/promises';

/** Some tens of milliseconds of work. */
const ENTRIES_PER_TURN = 256;

/** Lets other requests have their turn after every so many entries of a large bundle. */
export async function takeTurns(index: number): Promise<void> {
  if (index % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await nextTurn();
}
