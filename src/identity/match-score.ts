import type { Judgement } from './matching/index.ts';

/** @see http://hl7.org/fhir/R4/extension-match-grade.html */
export const MATCH_GRADE_URL = 'http://hl7.org/fhir/StructureDefinition/match-grade';

/** The score, a logarithm to base 2 of the odds, as a probability. A number and a name that agree leave no doubt. */
export function probabilityOf({ rule, score }: Pick<Judgement, 'rule' | 'score'>): number {
  return rule === 'resident-id' ? 1 : Math.round(1e4 / (1 + 2 ** -score)) / 1e4;
}
