import { Router } from 'express';
import type { RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import { authenticate, callerOf } from '../http/authenticate.ts';
import { dispatch } from '../http/dispatch.ts';
import type { Route } from '../http/dispatch.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
import { requireFormatOnly } from '../http/known-parameters.ts';
import type { Operation } from '../http/operation.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { queryOf } from '../http/query-text.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { processBundle } from './bundle.ts';
import { capabilities } from './capabilities.ts';
import { create } from './create.ts';
import { deleteResource } from './delete.ts';
import { history } from './history.ts';
import { laidOutJson } from './lay-out.ts';
import { parsePrefer } from './prefer.ts';
import { read } from './read.ts';
import { apiBaseOf, isPretty, requireJson, restRequest, sendAnswer } from './rest-request.ts';
import type { RestRequest } from './rest-request.ts';
import { search } from './search.ts';
import { tracingFailure } from './trace-failure.ts';
import { update } from './update.ts';
import { validate } from './validate.ts';
import { vread } from './vread.ts';

/**
 * The FHIR REST API. Each route serves all resource types: its interaction checks the type, so that nothing is mounted 146 times.
 *
 * @param operations those of the capabilities
 */
export function fhirRouter(services: Services, operations: readonly Operation[] = []): Router {
  const router = Router({ caseSensitive: true });
  /** Asks, answers; a failure is traced first. Express passes what is thrown to the error handler. */
  const on: On = (interaction, interact) => async (req, res) => {
    const attempt = { interaction, type: pathParameter(req, 'type'), id: pathParameter(req, 'id'), query: queryOf(req.url) };
    await tracingFailure(services, callerOf(res), attempt, async () => {
      const request = restRequest(services, req, res);
      const answer = await interact(request);
      await sendAnswer(res, request.isPretty ? laidOut(answer) : answer, request.base);
    });
  };

  router.get('/metadata', (req, res) => {
    const query = queryOf(req.url);
    requireJson(req);
    // A server may leave the mode out of account and always describe itself in full: https://hl7.org/fhir/R4/http.html#capabilities
    requireFormatOnly('The capability statement', query, ['mode']);
    const answer = capabilities(services, operations, apiBaseOf(services, req));
    return sendAnswer(res, isPretty(query) ? laidOut(answer) : answer, '');
  });
  router.use(authenticate(services), dispatch([...systemRoutes(services, on), ...operations.map((operation) => operationRoute(operation, on)), ...typeRoutes(services, on), ...instanceRoutes(services, on)]));
  return router;
}

type On = (interaction: string, interact: (request: RestRequest) => Promise<Answer>) => RequestHandler;

function systemRoutes(services: Services, on: On): readonly Route[] {
  return [
    {
      path: '/',
      methods: {
        POST: on('transaction', ({ caller, bundleBytes, base, isOver, prefer }) => processBundle(services, caller, bundleBytes, { base, isOver, preference: parsePrefer(prefer, { returns: 'minimal' }) })),
        GET: notOffered('A search over all resource types is not offered; search one type, as in /fhir/Patient?…'),
      },
      others: methodNotAllowed('POST'),
    },
    { path: '/_search', methods: { POST: notOffered('A search over all resource types is not offered; search one type, as in /fhir/Patient/_search') } },
    { path: '/_history', methods: { GET: on('history-system', ({ caller, query, base }) => history(services, caller, { query, base })) }, others: methodNotAllowed('GET') },
  ];
}

function operationRoute({ type, name, level, methods, answer }: Operation, on: On): Route {
  const handler = on(name, async ({ caller, id, query, base, optionalResource }) => {
    const { status, resource } = await answer(caller, { id, query, base, body: optionalResource });
    return { status, body: JSON.stringify(resource) };
  });
  return {
    path: level === 'type' ? `/${type}/$${name}` : `/${type}/:id/$${name}`,
    methods: Object.fromEntries(methods.map((method) => [method, handler])),
    others: methodNotAllowed(...methods),
  };
}

function typeRoutes(services: Services, on: On): readonly Route[] {
  return [
    {
      path: '/:type',
      methods: {
        GET: on('search-type', ({ caller, type, query, base, prefer }) => search(services, caller, { type, query, base, handling: parsePrefer(prefer).handling })),
        POST: on('create', (asked) => create(services, asked.caller, { type: asked.type, body: asked.resource, ...ifNoneExist(asked) }, parsePrefer(asked.prefer))),
        PUT: on('update', (asked) => update(services, asked.caller, { type: asked.type, query: asked.query, body: asked.resource, conditions: asked.conditions() }, parsePrefer(asked.prefer))),
        DELETE: on('delete', ({ caller, type, query, conditions }) => deleteResource(services, caller, { type, query }, conditions())),
      },
      others: methodNotAllowed('GET', 'POST', 'PUT', 'DELETE'),
    },
    { path: '/:type/_search', methods: { POST: on('search-type', async ({ caller, type, base, prefer, formQuery }) => search(services, caller, { type, query: await formQuery(), base, handling: parsePrefer(prefer).handling })) }, others: methodNotAllowed('POST') },
    { path: '/:type/_history', methods: { GET: on('history-type', ({ caller, type, query, base }) => history(services, caller, { type, query, base })) }, others: methodNotAllowed('GET') },
    { path: '/:type/$validate', methods: { POST: on('validate', (asked) => validate(services, asked.caller, { type: asked.type, query: asked.query, body: asked.resource })) }, others: methodNotAllowed('POST') },
  ];
}

function instanceRoutes(services: Services, on: On): readonly Route[] {
  return [
    {
      path: '/:type/:id',
      methods: {
        GET: on('read', ({ caller, type, id, query, conditions }) => read(services, caller, { type, id, query }, conditions())),
        PUT: on('update', (asked) => update(services, asked.caller, { type: asked.type, id: asked.id, body: asked.resource, conditions: asked.conditions() }, parsePrefer(asked.prefer))),
        DELETE: on('delete', ({ caller, type, id, conditions }) => deleteResource(services, caller, { type, id }, conditions())),
      },
      others: methodNotAllowed('GET', 'PUT', 'DELETE'),
    },
    { path: '/:type/:id/$validate', methods: { POST: on('validate', (asked) => validate(services, asked.caller, { type: asked.type, id: asked.id, query: asked.query, body: asked.optionalResource })) }, others: methodNotAllowed('POST') },
    { path: '/:type/:id/_history', methods: { GET: on('history-instance', ({ caller, type, id, query, base }) => history(services, caller, { type, id, query, base })) }, others: methodNotAllowed('GET') },
    { path: '/:type/:id/_history/:version', methods: { GET: on('vread', ({ caller, type, id, version, query }) => vread(services, caller, { type, id, query }, version)) }, others: methodNotAllowed('GET') },
  ];
}

function laidOut(answer: Answer): Answer {
  return answer.body === undefined ? answer : { ...answer, body: laidOutJson(answer.body.toString()) };
}

function notOffered(message: string): RequestHandler {
  return () => {
    throw new ServiceError('not-supported', message);
  };
}

function ifNoneExist(asked: RestRequest): { ifNoneExist?: string } {
  const condition = asked.ifNoneExist();
  return condition === undefined ? {} : { ifNoneExist: condition };
}
