import { splitUnescaped } from './escape.ts';
import { parseChain, parseHas } from './parse-chain.ts';
import { parseParameter, type Asked } from './parse-parameter.ts';
import type { Clause } from './query.ts';
import { SearchFault, type SearchContext, type SearchLimits } from './search-request.ts';
import { shown } from './suggest.ts';

/** What a name and its values ask the store for: a parameter, a chain or a `_has`. @throws SearchFault */
export function parseClause(asked: Asked, context: SearchContext): Clause {
  if (asked.name.startsWith('_has:')) return parseHas(asked, context, parseClause);
  if (asked.name.includes('.')) return parseChain(asked, context, parseClause);
  return parseParameter(asked, context);
}

/** The alternatives of a value, without repetitions. @throws SearchFault for an empty or overlong value, and for too many */
export function alternativesOf(name: string, value: string, limits: SearchLimits): readonly string[] {
  if (value.length > limits.valueLength) throw new SearchFault('too-much', `The value of '${shown(name)}' is longer than ${limits.valueLength} characters`);
  const alternatives = [...new Set(splitUnescaped(value, ','))];
  if (alternatives.includes('')) throw new SearchFault('malformed', `The search parameter '${shown(name)}' has no value, or an empty one between commas`);
  if (alternatives.length > limits.alternatives) throw new SearchFault('too-much', `The search parameter '${shown(name)}' has more than ${limits.alternatives} values`);
  return alternatives;
}
