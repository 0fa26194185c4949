import type { Express } from 'express';
import { createServer as createHttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:http';

/**
 * An HTTP server whose requests and responses are from the start what Express makes of them. Otherwise it changes the
 * prototype of both at each request, which costs more than all its other work and slows down whoever uses them after.
 */
export function createServer(app: Express): Server {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse extends ServerResponse {}
  Object.setPrototypeOf(ExpressRequest.prototype, prototypeIn(app, 'request'));
  Object.setPrototypeOf(ExpressResponse.prototype, prototypeIn(app, 'response'));
  Object.assign(app, { request: ExpressRequest.prototype, response: ExpressResponse.prototype });
  return createHttpServer({ IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse }, app);
}

function prototypeIn(app: object, name: string): object {
  const prototype: unknown = Reflect.get(app, name);
  if (typeof prototype === 'object' && prototype !== null) return prototype;
  throw new TypeError(`Express has no ${name} to make one of`);
}
