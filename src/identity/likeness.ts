import type { Resource } from '../fhir/resource.ts';
import type { Services } from '../services.ts';
import { featuresOf, judge } from './matching/index.ts';

/**
 * Whether two Patients of one institution are one person who got a second number. `probably`: by the weights of identity.
 * `perhaps`: nothing that they tell speaks against it, and nothing for it. A number that is lent, as that of a mother to her
 * newborn, speaks against.
 */
export function likenessOf({ matching }: Pick<Services, 'matching'>, one: Resource, other: Resource): 'probably' | 'perhaps' | 'no' {
  const { grade, rule } = judge(featuresOf(one), featuresOf(other), matching);
  if (grade === 'not' || rule === 'lent-card') return 'no';
  return grade === 'possible' ? 'perhaps' : 'probably';
}
