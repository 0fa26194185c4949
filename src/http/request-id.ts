import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

export const REQUEST_ID = 'X-Request-Id';
const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

/** Gives each request an id, the client's own where it sent a sound one. The response header carries it from here on. */
export function assignRequestId(req: Request, res: Response, next: NextFunction): void {
  const sent = req.headers['x-request-id'];
  res.setHeader(REQUEST_ID, typeof sent === 'string' && ACCEPTABLE.test(sent) ? sent : randomUUID());
  next();
}

export function requestIdOf(res: Response): string {
  const id = res.getHeader(REQUEST_ID);
  return typeof id === 'string' ? id : '';
}
