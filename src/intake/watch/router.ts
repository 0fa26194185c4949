import { Router } from 'express';
import { callerOf } from '../../http/authenticate.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { pathParameter } from '../../http/path-parameter.ts';
import { send } from '../../http/send.ts';
import type { Services } from '../../services.ts';
import { listSources, readSource } from './list-sources.ts';
import { readQuality } from './read-quality.ts';

/** How the sources do: each with its feed, its errors and the quality of its data. Its caller authenticates. */
export function sourcesRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.route('/')
    .get(async (_req, res) => { res.json({ sources: await listSources(services, callerOf(res)) }); })
    .all(methodNotAllowed('GET'));
  router.route('/:id')
    .get(async (req, res) => { res.json(await readSource(services, callerOf(res), pathParameter(req, 'id'))); })
    .all(methodNotAllowed('GET'));
  router.route('/:id/quality')
    .get(async (req, res) => send(res, { status: 200, body: JSON.stringify(await readQuality(services, callerOf(res), pathParameter(req, 'id'))) }))
    .all(methodNotAllowed('GET'));
  return router;
}
