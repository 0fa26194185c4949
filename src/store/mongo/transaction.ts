import { mongo } from 'mongoose';
import { ServiceError } from '../../errors.ts';
import { isCommitUnknown, isTransient } from './failures.ts';

/** How long conflicting writers and a moving primary are waited out. */
const PATIENCE_MS = 15_000;
const LONGEST_PAUSE_MS = 100;

const OPTIONS: mongo.TransactionOptions = { readConcern: { level: 'snapshot' }, writeConcern: new mongo.WriteConcern('majority'), readPreference: 'primary', maxCommitTimeMS: 10_000 };

/**
 * Runs `work` in a transaction until it is committed on a majority. It may run several times and so keeps nothing outside itself.
 * Unlike the driver's own helper it gives up while the request is still there to be answered.
 * @throws ServiceError 'unavailable' when conflicts do not end, or when the outcome of the commit stays unknown
 */
export async function inTransaction<T>(client: mongo.MongoClient, work: (session: mongo.ClientSession) => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  const session = client.startSession();
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        session.startTransaction(OPTIONS);
        const result = await work(session);
        await commit(session, deadline);
        return result;
      } catch (error) {
        if (session.inTransaction()) await session.abortTransaction();
        if (!isTransient(error)) throw error;
        if (performance.now() > deadline) throw new ServiceError('unavailable', 'The store is too busy with other writers; repeat the request', [], { cause: error });
        await pause(attempt);
      }
    }
  } finally {
    await session.endSession();
  }
}

async function commit(session: mongo.ClientSession, deadline: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      if (!isCommitUnknown(error) || isTransient(error)) throw error;
      if (performance.now() > deadline) throw new ServiceError('unavailable', 'The store did not confirm the commit, which may have taken place; repeat the request', [], { cause: error });
      await pause(attempt);
    }
  }
}

/** Longer with each attempt and never the same for two writers, so that they do not meet again. */
async function pause(attempt: number): Promise<void> {
  const longest = Math.min(2 ** attempt, LONGEST_PAUSE_MS);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
