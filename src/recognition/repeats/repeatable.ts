import type { Gathered } from '../candidates/gather-priors.ts';
import { assessResult } from '../rules/assess-result.ts';
import type { CatalogueRow, Scope } from '../rules/catalogue-item.ts';
import type { Certificate } from '../rules/certificate.ts';
import { instantOf } from '../rules/district-time.ts';
import type { PriorResult } from '../rules/facts.ts';

/** What the district's tables say about the item. */
export interface Against {
  readonly row: CatalogueRow | undefined;
  readonly certificatesOf: (organization: string) => readonly Certificate[];
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly offsetMinutes: number;
}

/** When a test was done, epoch ms: a physician who ordered it knew no more than what had been reported by then. */
export function doneAt({ collectedAt, effectiveAt, issuedAt }: PriorResult): number | undefined {
  return instantOf(collectedAt) ?? instantOf(effectiveAt) ?? instantOf(issuedAt);
}

/**
 * The newest earlier result that could have been recognised in place of one that was done. By the same rules as at order entry,
 * at the moment at which the test was done; circumstances that nobody recorded are taken for none. Pure.
 *
 * @param all results of the same person and item, that one included
 */
export function repeatable(done: Gathered, all: readonly Gathered[], against: Against): Gathered | undefined {
  const at = doneAt(done.prior);
  const { performer, item, specimen, bodySite, laterality, contrast, method } = done.prior;
  if (at === undefined || performer === undefined) return undefined;
  const order = { item, orderedBy: performer, specimen, bodySite, laterality, contrast, method, circumstances: [] };
  const earlier = all.filter(({ prior }) => prior.reference !== done.prior.reference && !isSameReport(prior, done.prior) && (doneAt(prior) ?? at) < at);
  return earlier.sort((a, b) => (doneAt(b.prior) ?? 0) - (doneAt(a.prior) ?? 0)).find(({ prior, consent }) => {
    const certificates = prior.performer === undefined ? [] : against.certificatesOf(prior.performer.organization);
    const { row, scopes, offsetMinutes } = against;
    return assessResult({ order, prior, row, certificates, scopes, consent, offsetMinutes }, new Date(at)).verdict === 'recognise';
  });
}

/** Results of one report belong together: a laboratory may measure twice. */
function isSameReport({ report }: PriorResult, other: PriorResult): boolean {
  return report !== undefined && report === other.report;
}
