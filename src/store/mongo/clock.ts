import type { Collections } from './documents.ts';

const TICKS_A_MS = 1000;

/**
 * Takes `count` ticks that no other commit of any process has, all later than those of every commit that was acknowledged, or
 * seen, before. Asked after the transaction's snapshot is taken, so that whatever the snapshot shows has smaller ticks. It is one
 * small write outside the transaction, so that writers wait for each other's count and not for each other's transaction.
 * @returns the first tick
 */
export async function takeTicks({ counters }: Collections, count: number, now: Date): Promise<number> {
  const last = await counters.findOneAndUpdate(
    { _id: 'clock' },
    [{ $set: { value: { $add: [{ $max: ['$value', now.getTime() * TICKS_A_MS - 1] }, count] } } }],
    { returnDocument: 'after' },
  );
  if (last === null) throw new Error('The database has lost its clock, the document counters/clock');
  return last.value - count + 1;
}

/** The instant of a tick, epoch ms. */
export function instantOf(tick: number): number {
  return Math.floor(tick / TICKS_A_MS);
}

/** The first tick of an instant, epoch ms. */
export function tickOf(instant: number): number {
  return instant * TICKS_A_MS;
}
