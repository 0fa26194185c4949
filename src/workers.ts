import cluster from 'node:cluster';
import type { Logger } from 'pino';

/** Environment variable that tells a worker its place, 1 to N; a replacement takes the place of the one that ended. */
export const WORKER_SLOT = 'WORKER_SLOT';

const RESTART_AFTER_MS = 1_000;
/** A worker that ends sooner than this did not get ready: the fault is not a passing one. */
const TOO_SOON_MS = 5_000;

/**
 * Runs N gateways on one port and replaces one that ends unasked. Resolves with the exit status once all have ended after
 * SIGTERM or SIGINT, or once workers cannot start at all.
 */
export function superviseWorkers(count: number, log: Logger): Promise<number> {
  let stopping = false;
  let status = 0;
  const stop = (): void => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  };
  const start = (slot: number): void => {
    const startedAt = Date.now();
    const worker = cluster.fork({ [WORKER_SLOT]: String(slot) });
    worker.once('exit', (code, signal) => {
      if (stopping) return;
      log.error({ slot, code, signal }, 'a gateway process ended');
      if (Date.now() - startedAt < TOO_SOON_MS) {
        status = 1;
        stop();
      } else {
        setTimeout(() => { if (!stopping) start(slot); }, RESTART_AFTER_MS);
      }
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  for (let slot = 1; slot <= count; slot++) start(slot);
  return new Promise((resolve) => {
    cluster.on('exit', () => {
      if (stopping && Object.keys(cluster.workers ?? {}).length === 0) resolve(status);
    });
  });
}
