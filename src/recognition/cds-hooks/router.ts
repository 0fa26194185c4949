import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { ServiceError } from '../../errors.ts';
import { parseJson } from '../../fhir/json.ts';
import { authenticate, callerOf } from '../../http/authenticate.ts';
import { baseUrlOf } from '../../http/base-url.ts';
import { readBody } from '../../http/body.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { requireJsonBody } from '../../http/media-type.ts';
import { pathParameter } from '../../http/path-parameter.ts';
import { limitTime } from '../../http/time-limit.ts';
import type { Services } from '../../services.ts';
import { answerHook } from './answer-hook.ts';
import { readHookRequest } from './hook-request.ts';
import { CDS_SERVICES, type CdsService } from './services.ts';
import { takeFeedback } from './take-feedback.ts';
import { verifyClient } from './verify-client.ts';

/** CDS Hooks 2.0, to be mounted at `/cds-services`. @see https://cds-hooks.hl7.org/2.0/ */
export function cdsHooksRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.use(allowBrowsers, limitTime(services.config.limits.reminderMs));
  router.route('/').get((_req, res) => {
    res.json({ services: CDS_SERVICES });
  }).all(methodNotAllowed('GET', 'OPTIONS'));
  const known = authenticate(services, (token, req) => verifyClient(services, token, audiencesOf(services, req)));
  router.route('/:id').post(known, async (req, res) => {
    const service = serviceOf(req);
    const request = readHookRequest(await jsonBody(services, req, res), service);
    res.json(await answerHook(services, callerOf(res), { service, request, base: baseUrlOf(services.config, req) }));
  }).all(methodNotAllowed('POST', 'OPTIONS'));
  router.route('/:id/feedback').post(known, async (req, res) => {
    serviceOf(req);
    await takeFeedback(services, callerOf(res), await jsonBody(services, req, res));
    res.status(200).json({});
  }).all(methodNotAllowed('POST', 'OPTIONS'));
  return router;
}

/** Clients in a browser may call from anywhere: they are known by their token, and no cookie goes with a call. */
const allowBrowsers: RequestHandler = (req, res, next) => {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Expose-Headers', 'X-Request-Id');
  if (req.method !== 'OPTIONS') return next();
  res.setHeader('Access-Control-Allow-Methods', 'GET, POST, OPTIONS');
  res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Accept, X-Request-Id');
  res.setHeader('Access-Control-Max-Age', '600');
  res.status(204).end();
};

/** A token is for the service that it calls; some clients name the service, others its address with the feedback, or the list of all. */
function audiencesOf({ config }: Services, req: Request): readonly string[] {
  const root = `${baseUrlOf(config, req)}/cds-services`;
  const service = `${root}/${pathParameter(req, 'id')}`;
  return [root, service, `${service}/feedback`];
}

/** @throws ServiceError 'not-found' */
function serviceOf(req: Request): CdsService {
  const service = CDS_SERVICES.find(({ id }) => id === pathParameter(req, 'id'));
  if (service === undefined) throw new ServiceError('not-found', `There is no such service; GET ${req.baseUrl} lists them: ${CDS_SERVICES.map(({ id }) => id).join(', ')}`);
  return service;
}

async function jsonBody(services: Services, req: Request, res: Response): Promise<unknown> {
  requireJsonBody(req.headers);
  return parseJson((await readBody(services, req, res, services.config.limits.resourceBytes)).toString('utf8'));
}
