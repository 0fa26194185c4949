import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Caller } from '../access/index.ts';
import { ServiceError } from '../errors.ts';
import { parseJson } from '../fhir/json.ts';
import { authenticate, callerOf } from '../http/authenticate.ts';
import { readBody } from '../http/body.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
import { bodyAs } from '../http/json-body.ts';
import { listRequest } from '../http/list-request.ts';
import { requireJsonBody } from '../http/media-type.ts';
import { oneOf } from '../http/one-of.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { send } from '../http/send.ts';
import type { Services } from '../services.ts';
import { daySchema, MAPPING_STATUSES, proposalSchema } from './code-mapping.ts';
import type { Decided } from './decide-mapping.ts';
import { approveMapping, approveMappings, rejectMapping, retireMapping } from './decide-mapping.ts';
import { findMapping, listMappings, mappingHistory } from './find-mappings.ts';
import { findJob, listJobs, viewOf } from './list-jobs.ts';
import { listCoverage } from './coverage.ts';
import { exportConceptMap, importConceptMap } from './exchange-concept-map.ts';
import { listUnmapped } from './list-unmapped.ts';
import { proposeMapping } from './propose-mapping.ts';
import { JOB_STATUSES } from './remap-job.ts';
import { suggestMapping } from './suggest-mapping.ts';
import { suggestUnit } from './suggest-unit.ts';
import { reasonSchema } from '../step.ts';

const decisionSchema = z.strictObject({ reason: reasonSchema });
/** As many as one person looks through; a table of a laboratory has some hundreds. */
const MOST_APPROVED = 1_000;
const approvalSchema = z.strictObject({
  mappings: z.array(z.string()).min(1).max(MOST_APPROVED).refine((ids) => new Set(ids).size === ids.length, 'names a mapping twice'),
  reason: reasonSchema,
});
const retirementSchema = z.strictObject({ reason: reasonSchema, lastDay: daySchema.optional() });

/** The mapping workbench: what operators need to keep the mapping tables complete. */
export function terminologyRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.use(authenticate(services));
  router.route('/unmapped').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['source']);
    const { entries, next } = await listUnmapped(services, callerOf(res), { source: filters.get('source') }, page);
    res.json({ unmapped: entries, next: nextLink(next) });
  }).all(methodNotAllowed('GET'));
  router.route('/coverage').get(async (req, res) => {
    const { filters } = listRequest(services, req, res, ['source']);
    res.json({ coverage: await listCoverage(services, callerOf(res), { source: filters.get('source') }) });
  }).all(methodNotAllowed('GET'));
  router.route('/suggestions').get(async (req, res) => {
    const { filters } = listRequest(services, req, res, ['source', 'code', 'unit']);
    const source = required('source', filters.get('source'));
    const unit = filters.get('unit');
    if ((unit === undefined) === (filters.get('code') === undefined)) throw new ServiceError('malformed', 'Suggestions are asked for a code or for a unit, one of them: ?code=… or ?unit=…');
    const suggestions = unit === undefined
      ? await suggestMapping(services, callerOf(res), { source, code: required('code', filters.get('code')) })
      : await suggestUnit(services, callerOf(res), { source, unit: required('unit', unit) });
    res.json({ suggestions });
  }).all(methodNotAllowed('GET'));
  routeConceptMap(services, router);
  routeMappings(services, router);
  routeJobs(services, router);
  return router;
}

function routeConceptMap(services: Services, router: Router): void {
  const sourceOf = (req: Request, res: Response): string => required('source', listRequest(services, req, res, ['source']).filters.get('source'));
  router.route('/ConceptMap').get(async (req, res) => {
    const map = await exportConceptMap(services, callerOf(res), sourceOf(req, res));
    await send(res, { status: 200, body: JSON.stringify(map) });
  }).post(async (req, res) => {
    const source = sourceOf(req, res);
    const { proposed, unchanged } = await importConceptMap(services, callerOf(res), { source, body: await jsonBody(services, req, res, services.config.limits.bundleBytes) });
    res.status(201).json({ proposed, unchanged });
  }).all(methodNotAllowed('GET', 'POST'));
}

function routeMappings(services: Services, router: Router): void {
  router.route('/mappings').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['status', 'source', 'kind', 'local']);
    const filter = { status: oneOf('status', filters.get('status'), MAPPING_STATUSES), source: filters.get('source'), kind: filters.get('kind'), local: filters.get('local') };
    const { mappings, next } = await listMappings(services, callerOf(res), filter, page);
    res.json({ mappings, next: nextLink(next) });
  }).post(async (req, res) => {
    const mapping = await proposeMapping(services, callerOf(res), await bodyAs(services, req, res, proposalSchema));
    res.status(201).location(`${req.baseUrl}/mappings/${mapping.id}`).json({ mapping });
  }).all(methodNotAllowed('GET', 'POST'));
  router.route('/mappings/$approve').post(async (req, res) => {
    const { mappings: ids, reason } = await bodyAs(services, req, res, approvalSchema);
    const decided = await approveMappings(services, callerOf(res), { ids, reason });
    res.json({ approved: decided.map(shown) });
  }).all(methodNotAllowed('POST'));
  router.route('/mappings/:id').get(async (req, res) => {
    res.json({ mapping: await findMapping(services, callerOf(res), pathParameter(req, 'id')) });
  }).all(methodNotAllowed('GET'));
  router.route('/mappings/:id/history').get(async (req, res) => {
    res.json({ versions: await mappingHistory(services, callerOf(res), pathParameter(req, 'id')) });
  }).all(methodNotAllowed('GET'));
  router.route('/mappings/:id/approve').post(decision(services, decisionSchema, approveMapping)).all(methodNotAllowed('POST'));
  router.route('/mappings/:id/reject').post(decision(services, decisionSchema, rejectMapping)).all(methodNotAllowed('POST'));
  router.route('/mappings/:id/retire').post(decision(services, retirementSchema, retireMapping)).all(methodNotAllowed('POST'));
}

function routeJobs(services: Services, router: Router): void {
  router.route('/jobs').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['status', 'source']);
    const { jobs, next } = await listJobs(services, callerOf(res), { status: oneOf('status', filters.get('status'), JOB_STATUSES), source: filters.get('source') }, page);
    res.json({ jobs, next: nextLink(next) });
  }).all(methodNotAllowed('GET'));
  router.route('/jobs/:id').get(async (req, res) => {
    res.json({ job: await findJob(services, callerOf(res), pathParameter(req, 'id')) });
  }).all(methodNotAllowed('GET'));
}

function decision<T>(services: Services, schema: z.ZodType<T>, decide: (services: Services, caller: Caller, asked: T & { readonly id: string }) => Promise<Decided>): RequestHandler {
  return async (req, res) => {
    const asked = await bodyAs(services, req, res, schema);
    res.json(shown(await decide(services, callerOf(res), { ...asked, id: pathParameter(req, 'id') })));
  };
}

function shown({ mapping, job }: Decided): object {
  return { mapping, job: job === undefined ? undefined : viewOf(job) };
}

async function jsonBody(services: Services, req: Request, res: Response, limitBytes: number): Promise<unknown> {
  requireJsonBody(req.headers);
  const bytes = await readBody(services, req, res, limitBytes);
  return parseJson(bytes.toString('utf8'));
}

/** @throws ServiceError 'malformed' */
function required(name: string, sent: string | undefined): string {
  if (sent === undefined || sent === '') throw new ServiceError('malformed', `The request must name a ${name}, as in ?${name}=…`);
  return sent;
}
