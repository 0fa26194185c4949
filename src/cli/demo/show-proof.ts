import { headLines, headsFile, verifyAudit } from '../../audit/index.ts';
import { printAuditReport } from '../audit-report.ts';
import { UnexpectedAnswer } from './client.ts';
import { heading } from './print.ts';
import type { Stage } from './stage.ts';

/** Follows every chain and signature of the trace, as `npm run verify-audit` does. */
export async function showProof({ services }: Stage): Promise<void> {
  const { config, keys, store } = services;
  heading('Proof that nobody changed or removed a trace (npm run verify-audit)');
  const report = await verifyAudit({ store, lines: headLines(headsFile(config.dataDir)), publicKey: keys.audit.publicKey });
  printAuditReport(report);
  if (!report.intact) throw new UnexpectedAnswer('The trace is not intact');
}
