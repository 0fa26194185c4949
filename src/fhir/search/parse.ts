import type { Issue } from '../outcome.ts';
import { alternativesOf, parseClause } from './parse-clause.ts';
import type { Clause } from './query.ts';
import { NO_WISHES, parseWish, type ResultWishes } from './result-parameters.ts';
import { SEARCH_LIMITS, SearchFault, type ParsedSearch, type QueryPair, type SearchContext, type SearchLimits } from './search-request.ts';

export type { Inclusion, ParsedSearch, QueryPair, SearchContext, SearchLimits, SearchRequest, Summary, Total } from './search-request.ts';
export { RESULT_PARAMETERS, SEARCH_LIMITS } from './search-request.ts';

/**
 * Reads a search. Repeated parameters are joined by AND, values separated by commas by OR. Nothing is passed over: what
 * is not understood is listed, and never throws.
 *
 * @param type the searched resource type, one that exists
 * @param pairs names and values, percent-decoded, in the order they came, from the URL and the body of `_search` alike
 * @see https://hl7.org/fhir/R4/search.html
 */
export function parseSearch(type: string, pairs: readonly QueryPair[], context: SearchContext): ParsedSearch {
  const limits = { ...SEARCH_LIMITS, ...context.limits };
  const draft: Draft = { wishes: NO_WISHES, where: [], understood: [], faults: [], unknown: [] };
  if (pairs.length > limits.parameters) draft.faults.push(new SearchFault('too-much', `The search has more than ${limits.parameters} parameters`).issue);
  for (const pair of withoutRepetitions(pairs.slice(0, limits.parameters))) readPair(type, pair, draft, { ...context, limits });
  const { wishes, where, understood, faults, unknown } = draft;
  return { request: { type, where, understood, ...wishes }, faults, unknown };
}

interface Draft {
  wishes: ResultWishes;
  readonly where: Clause[];
  readonly understood: QueryPair[];
  readonly faults: Issue[];
  readonly unknown: Issue[];
}

function readPair(type: string, [name, value]: QueryPair, draft: Draft, context: SearchContext & { readonly limits: SearchLimits }): void {
  try {
    const alternatives = alternativesOf(name, value, context.limits);
    const wish = parseWish({ type, name, value }, draft.wishes, context);
    if (wish === undefined) draft.where.push(parseClause({ type, name, alternatives, steps: 0, branches: 1 }, context));
    else draft.wishes = { ...draft.wishes, ...wish.wishes };
    draft.understood.push([name, wish?.value ?? alternatives.join(',')]);
  } catch (error) {
    if (!(error instanceof SearchFault)) throw error;
    (error.isUnknown ? draft.unknown : draft.faults).push(error.issue);
  }
}

function withoutRepetitions(pairs: readonly QueryPair[]): readonly QueryPair[] {
  return [...new Map(pairs.map((pair) => [`${pair[0]}=${pair[1]}`, pair])).values()];
}
