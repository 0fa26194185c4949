import { Router } from 'express';
import { authenticate, callerOf } from '../http/authenticate.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
import { listUnmapped } from '../intake/index.ts';
import { listRequest } from '../http/list-request.ts';
import type { Services } from '../services.ts';

/** What operators need to keep the mapping tables complete. */
export function terminologyRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.use(authenticate(services));
  router.route('/unmapped')
    .get(async (req, res) => {
      const { filters, page, nextLink } = listRequest(services, req, res, ['source']);
      const { entries, next } = await listUnmapped(services, callerOf(res), { source: filters.get('source') }, page);
      res.json({ unmapped: entries, next: nextLink(next) });
    })
    .all(methodNotAllowed('GET'));
  return router;
}
