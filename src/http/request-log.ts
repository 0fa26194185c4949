import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { requestIdOf } from './request-id.ts';

/** Logs and measures each request when it is over: template of the route, never the address itself, which may name a patient. */
export function logRequests(log: Logger, metrics: Metrics): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const start = performance.now();
    res.once('close', () => {
      const ms = performance.now() - start;
      const route = routeOf(req);
      metrics.observeRequest({ method: req.method, route, status: res.statusCode, seconds: ms / 1000 });
      const isComplete = res.writableFinished;
      log.info({ requestId: requestIdOf(res), method: req.method, route, status: res.statusCode, ms: Math.round(ms * 10) / 10, ...(isComplete ? {} : { aborted: true }) }, 'request');
    });
    next();
  };
}

/** `/fhir/:type/:id`; a request that met no route has none. */
function routeOf(req: Request): string {
  const route: unknown = req.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  if (typeof path !== 'string') return 'none';
  // Routers are mounted under plain words, such as /fhir, that hold nothing of the request.
  const mount = /^\/[a-z-]+/.exec(req.originalUrl)?.[0] ?? '';
  return path.startsWith(mount) ? path : mount + path;
}
