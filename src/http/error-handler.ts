import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { ServiceError } from '../errors.ts';
import type { ErrorKind } from '../errors.ts';
import { describeError } from './describe-error.ts';
import { failureOf } from './outcome.ts';
import { requestIdOf } from './request-id.ts';
import { sendIssues } from './send.ts';

/** Headers that tell the client what to do about a failure. */
const ADVICE: Partial<Record<ErrorKind, Readonly<Record<string, string>>>> = {
  unavailable: { 'Retry-After': '2' },
  timeout: { 'Retry-After': '10' },
  throttled: { 'Retry-After': '2' },
  'too-large': { Connection: 'close' },
};

/** Turns whatever ends a request without success into an OperationOutcome. The log gets the cause of a fault, never its data. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req: Request, res: Response, next: NextFunction) => {
    const requestId = requestIdOf(res);
    const { kind, status, issues } = failureOf(error, requestId);
    if (status >= 500) log.error({ requestId, kind, ...describeError(error) }, 'request failed');
    sendIssues(res, status, issues, ADVICE[kind]).catch(next);
  };
}

/** Answers what no route did. */
export const unknownRoute: RequestHandler = (_req, _res) => {
  throw new ServiceError('not-found', 'The server has no such address; its FHIR API is at /fhir, described by GET /fhir/metadata');
};

/** Ends a route that exists and does not offer the request's method. */
export function methodNotAllowed(...allowed: readonly string[]): RequestHandler {
  return (req, res) => {
    res.setHeader('Allow', allowed.join(', '));
    throw new ServiceError('method-not-allowed', `${req.method} is not offered here; allowed: ${allowed.join(', ')}`);
  };
}
