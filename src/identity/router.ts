import { Router } from 'express';
import { z } from 'zod';
import { authenticate, callerOf } from '../http/authenticate.ts';
import { bodyAs } from '../http/json-body.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
import { listRequest } from '../http/list-request.ts';
import type { Operation } from '../http/operation.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { parseQueryText, withoutFormat } from '../http/query-text.ts';
import type { Services } from '../services.ts';
import { crossReference } from './cross-reference.ts';
import { VERDICTS } from './decision.ts';
import { decidePersons, judgedPair, withdrawDecision } from './decide-persons.ts';
import { decideReview } from './decide-review.ts';
import { listDecisions } from './list-decisions.ts';
import { listRematchJobs } from './list-jobs.ts';
import { listReviews } from './list-reviews.ts';
import { matchPatient } from './match-patient.ts';
import { parseMatchRequest } from './match-request.ts';
import { personHistory } from './person-history.ts';
import { parsePixRequest } from './pix-request.ts';
import { showReview } from './show-review.ts';
import { reasonSchema } from '../step.ts';

const PATIENT = /^(?:Patient\/)?([A-Za-z0-9\-.]{1,64})$/;
const patientSchema = z.string().regex(PATIENT, 'must be the id of a Patient, p1 or Patient/p1').transform((text) => text.replace('Patient/', ''));
const verdictSchema = z.enum(VERDICTS, `must be ${VERDICTS.join(' or ')}`);
const decisionSchema = z.strictObject({ patients: z.tuple([patientSchema, patientSchema]), verdict: verdictSchema, reason: reasonSchema });
const answerSchema = z.strictObject({ verdict: verdictSchema, reason: reasonSchema });
const withdrawalSchema = z.strictObject({ reason: reasonSchema });

/** Who is who, as far as a human has to say: doubts, decisions, and how persons came about. */
export function identityRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.use(authenticate(services));
  routeReviews(services, router);
  routeDecisions(services, router);
  router.route('/persons/:id/history').get(async (req, res) => {
    res.json(await personHistory(services, callerOf(res), pathParameter(req, 'id')));
  }).all(methodNotAllowed('GET'));
  router.route('/jobs').get(async (req, res) => {
    const { page, nextLink } = listRequest(services, req, res, []);
    const { jobs, next } = await listRematchJobs(services, callerOf(res), page);
    res.json({ jobs, next: nextLink(next) });
  }).all(methodNotAllowed('GET'));
  return router;
}

function routeReviews(services: Services, router: Router): void {
  router.route('/reviews').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['status']);
    const { reviews, next } = await listReviews(services, callerOf(res), { status: filters.get('status') }, page);
    res.json({ reviews, next: nextLink(next) });
  }).all(methodNotAllowed('GET'));
  router.route('/reviews/:id').get(async (req, res) => {
    res.json({ review: await showReview(services, callerOf(res), pathParameter(req, 'id')) });
  }).all(methodNotAllowed('GET'));
  router.route('/reviews/:id/decide').post(async (req, res) => {
    const answer = await bodyAs(services, req, res, answerSchema);
    res.json({ decisions: await decideReview(services, callerOf(res), { ...answer, id: pathParameter(req, 'id') }) });
  }).all(methodNotAllowed('POST'));
}

function routeDecisions(services: Services, router: Router): void {
  router.route('/decisions').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['patient']);
    const { decisions, next } = await listDecisions(services, callerOf(res), { patient: filters.get('patient')?.replace('Patient/', '') }, page);
    res.json({ decisions, next: nextLink(next) });
  }).post(async (req, res) => {
    const { patients: [a, b], verdict, reason } = await bodyAs(services, req, res, decisionSchema);
    const [decision] = await decidePersons(services, callerOf(res), { judged: [judgedPair(a, b, verdict)], reason });
    res.status(201).json({ decision });
  }).all(methodNotAllowed('GET', 'POST'));
  router.route('/decisions/:id/withdraw').post(async (req, res) => {
    const { reason } = await bodyAs(services, req, res, withdrawalSchema);
    res.json({ decision: await withdrawDecision(services, callerOf(res), { id: pathParameter(req, 'id'), reason }) });
  }).all(methodNotAllowed('POST'));
}

/** Operations of the FHIR API that ask who is who. */
export function identityOperations(services: Services): readonly Operation[] {
  return [
    {
      type: 'Patient', name: 'match', level: 'type', methods: ['POST'], definition: 'http://hl7.org/fhir/OperationDefinition/Patient-match',
      answer: async (caller, { query, base, body }) => {
        const request = parseMatchRequest(services, await body(), withoutFormat(parseQueryText(query)));
        return { status: 200, resource: await matchPatient(services, caller, request, base) };
      },
    },
    {
      type: 'Patient', name: 'ihe-pix', level: 'type', methods: ['GET', 'POST'], definition: 'https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix',
      answer: async (caller, { query, base, body }) => {
        const request = parsePixRequest(services, await body(), withoutFormat(parseQueryText(query)));
        return { status: 200, resource: await crossReference(services, caller, request, base) };
      },
    },
  ];
}
