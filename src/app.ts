import express from 'express';
import type { Express } from 'express';
import { bodyBudgetOf } from './body-budget.ts';
import { errorHandler, unknownRoute } from './http/error-handler.ts';
import { healthRouter } from './http/health.ts';
import { measuredStore } from './http/measured-store.ts';
import { createMetrics } from './http/metrics.ts';
import { assignRequestId } from './http/request-id.ts';
import { logRequests } from './http/request-log.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { limitTime } from './http/time-limit.ts';
import { identityOperations, identityRouter } from './identity/router.ts';
import { figuresOfSources } from './intake/index.ts';
import { intakeRouter } from './intake/router.ts';
import { cdsHooksRouter } from './recognition/cds-hooks/router.ts';
import { figureOperations } from './recognition/figures/router.ts';
import { figuresOfClaims } from './recognition/index.ts';
import { recognitionOperations } from './recognition/operations/router.ts';
import { recognitionRouter } from './recognition/router.ts';
import { fhirRouter } from './rest/router.ts';
import type { Services } from './services.ts';
import { terminologyRouter } from './terminology/router.ts';

/** Builds the gateway's Express app. It opens no port and holds nothing that must be closed. */
export function buildApp(opened: Services): Express {
  const metrics = createMetrics();
  const services = { ...opened, store: measuredStore(opened.store, metrics) };
  const { config, store, log } = services;
  metrics.watchSources(() => figuresOfSources(services));
  metrics.watchClaims(() => figuresOfClaims(services));
  metrics.watchBodyBytes(() => bodyBudgetOf(services).held);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // It would hash every body; resources have their version as ETag.
  app.set('query parser', false);
  app.set('trust proxy', config.trustedProxies);

  app.use(assignRequestId, setSecurityHeaders, logRequests(log, metrics), limitTime(config.limits.requestMs));
  app.use('/fhir', fhirRouter(services, [...identityOperations(services), ...recognitionOperations(services), ...figureOperations(services)]));
  app.use('/intake', intakeRouter(services));
  app.use('/identity', identityRouter(services));
  app.use('/terminology', terminologyRouter(services));
  app.use('/recognition', recognitionRouter(services));
  app.use('/cds-services', cdsHooksRouter(services));
  app.use(healthRouter(store, metrics));
  app.use(unknownRoute);
  app.use(errorHandler(log));
  return app;
}
