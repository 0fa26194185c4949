import cluster from 'node:cluster';
import type { Logger } from 'pino';
import { EX_FAILURE } from './exit-codes.ts';

/** Environment variable that tells a worker its place, 1 to N; a replacement takes the place of the one that ended. */
export const WORKER_SLOT = 'WORKER_SLOT';

const RESTART_AFTER_MS = 1_000;
/** A worker that ends sooner than this did not get ready: the fault is not a passing one. */
const TOO_SOON_MS = 5_000;

/** Ends this process with a fault. Of workers that all meet one, the primary process tells it once. */
export function endWith(fault: string, status: number): void {
  if (cluster.isWorker && process.send !== undefined) {
    process.send(fault, () => process.exit(status));
    return;
  }
  process.stderr.write(`${fault}\n`);
  process.exit(status);
}

/**
 * Runs N gateways on one port and replaces one that ends unasked. Resolves with the exit status once all have ended after
 * SIGTERM or SIGINT, or once workers cannot start at all: that of the first of them, whose fault it tells.
 */
export function superviseWorkers(count: number, log: Logger): Promise<number> {
  let stopping = false;
  let status = 0;
  const stop = (): void => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  };
  let isTold = false;
  const tell = (fault: unknown): void => {
    if (!isTold) process.stderr.write(`${String(fault)}\n`);
    isTold = true;
  };
  const start = (slot: number): void => {
    const startedAt = Date.now();
    const worker = cluster.fork({ [WORKER_SLOT]: String(slot) });
    worker.once('message', tell);
    worker.once('exit', (code: number | null, signal) => {
      if (stopping) return;
      if (!isTold) log.error({ slot, code, signal }, 'a gateway process ended');
      if (isTold || Date.now() - startedAt < TOO_SOON_MS) {
        status = code === null || code === 0 ? EX_FAILURE : code;
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
