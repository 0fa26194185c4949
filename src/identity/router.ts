import { Router } from 'express';
import { authenticate, callerOf } from '../http/authenticate.ts';
import { methodNotAllowed } from '../http/error-handler.ts';
import { listRequest } from '../http/list-request.ts';
import type { Services } from '../services.ts';
import { listReviews } from './list-reviews.ts';

/** The review list of doubtful identities. */
export function identityRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.use(authenticate(services));
  router.route('/reviews')
    .get(async (req, res) => {
      const { filters, page, nextLink } = listRequest(services, req, res, ['status']);
      const { reviews, next } = await listReviews(services, callerOf(res), { status: filters.get('status') }, page);
      res.json({ reviews, next: nextLink(next) });
    })
    .all(methodNotAllowed('GET'));
  return router;
}
