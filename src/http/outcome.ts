import type { ErrorKind } from '../errors.ts';
import { ServiceError } from '../errors.ts';
import { JsonError } from '../fhir/json.ts';
import type { Issue, IssueCode } from '../fhir/outcome.ts';

/** The one table from a class of failure to its HTTP status and issue code. */
export const RESPONSES: Record<ErrorKind, { readonly status: number; readonly code: IssueCode }> = {
  malformed: { status: 400, code: 'structure' },
  'not-supported': { status: 400, code: 'not-supported' },
  unauthenticated: { status: 401, code: 'login' },
  forbidden: { status: 403, code: 'forbidden' },
  'not-found': { status: 404, code: 'not-found' },
  'method-not-allowed': { status: 405, code: 'not-supported' },
  'not-acceptable': { status: 406, code: 'not-supported' },
  conflict: { status: 409, code: 'conflict' },
  gone: { status: 410, code: 'deleted' },
  'version-conflict': { status: 412, code: 'conflict' },
  'multiple-matches': { status: 412, code: 'multiple-matches' },
  'too-large': { status: 413, code: 'too-long' },
  'unsupported-media': { status: 415, code: 'not-supported' },
  invalid: { status: 422, code: 'invalid' },
  'rule-broken': { status: 422, code: 'business-rule' },
  throttled: { status: 429, code: 'throttled' },
  fault: { status: 500, code: 'exception' },
  unavailable: { status: 503, code: 'transient' },
  timeout: { status: 503, code: 'timeout' },
  'storage-full': { status: 507, code: 'no-store' },
};

/** What a client is told about an error. */
export interface Failure {
  readonly kind: ErrorKind;
  readonly status: number;
  readonly issues: readonly Issue[];
}

const JSON_FAULTS: Record<JsonError['reason'], ErrorKind> = { syntax: 'malformed', depth: 'too-large', count: 'too-large' };

/**
 * Any thrown value as its status and issues. What is no ServiceError is a bug: the client learns the request id only.
 *
 * @param requestId as in the response header `X-Request-Id`
 */
export function failureOf(error: unknown, requestId: string): Failure {
  const known = asServiceError(error, requestId);
  const { status, code } = RESPONSES[known.kind];
  const issues = known.issues.length > 0 ? known.issues : [{ severity: 'error', code, diagnostics: known.message } as const];
  return { kind: known.kind, status, issues };
}

function asServiceError(error: unknown, requestId: string): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof JsonError) return new ServiceError(JSON_FAULTS[error.reason], error.message);
  if (error instanceof URIError) return new ServiceError('malformed', 'The address has a percent sign that is not followed by two hexadecimal digits of UTF-8 text');
  return new ServiceError('fault', `The request failed through a fault of the server; quote request ${requestId} to its operator`);
}
