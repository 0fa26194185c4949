import type { Assessment, FailedGate } from './assessment.ts';
import type { CataloguePanel } from './catalogue-item.ts';
import { instantOf } from './district-time.ts';
import type { PriorResult } from './facts.ts';

/** A prior result with what was decided about it. */
export interface AssessedPrior { readonly prior: PriorResult; readonly assessment: Assessment }

/** `why`: the gates that the best result of the item did not pass; empty where nothing of it is known. */
export interface MissingMember { readonly item: string; readonly why: readonly FailedGate[] }

export interface PanelAssessment<T extends AssessedPrior = AssessedPrior> {
  /** Whether all its members are recognised, some, or none; optional ones do not count. */
  readonly coverage: 'complete' | 'partial' | 'none';
  /** Members and optional members with a result that may stand in, in the order of the panel. */
  readonly recognised: readonly { readonly item: string; readonly best: T }[];
  readonly missing: readonly MissingMember[];
}

/**
 * Whether a panel may be taken over. Each member has its own result, which may come from another report, or institution.
 *
 * @param byItem every assessed result of each item
 */
export function assessPanel<T extends AssessedPrior>({ members, optional = [] }: Pick<CataloguePanel, 'members' | 'optional'>, byItem: ReadonlyMap<string, readonly T[]>): PanelAssessment<T> {
  const found = [...members, ...optional].map((item) => ({ item, best: bestOf(byItem.get(item) ?? []) }));
  const recognised = found.flatMap(({ item, best }) => (best?.assessment.verdict === 'recognise' ? [{ item, best }] : []));
  const isMissing = (item: string): boolean => !recognised.some((member) => member.item === item);
  const missing = found.filter(({ item }) => members.includes(item) && isMissing(item)).map(({ item, best }) => ({ item, why: best?.assessment.failed ?? [] }));
  return { coverage: coverageOf(members.length, missing.length), recognised, missing };
}

function coverageOf(members: number, missing: number): PanelAssessment['coverage'] {
  if (members > 0 && missing === 0) return 'complete';
  return missing < members ? 'partial' : 'none';
}

/** The result to be told of an item: one that may stand in before one to be looked at, then the newest; of what is hidden, nothing. */
export function bestOf<T extends AssessedPrior>(candidates: readonly T[]): T | undefined {
  return candidates.filter(({ assessment }) => assessment.verdict !== 'hidden').sort(compare)[0];
}

function compare(a: AssessedPrior, b: AssessedPrior): number {
  const rank = ({ assessment }: AssessedPrior): number => Number(assessment.verdict !== 'recognise');
  const at = ({ assessment }: AssessedPrior): number => instantOf(assessment.anchor?.at) ?? -Infinity;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  // Two results without any time are equally old; their difference would be no number.
  if (at(a) !== at(b)) return at(a) > at(b) ? -1 : 1;
  return a.prior.reference < b.prior.reference ? -1 : Number(a.prior.reference > b.prior.reference);
}
