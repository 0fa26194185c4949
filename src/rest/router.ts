import { Router } from 'express';
import type { RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import { parseJson } from '../fhir/json.ts';
import { authenticate } from '../http/authenticate.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { processBundle } from './bundle.ts';
import { capabilities } from './capabilities.ts';
import { create } from './create.ts';
import { deleteResource } from './delete.ts';
import { history } from './history.ts';
import { parsePrefer } from './prefer.ts';
import { read } from './read.ts';
import { apiBaseOf, restRequest, sendAnswer } from './rest-request.ts';
import type { RestRequest } from './rest-request.ts';
import { search } from './search.ts';
import { update } from './update.ts';
import { validate } from './validate.ts';
import { vread } from './vread.ts';

/** The FHIR REST API. Each route serves all resource types: its interaction checks the type, so that nothing is mounted 146 times. */
export function fhirRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  /** Asks, answers. Express passes what is thrown to the error handler. */
  const on = (interact: (request: RestRequest) => Promise<Answer>): RequestHandler => async (req, res) => {
    const request = restRequest(services, req, res);
    await sendAnswer(res, laidOut(await interact(request), request.query), request.base);
  };

  router.get('/metadata', (req, res) => sendAnswer(res, capabilities(services, apiBaseOf(services, req)), ''));
  router.use(authenticate(services));
  routeSystem(router, services, on);
  routeType(router, services, on);
  routeInstance(router, services, on);
  return router;
}

type On = (interact: (request: RestRequest) => Promise<Answer>) => RequestHandler;

function routeSystem(router: Router, services: Services, on: On): void {
  router.route('/')
    .post(on(async (asked) => processBundle(services, asked.caller, await asked.bundleBytes(), { base: asked.base, preference: parsePrefer(asked.prefer, { returns: 'minimal' }) })))
    .get(notOffered('A search over all resource types is not offered; search one type, as in /fhir/Patient?…'))
    .all(methodNotAllowed('POST'));
  router.post('/_search', notOffered('A search over all resource types is not offered; search one type, as in /fhir/Patient/_search'));
  router.route('/_history')
    .get(on(({ caller, query, base }) => history(services, caller, { query, base })))
    .all(methodNotAllowed('GET'));
}

function routeType(router: Router, services: Services, on: On): void {
  router.route('/:type')
    .get(on(({ caller, type, query, base, prefer }) => search(services, caller, { type, query, base, handling: parsePrefer(prefer).handling })))
    .post(on(async (asked) => create(services, asked.caller, { type: asked.type, resource: await asked.resource(), ...ifNoneExist(asked) }, parsePrefer(asked.prefer))))
    .put(on(async (asked) => update(services, asked.caller, { type: asked.type, query: asked.query, resource: await asked.resource(), conditions: asked.conditions }, parsePrefer(asked.prefer))))
    .delete(on(({ caller, type, query, conditions }) => deleteResource(services, caller, { type, query }, conditions)))
    .all(methodNotAllowed('GET', 'POST', 'PUT', 'DELETE'));
  router.route('/:type/_search')
    .post(on(async ({ caller, type, base, prefer, formQuery }) => search(services, caller, { type, query: await formQuery(), base, handling: parsePrefer(prefer).handling })))
    .all(methodNotAllowed('POST'));
  router.route('/:type/_history')
    .get(on(({ caller, type, query, base }) => history(services, caller, { type, query, base })))
    .all(methodNotAllowed('GET'));
  router.route('/:type/$validate')
    .post(on(async (asked) => validate(services, asked.caller, { type: asked.type, query: asked.query, body: await asked.resource() })))
    .all(methodNotAllowed('POST'));
}

function routeInstance(router: Router, services: Services, on: On): void {
  router.route('/:type/:id')
    .get(on(({ caller, type, id, conditions }) => read(services, caller, { type, id }, conditions)))
    .put(on(async (asked) => update(services, asked.caller, { type: asked.type, id: asked.id, resource: await asked.resource(), conditions: asked.conditions }, parsePrefer(asked.prefer))))
    .delete(on(({ caller, type, id, conditions }) => deleteResource(services, caller, { type, id }, conditions)))
    .all(methodNotAllowed('GET', 'PUT', 'DELETE'));
  router.route('/:type/:id/$validate')
    .post(on(async (asked) => validate(services, asked.caller, { type: asked.type, id: asked.id, query: asked.query, body: await asked.optionalResource() })))
    .all(methodNotAllowed('POST'));
  router.route('/:type/:id/_history')
    .get(on(({ caller, type, id, query, base }) => history(services, caller, { type, id, query, base })))
    .all(methodNotAllowed('GET'));
  router.route('/:type/:id/_history/:version')
    .get(on(({ caller, type, id, version }) => vread(services, caller, { type, id }, version)))
    .all(methodNotAllowed('GET'));
}

/** For people who look at an answer: `_pretty=true` breaks its lines. */
function laidOut(answer: Answer, query: string): Answer {
  if (answer.body === undefined || !query.includes('_pretty=true')) return answer;
  return { ...answer, body: JSON.stringify(parseJson(answer.body), null, 2) };
}

function notOffered(message: string): RequestHandler {
  return () => {
    throw new ServiceError('not-supported', message);
  };
}

function ifNoneExist({ ifNoneExist: condition }: RestRequest): { ifNoneExist?: string } {
  return condition === undefined ? {} : { ifNoneExist: condition };
}
