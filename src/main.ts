import cluster from 'node:cluster';
import { hostname } from 'node:os';
import pino from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { isServiceError } from './errors.ts';
import { EX_CONFIG, EX_FAILURE } from './exit-codes.ts';
import { serve } from './serve.ts';
import { endWith, superviseWorkers, WORKER_SLOT } from './workers.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  if (config.workers > 1 && cluster.isPrimary) {
    process.exit(await superviseWorkers(config.workers, pino({ level: config.logLevel })));
  }
  const gateway = await serve(config, `${hostname()}-${process.env[WORKER_SLOT] ?? '1'}`, (process.env[WORKER_SLOT] ?? '1') === '1');
  if (process.env[WORKER_SLOT] === undefined || process.env[WORKER_SLOT] === '1') say(`Bund serves at ${gateway.url}${gateway.mllpPort === undefined ? '' : `, HL7 v2 over MLLP at port ${gateway.mllpPort}`}`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    gateway.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What an operator can mend is told in its own words; a bug with all that is known of it. */
function fail(error: unknown): void {
  if (error instanceof ConfigError) endWith(error.message, EX_CONFIG);
  else if (isServiceError(error)) endWith(error.message, EX_FAILURE);
  else endWith(`Bund could not go on: ${isOfSystem(error) ? error.message : String(error instanceof Error ? error.stack : error)}`, EX_FAILURE);
}

/** Such as a file that cannot be read. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

main().catch(fail);
