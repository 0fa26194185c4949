import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { callerOf } from '../../http/authenticate.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { bodyAs } from '../../http/json-body.ts';
import { listRequest } from '../../http/list-request.ts';
import { oneOf } from '../../http/one-of.ts';
import { pathParameter } from '../../http/path-parameter.ts';
import type { Services } from '../../services.ts';
import { answerDecision, reverseDecision } from './answer-decision.ts';
import type { DecisionRecord } from './decision-record.ts';
import { DECISION_STATES, RETEST_REASONS } from './decision-record.ts';
import { listDecisions, openDecision } from './find-decisions.ts';
import { acknowledgeNotice, listNotices } from './list-notices.ts';
import { noteLine } from './note-line.ts';

const words = z.string().trim().max(1_000, 'must have 1000 characters or less');
const at = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-03-01T08:00:00+08:00' }).optional();
const acceptSchema = z.strictObject({ at });
const declineSchema = z.strictObject({
  reason: z.enum(RETEST_REASONS, 'must be one of the six lawful reasons, 1 to 6').optional(), text: words.optional(), isPatientInformed: z.boolean().optional(), at,
});
const reverseSchema = z.strictObject({ reason: words, at });

/** Decisions of physicians, the reasons that they choose from, and the notices of what was re-opened. */
export function decisionsRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.route('/retest-reasons').get((_req, res) => { res.json({ reasons: services.recognition.reasons }); }).all(methodNotAllowed('GET'));
  routeDecisions(services, router);
  routeNotices(services, router);
  return router;
}

function routeDecisions(services: Services, router: Router): void {
  router.route('/decisions').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['patient', 'order', 'state', 'item']);
    const filter = { patient: filters.get('patient'), order: filters.get('order'), item: filters.get('item'), state: oneOf('state', filters.get('state'), DECISION_STATES) };
    const { decisions, next } = await listDecisions(services, callerOf(res), filter, page);
    res.json({ decisions: decisions.map(viewOf), next: nextLink(next) });
  }).all(methodNotAllowed('GET'));
  router.route('/decisions/:id').get(async (req, res) => {
    listRequest(services, req, res, []);
    res.json({ decision: viewOf(await openDecision(services, callerOf(res), pathParameter(req, 'id'))) });
  }).all(methodNotAllowed('GET'));
  const route = (step: string, answer: RequestHandler): void => { router.route(`/decisions/:id/${step}`).post(answer).all(methodNotAllowed('POST')); };
  route('accept', answering(services, acceptSchema, (req, res, said) => answerDecision(services, callerOf(res), { ...said, decision: pathParameter(req, 'id'), outcome: 'accepted' })));
  route('decline', answering(services, declineSchema, (req, res, said) => answerDecision(services, callerOf(res), { ...said, decision: pathParameter(req, 'id'), outcome: 'declined' })));
  route('reverse', answering(services, reverseSchema, (req, res, said) => reverseDecision(services, callerOf(res), { ...said, decision: pathParameter(req, 'id') })));
}

function routeNotices(services: Services, router: Router): void {
  router.route('/notices').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['status']);
    const { notices, next } = await listNotices(services, callerOf(res), oneOf('status', filters.get('status'), ['requested', 'completed']), page);
    res.json({ notices, next: nextLink(next) });
  }).all(methodNotAllowed('GET'));
  router.route('/notices/:id/acknowledge').post(async (req, res) => {
    res.json({ notice: await acknowledgeNotice(services, callerOf(res), pathParameter(req, 'id')) });
  }).all(methodNotAllowed('POST'));
}

/** A decision with the line for the medical record. */
function viewOf(record: DecisionRecord): object {
  return { ...record, note: noteLine(record) };
}

function answering<T>(services: Services, schema: z.ZodType<T>, answer: (req: Request, res: Response, said: T) => Promise<DecisionRecord>): RequestHandler {
  return async (req, res) => {
    res.json({ decision: viewOf(await answer(req, res, await bodyAs(services, req, res, schema))) });
  };
}
