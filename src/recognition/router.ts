import { Router } from 'express';
import { authenticate } from '../http/authenticate.ts';
import type { Services } from '../services.ts';
import { catalogueRouter } from './catalogue/router.ts';
import { certificatesRouter } from './certificates/router.ts';
import { decisionsRouter } from './decisions/router.ts';
import { figuresRouter } from './figures/router.ts';
import { remindersRouter } from './reminders/router.ts';

/** Mutual recognition: what may be recognised, who has shown that it may, what was decided, and the figures of it. Each part has a router of its own. */
export function recognitionRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  // The systems of hospitals ask by keys of their own, as at order entry.
  router.use('/reminders', remindersRouter(services));
  router.use(authenticate(services));
  router.use(catalogueRouter(services));
  router.use(certificatesRouter(services));
  router.use(decisionsRouter(services));
  router.use(figuresRouter(services));
  return router;
}
