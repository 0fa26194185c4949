import type { Request, Response } from 'express';
import type { Caller } from '../access/index.ts';
import { callerOf } from '../http/authenticate.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { readBody } from '../http/body.ts';
import { isFormBody, requireJsonAccepted, requireJsonBody } from '../http/media-type.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { parseQueryText, queryOf, valueOf } from '../http/query-text.ts';
import { isOver, send } from '../http/send.ts';
import { ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { etagOf } from './answer.ts';
import type { Answer } from './answer.ts';
import { conditionsOf } from './conditions.ts';
import type { Conditions } from './conditions.ts';
import { conditionQuery } from './entry-request.ts';
import { parseBody } from './incoming.ts';

/** One HTTP request in the words of the REST API; what only some interactions need is read when they ask for it. */
export interface RestRequest {
  readonly caller: Caller;
  /** Public address of the API, for links. */
  readonly base: string;
  /** Text after the question mark. */
  readonly query: string;
  /** `_pretty=true`: the answer is for people. */
  readonly isPretty: boolean;
  /** True when the time limit has answered, or the client is gone. */
  readonly isOver: () => boolean;
  readonly type: string;
  readonly id: string;
  readonly version: string;
  readonly prefer: string | undefined;
  readonly conditions: () => Conditions;
  /** The query of `If-None-Exist`. @throws ServiceError 'malformed' */
  readonly ifNoneExist: () => string | undefined;
  /** The parsed body. @throws ServiceError, JsonError */
  readonly resource: () => Promise<unknown>;
  /** As `resource`, undefined when no body was sent. */
  readonly optionalResource: () => Promise<unknown>;
  /** The body of a bundle. @throws ServiceError */
  readonly bundleBytes: () => Promise<Buffer>;
  /** The query of `POST [type]/_search`: that of the form and that of the address. @throws ServiceError */
  readonly formQuery: () => Promise<string>;
}

/** @throws ServiceError 'not-acceptable' for a client that does not take JSON */
export function restRequest(services: Services, req: Request, res: Response): RestRequest {
  const { limits } = services.config;
  const query = queryOf(req.url);
  requireJson(req);
  const jsonBytes = async (limitBytes: number): Promise<Buffer> => {
    requireJsonBody(req.headers);
    return readBody(services, req, res, limitBytes);
  };
  const resource = async (): Promise<unknown> => parseBody(await jsonBytes(limits.resourceBytes));
  return {
    caller: callerOf(res),
    base: apiBaseOf(services, req),
    query,
    isPretty: isPretty(query),
    isOver: () => isOver(res),
    type: pathParameter(req, 'type'),
    id: pathParameter(req, 'id'),
    version: pathParameter(req, 'version'),
    prefer: req.get('Prefer'),
    conditions: () => conditionsOf(req.headers),
    ifNoneExist: () => ifNoneExistOf(req),
    resource,
    optionalResource: () => (hasBody(req) ? resource() : Promise.resolve(undefined)),
    bundleBytes: () => jsonBytes(limits.bundleBytes),
    formQuery: async () => {
      if (!hasBody(req)) return query;
      if (!isFormBody(req.headers)) throw new ServiceError('unsupported-media', 'The body of _search must be application/x-www-form-urlencoded');
      const form = (await readBody(services, req, res, limits.resourceBytes)).toString();
      return [query, form].filter((part) => part !== '').join('&');
    },
  };
}

/** @throws ServiceError 'not-acceptable' for a client that does not take JSON */
export function requireJson(req: Request): void {
  const query = queryOf(req.url);
  requireJsonAccepted(req.headers, query.includes('_format') ? valueOf(parseQueryText(query), '_format') : undefined);
}

/** True when `_pretty=true` asks for an answer that people read. */
export function isPretty(query: string): boolean {
  return query.includes('_pretty') && valueOf(parseQueryText(query), '_pretty') === 'true';
}

/** Public address of the FHIR API. */
export function apiBaseOf(services: Services, req: Request): string {
  return `${baseUrlOf(services.config, req)}/fhir`;
}

/** Sends an answer with its version in the headers. */
export function sendAnswer(res: Response, { status, body, version, location }: Answer, base: string): Promise<void> {
  const headers = {
    ...(version === undefined ? {} : { ETag: etagOf(version.version), 'Last-Modified': new Date(version.lastUpdated).toUTCString() }),
    ...(location === undefined ? {} : { Location: `${base}/${location}` }),
  };
  return send(res, { status, headers, ...(body === undefined ? {} : { body }) });
}

function ifNoneExistOf(req: Request): string | undefined {
  const condition = req.get('If-None-Exist');
  return condition === undefined ? undefined : conditionQuery(condition);
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}
