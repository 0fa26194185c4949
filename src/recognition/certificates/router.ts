import { Router } from 'express';
import { z } from 'zod';
import { callerOf } from '../../http/authenticate.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { bodyAs } from '../../http/json-body.ts';
import { listRequest } from '../../http/list-request.ts';
import { oneOf } from '../../http/one-of.ts';
import { pathParameter } from '../../http/path-parameter.ts';
import type { Services } from '../../services.ts';
import { certificateProposalSchema } from './certificate-file.ts';
import { CERTIFICATE_STATUSES } from './certificate-record.ts';
import { listClaims } from './list-claims.ts';
import { listCertificates } from './find-certificates.ts';
import { recallCertificate } from './recall-certificate.ts';
import { approveCertificate, proposeCertificate, rejectCertificate } from './register-certificate.ts';
import { reasonSchema } from '../../step.ts';

const decisionSchema = z.strictObject({ reason: reasonSchema });
const recallSchema = z.strictObject({ reason: reasonSchema, at: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-03-01T08:00:00+08:00' }).optional() });

/** Certificates of quality, registered by two people and recalled by one, and what sources claim without them. */
export function certificatesRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.route('/certificates').get(async (req, res) => {
    const { filters, page, nextLink } = listRequest(services, req, res, ['organization', 'item', 'status']);
    const filter = { organization: filters.get('organization'), item: filters.get('item'), status: oneOf('status', filters.get('status'), CERTIFICATE_STATUSES) };
    const { certificates, next } = await listCertificates(services, callerOf(res), filter, page);
    res.json({ certificates, next: nextLink(next) });
  }).post(async (req, res) => {
    const certificate = await proposeCertificate(services, callerOf(res), await bodyAs(services, req, res, certificateProposalSchema));
    res.status(201).location(`${req.baseUrl}/certificates/${certificate.id}`).json({ certificate });
  }).all(methodNotAllowed('GET', 'POST'));
  router.route('/certificates/:id/approve').post(async (req, res) => {
    const { reason } = await bodyAs(services, req, res, decisionSchema);
    res.json({ certificate: await approveCertificate(services, callerOf(res), { id: pathParameter(req, 'id'), reason }) });
  }).all(methodNotAllowed('POST'));
  router.route('/certificates/:id/reject').post(async (req, res) => {
    const { reason } = await bodyAs(services, req, res, decisionSchema);
    res.json({ certificate: await rejectCertificate(services, callerOf(res), { id: pathParameter(req, 'id'), reason }) });
  }).all(methodNotAllowed('POST'));
  router.route('/certificates/:id/recall').post(async (req, res) => {
    const asked = await bodyAs(services, req, res, recallSchema);
    res.json({ certificate: await recallCertificate(services, callerOf(res), { ...asked, id: pathParameter(req, 'id') }) });
  }).all(methodNotAllowed('POST'));
  router.route('/claims').get(async (req, res) => {
    const { filters } = listRequest(services, req, res, ['source']);
    res.json({ claims: await listClaims(services, callerOf(res), { source: filters.get('source') }) });
  }).all(methodNotAllowed('GET'));
  return router;
}
