import type { NextFunction, Request, Response } from 'express';

/** What no answer of the exchange goes without: it is never cached, framed, sniffed or named as a referrer. */
const HEADERS = new Map([
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
]);

export function setSecurityHeaders(_req: Request, res: Response, next: NextFunction): void {
  res.setHeaders(HEADERS);
  next();
}
