import { mongo } from 'mongoose';
import { ServiceError } from '../../errors.ts';

const DUPLICATE_KEY = 11000;
const WRITE_CONFLICT = 112;
/** BSONObjectTooLarge, and the codes of servers and drivers for the same. */
const TOO_LARGE = new Set<unknown>([10334, 17280, 17419, 17420]);
const OUT_OF_DISK = 14031;
/** HostUnreachable, NetworkTimeout, MaxTimeMSExpired, ShutdownInProgress, PrimarySteppedDown, ExceededTimeLimit, NotWritablePrimary and their kin. */
const UNREACHABLE = new Set<unknown>([6, 7, 50, 64, 89, 91, 133, 189, 202, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

const FULL = 'The store has no space left; nothing was written';
const LARGE = 'A resource with its search terms is larger than the 16 MB that the store takes in one piece';
const GONE = 'The store does not answer';

/**
 * What the caller of the port is told: 'storage-full', 'too-large' or 'unavailable'. Any other error comes back as it is.
 * The cause is kept for the log; no message of the database reaches a caller, it may quote values.
 */
export function serviceErrorOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ServiceError) return error;
  const code = codeOf(error);
  if (code === OUT_OF_DISK || /no space left|disk full/i.test(error.message)) return new ServiceError('storage-full', FULL, [], { cause: error });
  if (TOO_LARGE.has(code) || /larger than (the )?maximum size|too large/i.test(error.message)) return new ServiceError('too-large', LARGE, [], { cause: error });
  return isUnreachable(error, code) ? new ServiceError('unavailable', GONE, [], { cause: error }) : error;
}

/** Runs a call to the database; its failure becomes the port's. */
export async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw serviceErrorOf(error);
  }
}

/** True when the transaction left nothing behind and may succeed when run again: two writers met, or the primary moved. */
export function isTransient(error: unknown): boolean {
  // No server at all: the driver has waited for one already.
  if (!(error instanceof mongo.MongoError) || error instanceof mongo.MongoServerSelectionError) return false;
  // A key that a concurrent writer inserted first: the next attempt reads it.
  return error.hasErrorLabel('TransientTransactionError') || error.code === WRITE_CONFLICT || error.code === DUPLICATE_KEY;
}

/** True when nobody knows yet whether the commit took place; asking again is safe. */
export function isCommitUnknown(error: unknown): boolean {
  return error instanceof mongo.MongoError && error.hasErrorLabel('UnknownTransactionCommitResult');
}

function isUnreachable(error: Error, code: unknown): boolean {
  return error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError || error instanceof mongo.MongoTopologyClosedError
    || error instanceof mongo.MongoNotConnectedError || error instanceof mongo.MongoExpiredSessionError || error instanceof mongo.MongoClientClosedError
    || error.name === 'MongooseServerSelectionError' || error.name === 'MongoPoolClosedError' || UNREACHABLE.has(code);
}

function codeOf(error: Error): unknown {
  return error instanceof mongo.MongoError ? error.code : undefined;
}
