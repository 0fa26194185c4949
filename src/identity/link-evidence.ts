import type { JsonObject } from '../fhir/resource.ts';
import { isList, isObject } from '../fhir/resource.ts';
import type { Evidence } from './partition.ts';

/** Extension of Person.link: why the record is joined, and how sure that is. */
export const IDENTITY_LINK_URL = 'https://bund.example/StructureDefinition/identity-link';

const RULES: readonly Evidence['rule'][] = ['human', 'source', 'resident-id', 'weights'];

/** A score to two digits: more tell nothing, and the same evidence must be the same text. */
export function evidenceExtension({ rule, score }: Evidence): JsonObject {
  return {
    url: IDENTITY_LINK_URL,
    extension: [
      { url: 'grade', valueCode: 'certain' },
      { url: 'rule', valueCode: rule },
      ...(rule === 'human' || rule === 'source' ? [] : [{ url: 'score', valueDecimal: rounded(score) }]),
    ],
  };
}

/** @param extensions of a link */
export function evidenceIn(extensions: readonly JsonObject[]): Evidence | undefined {
  const parts = extensions.find(({ url }) => url === IDENTITY_LINK_URL)?.['extension'];
  if (!isList(parts)) return undefined;
  const part = (name: string): JsonObject | undefined => parts.filter(isObject).find(({ url }) => url === name);
  const rule = RULES.find((known) => known === part('rule')?.['valueCode']);
  const score = part('score')?.['valueDecimal'];
  return rule === undefined ? undefined : { rule, score: typeof score === 'number' ? score : 0 };
}

export function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}
