import type { AssessedOrder, Candidate } from './assess-orders.ts';
import { instantOf } from '../rules/district-time.ts';

const MOST_IN_A_TREND = 5;

/** Earlier values of the same item, the newest first. */
export function trendOf({ items }: Pick<AssessedOrder, 'items'>, item: string, shown: Candidate): readonly Candidate[] {
  const at = ({ assessment }: Candidate): number => instantOf(assessment.anchor?.at) ?? -Infinity;
  const all = items.find((one) => one.item === item)?.candidates ?? [];
  return all.filter((one) => one.shown.value !== undefined && at(one) > -Infinity && at(one) < at(shown)).sort((a, b) => at(b) - at(a)).slice(0, MOST_IN_A_TREND);
}
