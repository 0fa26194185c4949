import { traceChange } from '../../audit/index.ts';
import { commitOnce } from '../../commit-once.ts';
import type { Clause } from '../../fhir/search/query.ts';
import type { Services } from '../../services.ts';
import { pagesOf } from '../../store/search-all.ts';
import type { Stored } from '../../store/store.ts';
import { parseRecord } from '../certificates/certificate-record.ts';
import { DECISION_TYPE } from './detected-issue.ts';
import { EXCHANGE } from './exchange.ts';
import { ANY_DECISION } from './find-decisions.ts';
import { recalledNotice } from './notices.ts';
import { readDecision } from './read-decision.ts';

/** Decisions that one notice lists; all are found by `DetectedIssue?recognition-certificate=`. */
const MOST_LISTED = 1_000;

/**
 * Tells each institution that recognised anything by a certificate which of its decisions were taken since the instant of the
 * recall. One notice for an institution and a recall, however often this is done.
 *
 * @param stored the recalled certificate
 */
export async function tellOfRecall(services: Services, stored: Stored): Promise<void> {
  const from = parseRecord(stored.body).recalled?.from;
  if (from === undefined) return;
  const now = services.clock().toISOString();
  for (const [organization, since] of await acceptedBy(services, stored.id, Date.parse(from))) {
    const notice = recalledNotice(organization, { reference: `VerificationResult/${stored.id}`, version: stored.version }, [...since].sort().slice(0, MOST_LISTED), now);
    // It may have been told already.
    await commitOnce(services, [
      { kind: 'put', resource: notice, expectedVersion: 0 },
      traceChange(services, EXCHANGE, { action: 'create', interaction: 'recognition-recall', outcome: 'success', resources: [`Task/${notice.id}`] }),
    ]);
  }
}

/** Institutions that ever accepted a result by the certificate, with the decisions taken since. */
async function acceptedBy({ store }: Services, certificate: string, fromMs: number): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const where: readonly Clause[] = [ANY_DECISION, { kind: 'reference', param: 'recognition-certificate', anyOf: [{ type: 'VerificationResult', id: certificate }] }];
  for await (const items of pagesOf(store, { type: DECISION_TYPE, where })) {
    for (const record of items.flatMap((item) => readDecision(item) ?? [])) {
      const acceptances = record.steps.filter(({ to }) => to === 'accepted');
      if (acceptances.length === 0) continue;
      const since = found.get(record.order.organization) ?? [];
      found.set(record.order.organization, acceptances.some(({ at }) => Date.parse(at) >= fromMs) ? [...since, record.id] : since);
    }
  }
  return found;
}
