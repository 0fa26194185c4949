import { Router } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from './metrics.ts';
import { send } from './send.ts';

/** A store that takes longer than this is not ready to serve. */
const PING_LIMIT_MS = 2_000;

/** `/healthz`: the process is alive. `/readyz`: it can serve, its store answers. `/metrics`: for Prometheus. */
export function healthRouter(store: Store, metrics: Metrics): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => send(res, { status: 200, body: '{"status":"alive"}' }));
  router.get('/readyz', async (_req, res) => {
    await pingInTime(store);
    await send(res, { status: 200, body: '{"status":"ready"}' });
  });
  router.get('/metrics', async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  return router;
}

async function pingInTime(store: Store): Promise<void> {
  const timeUp = new AbortController();
  const late = sleep(PING_LIMIT_MS, undefined, { signal: timeUp.signal }).then(() => {
    throw new ServiceError('unavailable', `The store did not answer within ${PING_LIMIT_MS} ms`);
  });
  // The loser of the race ends by being aborted, which is nobody's error.
  late.catch(() => undefined);
  try {
    await Promise.race([store.ping(), late]);
  } finally {
    timeUp.abort();
  }
}
