import { Router } from 'express';
import { z } from 'zod';
import { callerOf } from '../../http/authenticate.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { bodyAs } from '../../http/json-body.ts';
import { listRequest } from '../../http/list-request.ts';
import { oneOf } from '../../http/one-of.ts';
import { pathParameter } from '../../http/path-parameter.ts';
import { send } from '../../http/send.ts';
import type { Services } from '../../services.ts';
import { CHANGE_STATUSES, changeProposalSchema } from './catalogue-change.ts';
import { daySchema, SUBJECTS } from './content.ts';
import { approveChange, rejectChange, retireChange } from './decide-change.ts';
import { changeHistory, findChange, listChanges } from './find-changes.ts';
import { proposeChange } from './propose-change.ts';
import { CATALOGUE_KINDS, readCatalogue } from './read-catalogue.ts';
import { reasonSchema } from '../../step.ts';

const decisionSchema = z.strictObject({ reason: reasonSchema });
const retirementSchema = z.strictObject({ reason: reasonSchema, lastDay: daySchema.optional() });

/** The published catalogue, and the workbench in which two people change it. */
export function catalogueRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.route('/catalogue').get(async (req, res) => {
    const { filters } = listRequest(services, req, res, ['day', 'item', 'kind']);
    const asked = { day: filters.get('day'), item: filters.get('item'), kind: oneOf('kind', filters.get('kind'), CATALOGUE_KINDS) };
    await send(res, { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(await readCatalogue(services, callerOf(res), asked)) });
  }).all(methodNotAllowed('GET'));
  router.route('/changes').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['status', 'subject', 'about']);
    const filter = { status: oneOf('status', filters.get('status'), CHANGE_STATUSES), subject: oneOf('subject', filters.get('subject'), SUBJECTS), about: filters.get('about') };
    const { changes, next } = await listChanges(services, callerOf(res), filter, page);
    res.json({ changes, next: nextLink(next) });
  }).post(async (req, res) => {
    const change = await proposeChange(services, callerOf(res), await bodyAs(services, req, res, changeProposalSchema));
    res.status(201).location(`${req.baseUrl}/changes/${change.id}`).json({ change });
  }).all(methodNotAllowed('GET', 'POST'));
  routeChange(services, router);
  return router;
}

function routeChange(services: Services, router: Router): void {
  router.route('/changes/:id').get(async (req, res) => {
    res.json({ change: await findChange(services, callerOf(res), pathParameter(req, 'id')) });
  }).all(methodNotAllowed('GET'));
  router.route('/changes/:id/history').get(async (req, res) => {
    res.json({ versions: await changeHistory(services, callerOf(res), pathParameter(req, 'id')) });
  }).all(methodNotAllowed('GET'));
  router.route('/changes/:id/approve').post(async (req, res) => {
    const { reason } = await bodyAs(services, req, res, decisionSchema);
    res.json({ change: await approveChange(services, callerOf(res), { id: pathParameter(req, 'id'), reason }) });
  }).all(methodNotAllowed('POST'));
  router.route('/changes/:id/reject').post(async (req, res) => {
    const { reason } = await bodyAs(services, req, res, decisionSchema);
    res.json({ change: await rejectChange(services, callerOf(res), { id: pathParameter(req, 'id'), reason }) });
  }).all(methodNotAllowed('POST'));
  router.route('/changes/:id/retire').post(async (req, res) => {
    const asked = await bodyAs(services, req, res, retirementSchema);
    res.json({ change: await retireChange(services, callerOf(res), { ...asked, id: pathParameter(req, 'id') }) });
  }).all(methodNotAllowed('POST'));
}
