import type { Resource } from '../../fhir/resource.ts';
import { createRandom } from '../random.ts';
import { householdAt, type Inhabitant } from './people.ts';
import { RATES, type Rates } from './rates.ts';
import { type Lender, recordsOf } from './records.ts';

/** One record, and which person it is of: what a real registry does not know. */
export interface TrueRecord { readonly person: number; readonly patient: Resource }

/**
 * The records that the institutions of a district keep of so many people, in the order of the households. The same seed
 * gives the same records; nothing is held, so that there may be millions.
 *
 * @param people the last household is kept whole, so there may be a few more
 */
export function* registry({ people, seed, rates = RATES }: { readonly people: number; readonly seed: string; readonly rates?: Rates }): Generator<TrueRecord> {
  const random = createRandom(seed, 'lenders');
  let stranger: Lender | undefined;
  for (let index = 0, first = 0; first < people; index++) {
    const household = householdAt(index, first, seed);
    for (const person of household.members) {
      for (const patient of recordsOf(person, household, { seed, stranger, rates })) yield { person: person.number, patient };
      // Somebody met some time before: the next who shows another's number shows theirs.
      if (random.chance(0.05)) stranger = lenderOf(person) ?? stranger;
    }
    first += household.members.length;
  }
}

function lenderOf({ residentId, birthDate, sex }: Inhabitant): Lender | undefined {
  return residentId === undefined ? undefined : { residentId, birthDate, sex };
}
