import type { Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import { featuresOf, judge } from './matching/index.ts';

/**
 * Whether two Patients of one institution may be one person who got a second number: nothing that they tell speaks against it.
 * A number that is lent, as that of a mother to her newborn, speaks against.
 */
export function mayBeOne({ matching }: Pick<Services, 'matching'>, one: Resource, other: Resource): boolean {
  const { grade, rule } = judge(featuresOf(one), featuresOf(other), matching);
  return grade !== 'not' && rule !== 'lent-card';
}
