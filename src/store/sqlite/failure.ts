import { ServiceError, isServiceError } from '../../errors.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html; an extended code has its primary one in the low byte. */
const ERROR = 1, BUSY = 5, LOCKED = 6, FULL = 13, CONSTRAINT = 19, MISMATCH = 20, MISUSE = 21, RANGE = 25;
/** Codes that only a bug of ours brings about. */
const BUGS = [ERROR, CONSTRAINT, MISMATCH, MISUSE, RANGE];

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** True when another connection holds the lock: the same call may succeed a little later. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/**
 * What a caller is told of a driver's error. The driver's own message can quote SQL or a constraint, so only its code and
 * the library's fixed sentence for that code are kept as the cause. An error of ours, or a bug, passes unchanged.
 */
export function failureOf(error: unknown): unknown {
  if (isServiceError(error)) return error;
  const code = resultCode(error);
  if (code === undefined) return isClosed(error) ? new ServiceError('unavailable', 'The store is closed') : error;
  const known = error instanceof Error && 'errstr' in error && typeof error.errstr === 'string' ? error.errstr : 'unknown error';
  const cause = new Error(`SQLite result ${code}: ${known}`);
  if (BUGS.includes(code)) return cause;
  if (code === FULL) return new ServiceError('storage-full', 'The store has no space left; nothing was written', [], { cause });
  if (isBusy(error)) return new ServiceError('unavailable', 'The store is busy with other writers; nothing was written', [], { cause });
  return new ServiceError('unavailable', 'The store cannot be read or written; nothing was written', [], { cause });
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE';
}
