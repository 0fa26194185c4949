import { Router } from 'express';
import type { RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import { authenticate, callerOf } from '../http/authenticate.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
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
import { apiBaseOf, requireJson, restRequest, sendAnswer } from './rest-request.ts';
import type { RestRequest } from './rest-request.ts';
import { search } from './search.ts';
import { tracingFailure } from './trace-failure.ts';
import { update } from './update.ts';
import { validate } from './validate.ts';
import { vread } from './vread.ts';

/** The FHIR REST API. Each route serves all resource types: its interaction checks the type, so that nothing is mounted 146 times. */
export function fhirRouter(services: Services): Router {
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
    requireJson(req);
    return sendAnswer(res, capabilities(services, apiBaseOf(services, req)), '');
  });
  router.use(authenticate(services));
  routeSystem(router, services, on);
  routeType(router, services, on);
  routeInstance(router, services, on);
  return router;
}

type On = (interaction: string, interact: (request: RestRequest) => Promise<Answer>) => RequestHandler;

function routeSystem(router: Router, services: Services, on: On): void {
  router.route('/')
    .post(on('transaction', ({ caller, bundleBytes, base, isOver, prefer }) => processBundle(services, caller, bundleBytes, { base, isOver, preference: parsePrefer(prefer, { returns: 'minimal' }) })))
    .get(notOffered('A search over all resource types is not offered; search one type, as in /fhir/Patient?…'))
    .all(methodNotAllowed('POST'));
  router.post('/_search', notOffered('A search over all resource types is not offered; search one type, as in /fhir/Patient/_search'));
  router.route('/_history')
    .get(on('history-system', ({ caller, query, base }) => history(services, caller, { query, base })))
    .all(methodNotAllowed('GET'));
}

function routeType(router: Router, services: Services, on: On): void {
  router.route('/:type')
    .get(on('search-type', ({ caller, type, query, base, prefer }) => search(services, caller, { type, query, base, handling: parsePrefer(prefer).handling })))
    .post(on('create', (asked) => create(services, asked.caller, { type: asked.type, body: asked.resource, ...ifNoneExist(asked) }, parsePrefer(asked.prefer))))
    .put(on('update', (asked) => update(services, asked.caller, { type: asked.type, query: asked.query, body: asked.resource, conditions: asked.conditions() }, parsePrefer(asked.prefer))))
    .delete(on('delete', ({ caller, type, query, conditions }) => deleteResource(services, caller, { type, query }, conditions())))
    .all(methodNotAllowed('GET', 'POST', 'PUT', 'DELETE'));
  router.route('/:type/_search')
    .post(on('search-type', async ({ caller, type, base, prefer, formQuery }) => search(services, caller, { type, query: await formQuery(), base, handling: parsePrefer(prefer).handling })))
    .all(methodNotAllowed('POST'));
  router.route('/:type/_history')
    .get(on('history-type', ({ caller, type, query, base }) => history(services, caller, { type, query, base })))
    .all(methodNotAllowed('GET'));
  router.route('/:type/$validate')
    .post(on('validate', (asked) => validate(services, asked.caller, { type: asked.type, query: asked.query, body: asked.resource })))
    .all(methodNotAllowed('POST'));
}

function routeInstance(router: Router, services: Services, on: On): void {
  router.route('/:type/:id')
    .get(on('read', ({ caller, type, id, conditions }) => read(services, caller, { type, id }, conditions())))
    .put(on('update', (asked) => update(services, asked.caller, { type: asked.type, id: asked.id, body: asked.resource, conditions: asked.conditions() }, parsePrefer(asked.prefer))))
    .delete(on('delete', ({ caller, type, id, conditions }) => deleteResource(services, caller, { type, id }, conditions())))
    .all(methodNotAllowed('GET', 'PUT', 'DELETE'));
  router.route('/:type/:id/$validate')
    .post(on('validate', (asked) => validate(services, asked.caller, { type: asked.type, id: asked.id, query: asked.query, body: asked.optionalResource })))
    .all(methodNotAllowed('POST'));
  router.route('/:type/:id/_history')
    .get(on('history-instance', ({ caller, type, id, query, base }) => history(services, caller, { type, id, query, base })))
    .all(methodNotAllowed('GET'));
  router.route('/:type/:id/_history/:version')
    .get(on('vread', ({ caller, type, id, version }) => vread(services, caller, { type, id }, version)))
    .all(methodNotAllowed('GET'));
}

function laidOut(answer: Answer): Answer {
  return answer.body === undefined ? answer : { ...answer, body: laidOutJson(answer.body) };
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
