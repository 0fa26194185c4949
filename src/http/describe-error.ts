import { ServiceError } from '../errors.ts';

/** Class and place of an error, for the log. The message of an error that is not ours stays out: it may quote what a client sent. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')).slice(0, 8);
  const message = error instanceof ServiceError ? error.message : undefined;
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { error: error.name, ...('code' in error ? { errorCode: error.code } : {}), ...(message === undefined ? {} : { message }), frames, ...cause };
}
