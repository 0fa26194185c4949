/** How sure it is that two records are of one person. As in FHIR, but for `not`, which is `certainly-not` there. */
export const GRADES = ['certain', 'probable', 'possible', 'not'] as const;
export type Grade = (typeof GRADES)[number];

/** What two records are compared by. */
export const FIELDS = ['residentId', 'otherId', 'name', 'birthDate', 'sex', 'phone', 'address', 'guardian'] as const;
export type Field = (typeof FIELDS)[number];

/** How one field compares. */
export interface FieldComparison {
  readonly field: Field;
  /** `missing`: at least one record does not tell. Which levels there are between is the affair of each field. */
  readonly level: string;
  /** Logarithm to base 2 of how much likelier this is for one person than for two. */
  readonly weight: number;
}

/** What comes of comparing two records. */
export interface Judgement {
  readonly grade: Grade;
  /**
   * `resident-id`: the same valid number, and the same name. `lent-card`: the same number under another name, or with another
   * birth date, for a human.
   * `weights`: the fields taken together. `contradiction`: something that no two records of one person have.
   */
  readonly rule: 'resident-id' | 'lent-card' | 'weights' | 'contradiction';
  /** Sum of the weights and of the prior. */
  readonly score: number;
  /** Every field, in the order of `FIELDS`. */
  readonly fields: readonly FieldComparison[];
}
