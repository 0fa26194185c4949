import type { Field } from './judgement.ts';

/**
 * How a field may compare where both records tell, from the surest down. The first of each is agreement, and agreement
 * never speaks against one person (`parseMatchModel` sees to it).
 */
export const LEVELS = {
  // `typo`: one of the two numbers is none, and is one slip away from the other. `unclear`: one is none, and is unlike the other.
  // `other-kind`: a number of the mainland and one of a residence permit.
  residentId: ['same', 'typo', 'unclear', 'other-kind', 'differs'],
  otherId: ['same', 'differs'],
  // `placeholder`: two records of a child without a name, of one mother. `unnamed`: one has no name yet. `scripts`: 汉字 and a name that is not their pinyin.
  name: ['exact', 'former', 'homophone', 'look-alike', 'pinyin', 'swapped', 'nickname', 'one-character', 'typo', 'partial', 'placeholder', 'scripts', 'unnamed', 'family-only', 'other-child', 'differs'],
  birthDate: ['exact', 'lunar', 'swapped', 'digit', 'year-month', 'year', 'differs'],
  sex: ['same', 'differs'],
  phone: ['same', 'landline', 'digit', 'differs'],
  // `building`: the same road and house, rooms that differ or are not told.
  address: ['same', 'building', 'road', 'district', 'differs'],
  guardian: ['same', 'similar', 'differs'],
} as const satisfies Record<Field, readonly string[]>;

export type Levels = typeof LEVELS;
export type LevelOf<F extends Field> = Levels[F][number] | 'missing';
export type NameLevel = Levels['name'][number];
export type BirthLevel = Levels['birthDate'][number];

/** For each field how two records compare. */
export type Comparison = { readonly [F in Field]: LevelOf<F> };

/** The surer of two levels of a field. */
export function surer<L extends string>(order: readonly L[], a: L | undefined, b: L): L {
  return a !== undefined && order.indexOf(a) <= order.indexOf(b) ? a : b;
}
