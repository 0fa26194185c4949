import type { Issue } from './fhir/outcome.ts';

/**
 * Every way a request can end without success. Each kind has one HTTP status and one issue code, in `http/outcome.ts`.
 * Faults in data are values (`Issue[]`); a ServiceError is thrown only for what ends the request.
 */
export type ErrorKind =
  | 'malformed' // the request cannot be read: bad JSON, bad parameter, bad id
  | 'not-supported' // understood, and not offered here: unknown search parameter, modifier or resource type
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'gone' // deleted; history still has it
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'conflict' // two writers met, or a write would break a reference: the caller may repeat
  | 'version-conflict' // If-Match names a version that is not current
  | 'multiple-matches' // a conditional interaction matched more than one resource
  | 'too-large' // over a configured limit of size, depth or count
  | 'unsupported-media'
  | 'invalid' // read and understood, and breaks the specification or a profile
  | 'rule-broken' // valid FHIR that breaks a rule of the exchange
  | 'throttled'
  | 'unavailable' // the store or a part it needs is gone; nothing was written
  | 'storage-full'
  | 'timeout'
  | 'fault'; // a bug

/**
 * Ends a request. `message` is shown to the caller: it names the element and the cause, and holds neither patient data
 * nor a stack. `issues` list each fault when there are several.
 */
export class ServiceError extends Error {
  readonly kind: ErrorKind;
  readonly issues: readonly Issue[];

  constructor(kind: ErrorKind, message: string, issues: readonly Issue[] = [], options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ServiceError';
    this.kind = kind;
    this.issues = issues;
  }
}

/** True for a ServiceError, of the given kind when one is named. */
export function isServiceError(error: unknown, kind?: ErrorKind): error is ServiceError {
  return error instanceof ServiceError && (kind === undefined || error.kind === kind);
}

/** True where another writer was faster than a commit: what it rested on, or the version that it expected, is another one now. */
export function isOvertaken(error: unknown): boolean {
  return isServiceError(error, 'conflict') || isServiceError(error, 'version-conflict');
}
