import { Router } from 'express';
import { authenticate } from '../http/authenticate.ts';
import type { Services } from '../services.ts';
import { catalogueRouter } from './catalogue/router.ts';
import { certificatesRouter } from './certificates/router.ts';

/** Mutual recognition: what may be recognised, and who has shown that it may. Each part has a router of its own. */
export function recognitionRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.use(authenticate(services));
  router.use(catalogueRouter(services));
  router.use(certificatesRouter(services));
  return router;
}
