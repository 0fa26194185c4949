import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { ServiceError } from '../../errors.ts';
import { callerOf } from '../../http/authenticate.ts';
import { readBody } from '../../http/body.ts';
import { methodNotAllowed } from '../../http/error-handler.ts';
import { listRequest } from '../../http/list-request.ts';
import { requireJsonBody } from '../../http/media-type.ts';
import { pathParameter } from '../../http/path-parameter.ts';
import type { Services } from '../../services.ts';
import { cancelReplay } from './cancel-replay.ts';
import { estimateReplay } from './estimate-replay.ts';
import { orderReplay } from './order-replay.ts';
import { listReplays, readReplay, readReplayPart } from './read-replay.ts';
import type { Replay } from './replay.ts';
import { parseReplayRequest } from './replay-filter.ts';
import type { ReplayFilter } from './replay-filter.ts';

/** A filter with a thousand ids is well below. */
const BODY_BYTES = 200_000;

/** Messages that are processed once more: what it would mean, the order for it, how far it is, and its end. Its caller authenticates. */
export function replaysRouter(services: Services): Router {
  const router = Router({ caseSensitive: true });
  router.route('/')
    .get(async (req, res) => {
      const { page, nextLink } = listRequest(services, req, res, []);
      const { replays, next } = await listReplays(services, callerOf(res), page);
      res.json({ replays: replays.map(shown), next: nextLink(next) });
    })
    .post(order(services))
    .all(methodNotAllowed('GET', 'POST'));
  router.route('/$estimate')
    .post(async (req, res) => { res.json(await estimateReplay(services, callerOf(res), await filterOf(services, req, res))); })
    .all(methodNotAllowed('POST'));
  router.route('/:id')
    .get(async (req, res) => { res.json(shown(await readReplay(services, callerOf(res), pathParameter(req, 'id')))); })
    .all(methodNotAllowed('GET'));
  router.route('/:id/cancel')
    .post(async (req, res) => { res.json(shown(await cancelReplay(services, callerOf(res), pathParameter(req, 'id')))); })
    .all(methodNotAllowed('POST'));
  router.route('/:id/parts/:part')
    .get(async (req, res) => { res.json(await readReplayPart(services, callerOf(res), pathParameter(req, 'id'), partOf(pathParameter(req, 'part')))); })
    .all(methodNotAllowed('GET'));
  return router;
}

function order(services: Services): RequestHandler {
  return async (req, res) => {
    const { replay, estimate } = await orderReplay(services, callerOf(res), await filterOf(services, req, res));
    res.status(202).setHeader('Location', `${req.baseUrl}/${replay.id}`);
    res.json({ ...shown(replay), estimate });
  };
}

async function filterOf(services: Services, req: Request, res: Response): Promise<ReplayFilter> {
  requireJsonBody(req.headers);
  return parseReplayRequest(await readBody(services, req, res, BODY_BYTES));
}

/** Without what only its workers need to know. */
function shown({ worker: _worker, collectAfter: _collectAfter, part: _part, ...replay }: Replay): object {
  return replay;
}

function partOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new ServiceError('malformed', 'A part of a replay is a number from 0 up');
  return Number(text);
}
