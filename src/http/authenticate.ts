import type { Request, RequestHandler, Response } from 'express';
import { type Caller, DEFAULT_PURPOSE, FailedLogins, type Identity, isPurpose, TokenCache } from '../access/index.ts';
import { recordTrace } from '../audit/index.ts';
import type { Config } from '../config.ts';
import { isServiceError, ServiceError } from '../errors.ts';
import type { Services } from '../services.ts';
import { requestIdOf } from './request-id.ts';

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;
/** After decoding. */
const REASON_LENGTH = { min: 10, max: 500 };
/** A login is made for no purpose of its own. */
const ORDINARY = { purpose: DEFAULT_PURPOSE, breakGlass: undefined };

const callers = new WeakMap<Response, Caller>();
/** By the configuration, which all parts of a process share. */
const gates = new WeakMap<Config, Gate>();

interface Gate { readonly tokens: TokenCache; readonly failures: FailedLogins }

/**
 * Finds out who asks, from the bearer token and the headers `X-Purpose-Of-Use` and `X-Break-Glass-Reason`, and keeps it for `callerOf`.
 * The first use of a token and every refusal are traced.
 *
 * @param others knows tokens of others than the exchange itself; what it takes for its own leaves its trace with the request
 */
export function authenticate(services: Services, others: OtherIssuers = () => Promise.resolve(undefined)): RequestHandler {
  const { tokens, failures } = gateOf(services);
  return async (req, res, next) => {
    const connection = { requestId: requestIdOf(res), address: addressOf(req) };
    let identity: Identity;
    try {
      const token = bearerToken(req);
      identity = await others(token, req) ?? await tokens.identify(token, (first) => recordTrace(services, { ...first, ...connection, ...ORDINARY }, { action: 'login', interaction: 'login', outcome: 'success' }));
    } catch (error) {
      if (!isServiceError(error, 'unauthenticated')) throw error;
      res.setHeader('WWW-Authenticate', challenge(req, error.message));
      await failures.trace(connection, error.message);
      throw error;
    }
    callers.set(res, { ...identity, ...connection, purpose: purposeOf(req), breakGlass: breakGlassOf(req) });
    next();
  };
}

/** @returns undefined for a token of another issuer; @throws ServiceError 'unauthenticated' */
export type OtherIssuers = (token: string, req: Request) => Promise<Identity | undefined>;

/** The routers of a gateway share it: a token's first use is one login, whichever of them it reaches. */
function gateOf(services: Services): Gate {
  const gate = gates.get(services.config) ?? { tokens: new TokenCache(services), failures: new FailedLogins(services) };
  gates.set(services.config, gate);
  return gate;
}

/** Makes the refusals that are only counted so far durable, before the gateway ends. */
export async function traceCountedRefusals({ config }: Services): Promise<void> {
  await gates.get(config)?.failures.flush();
}

/** Who asks. @throws ServiceError 'fault' on a route that `authenticate` does not stand before */
export function callerOf(res: Response): Caller {
  const caller = callers.get(res);
  if (caller === undefined) throw new ServiceError('fault', 'The route does not authenticate');
  return caller;
}

function bearerToken(req: Request): string {
  const { authorization } = req.headers;
  if (authorization === undefined) throw new ServiceError('unauthenticated', 'The request needs the header Authorization: Bearer <token>');
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new ServiceError('unauthenticated', 'The Authorization header must have the form Bearer <token>');
  return token;
}

/** A client that sent no credentials is only told which kind to send. @see https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function challenge(req: Request, reason: string): string {
  const realm = 'Bearer realm="bund"';
  return req.headers.authorization === undefined ? realm : `${realm}, error="invalid_token", error_description="${reason}"`;
}

/** Without a word of a proxy the client is the other end of the connection, and nobody need be believed. */
function addressOf(req: Request): string {
  const address = req.headers['x-forwarded-for'] === undefined ? req.socket.remoteAddress : req.ip;
  return (address ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');
}

function purposeOf(req: Request): string {
  const purpose = req.headers['x-purpose-of-use'];
  if (purpose === undefined) return DEFAULT_PURPOSE;
  if (typeof purpose === 'string' && isPurpose(purpose)) return purpose;
  throw new ServiceError('malformed', 'X-Purpose-Of-Use must be one code of https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html, such as TREAT, ETREAT or PATRQT');
}

function breakGlassOf(req: Request): Caller['breakGlass'] {
  const header = req.headers['x-break-glass-reason'];
  if (header === undefined) return undefined;
  const reason = typeof header === 'string' ? decodedText(header)?.trim() : undefined;
  const length = reason?.length ?? 0;
  if (reason === undefined || /\p{Cc}/u.test(reason) || length < REASON_LENGTH.min || length > REASON_LENGTH.max) {
    throw new ServiceError('malformed', `X-Break-Glass-Reason must be ${REASON_LENGTH.min} to ${REASON_LENGTH.max} characters of percent-encoded UTF-8 without control characters`);
  }
  // The purpose that is assumed where none is sent is ordinary treatment, for which nobody breaks the glass.
  if (req.headers['x-purpose-of-use'] === undefined) throw new ServiceError('malformed', 'X-Break-Glass-Reason needs the header X-Purpose-Of-Use beside it: the glass is broken with a reason and a purpose, such as ETREAT');
  return { reason };
}

/** Undefined when the percent signs do not spell UTF-8, or when the header holds raw bytes that no encoding is agreed for. */
function decodedText(header: string): string | undefined {
  if (/[^\x20-\x7e]/.test(header)) return undefined;
  try {
    return decodeURIComponent(header);
  } catch {
    return undefined;
  }
}
