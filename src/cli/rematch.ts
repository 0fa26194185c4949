/** `npm run rematch`: forms all persons anew, as after a change of the model. The gateways may run meanwhile. Ends with 0 when all Patients were looked at. */
import { ConfigError, readConfig } from '../config.ts';
import { isServiceError } from '../errors.ts';
import { EX_CONFIG, EX_USAGE } from '../exit-codes.ts';
import { type RematchJob, rematchNow } from '../identity/index.ts';
import { openServices } from '../open-services.ts';
import { readArguments, UsageError } from './arguments.ts';
import { type Progress, startProgress } from './progress.ts';

const USAGE = `Usage: npm run rematch

Looks at every Patient of the store that BUND_STORE names and forms the persons anew, by the model of profiles/identity and by
what humans decided. Nothing of the Patients is changed; interrupted, it is continued by a gateway, or when it is called again.`;

async function main(): Promise<void> {
  readArguments({});
  const services = await openServices(readConfig(process.env), `rematch-${process.pid}`);
  try {
    const job = await rematchNow(services, showing());
    process.stdout.write(`${job.examined} Patients looked at, ${job.changed} persons changed\n`);
  } finally {
    await services.store.close();
  }
}

function showing(): (job: RematchJob) => void {
  let progress: Progress | undefined;
  let shown = 0;
  return ({ total, examined }) => {
    progress ??= startProgress('Matching Patients', Math.max(total, 1));
    for (; shown < examined; shown++) progress.advance();
    if (examined >= total) progress.done();
  };
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else if (error instanceof ConfigError || isServiceError(error)) console.error(error.message);
  else throw error;
  process.exitCode = error instanceof UsageError ? EX_USAGE : error instanceof ConfigError ? EX_CONFIG : 1;
});
