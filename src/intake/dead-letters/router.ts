import { Router } from 'express';
import { callerOf } from '../../http/authenticate.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { listRequest } from '../../http/list-request.ts';
import type { Services } from '../../services.ts';
import { listDeadLetters } from './list-dead-letters.ts';

/** What was refused, by reason. Its caller authenticates. */
export function deadLettersRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.route('/')
    .get(async (req, res) => {
      const { filters, page, nextLink } = listRequest(services, req, res, ['source']);
      const { groups, next } = await listDeadLetters(services, callerOf(res), { source: filters.get('source') }, page);
      res.json({ deadLetters: groups, next: nextLink(next) });
    })
    .all(methodNotAllowed('GET'));
  return router;
}
