import cluster from 'node:cluster';
import { hostname } from 'node:os';
import pino from 'pino';
import { type Config, ConfigError, readConfig } from './config.ts';
import { isServiceError } from './errors.ts';
import { EX_CONFIG } from './exit-codes.ts';
import { serve } from './serve.ts';
import { superviseWorkers, WORKER_SLOT } from './workers.ts';

async function main(): Promise<void> {
  const config = configOrExit();
  if (config.workers > 1 && cluster.isPrimary) {
    process.exit(await superviseWorkers(config.workers, pino({ level: config.logLevel })));
  }
  const gateway = await serve(config, `${hostname()}-${process.env[WORKER_SLOT] ?? '1'}`);
  if (process.env[WORKER_SLOT] === undefined || process.env[WORKER_SLOT] === '1') say(`Bund serves at ${gateway.url}`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    gateway.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One line for what an operator can mend; the whole error for a bug. */
function fail(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const expected = isServiceError(error) || typeof code === 'string';
  process.stderr.write(`Bund could not go on: ${expected && error instanceof Error ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
}

main().catch(fail);
