/** `npm run verify-audit`: proves offline that nobody changed, removed or inserted an event of the trace. Ends with 0 when it is intact, 1 when not, 2 when that cannot be found out. */
import { access } from 'node:fs/promises';
import { auditKeyFile, readAuditKey } from '../access/index.ts';
import { headLines, headsFile, verifyAudit } from '../audit/index.ts';
import { type Config, ConfigError, readConfig, readingOf } from '../config.ts';
import { isServiceError } from '../errors.ts';
import { EX_CONFIG, EX_USAGE } from '../exit-codes.ts';
import { openFhir, openStore } from '../open-services.ts';
import type { Store } from '../store/store.ts';
import { readArguments, UsageError } from './arguments.ts';
import { printAuditReport } from './audit-report.ts';
import { startProgress } from './progress.ts';

const USAGE = `Usage: npm run verify-audit [-- options]

  --heads FILE  signed heads, such as a copy kept elsewhere (default: audit-heads.jsonl of the data folder)
  --key FILE    PEM of the audit key, public or private (default: keys/audit.pem of the data folder)

It reads the store that BUND_STORE names; the gateway may run meanwhile.`;

const EX_NOT_INTACT = 1;
const EX_NOT_VERIFIED = 2;
/** Shorter traces are verified before a bar could be read. */
const SHOW_PROGRESS_FROM = 20_000;

async function main(): Promise<void> {
  const given = readArguments({ heads: { type: 'string' }, key: { type: 'string' } });
  const config = readConfig(process.env);
  const lines = headLines(given.heads ?? headsFile(config.dataDir));
  const publicKey = await readAuditKey(given.key ?? auditKeyFile(config.dataDir));
  await requireStore(config);
  const store = await openStore(config, await openFhir(readingOf(config)), { writer: 'verify-audit' });
  try {
    const report = await verifyAudit({ store, lines, publicKey }, await progressOf(store));
    printAuditReport(report);
    process.exitCode = report.intact ? 0 : EX_NOT_INTACT;
  } finally {
    await store.close();
  }
}

/** A tool that proves a store must not make one. */
async function requireStore({ store }: Config): Promise<void> {
  if (store.kind !== 'sqlite') return;
  if (store.file === ':memory:') throw new ConfigError('BUND_STORE is sqlite::memory:, which ends with its gateway; there is nothing to verify');
  await access(store.file).catch(() => {
    throw new ConfigError(`There is no store ${store.file}; set BUND_STORE to the one that the gateway uses`);
  });
}

async function progressOf(store: Store): Promise<(checked: number) => void> {
  const total = (await store.chains()).reduce((sum, { seq }) => sum + seq, 0);
  if (total < SHOW_PROGRESS_FROM) return () => undefined;
  const progress = startProgress('Verifying events', total);
  let shown = 0;
  return (checked) => {
    for (; shown < Math.min(checked, total); shown++) progress.advance();
    if (shown === total) progress.done();
  };
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else if (error instanceof ConfigError || isServiceError(error)) console.error(error.message);
  else throw error;
  process.exitCode = error instanceof UsageError ? EX_USAGE : error instanceof ConfigError ? EX_CONFIG : EX_NOT_VERIFIED;
});
