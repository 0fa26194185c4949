import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ServiceError } from '../errors.ts';

/** Of each request under way. */
const timers = new WeakMap<Response, NodeJS.Timeout>();

/** Answers for a request that takes longer than allowed. What it began may still be completed; a write tells when it is read again. */
export function limitTime(limitMs: number): RequestHandler {
  return (_req: Request, res: Response, next: NextFunction) => {
    const timer = setTimeout(() => {
      if (!res.headersSent) next(new ServiceError('timeout', `The request took longer than ${limitMs} ms; whether a write was done shows when it is read again`));
    }, limitMs);
    timers.set(res, timer);
    res.once('close', () => clearTimeout(timer));
    next();
  };
}

/** For work that is done in pieces: the limit holds for each of them, and begins anew. */
export function beginTimeAnew(res: Response): void {
  if (!res.headersSent) timers.get(res)?.refresh();
}
