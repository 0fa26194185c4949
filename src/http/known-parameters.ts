import { ServiceError } from '../errors.ts';
import { shown } from '../fhir/search/suggest.ts';
import { FORMAT_NAMES, parseQueryText } from './query-text.ts';
import type { QueryPairs } from './query-text.ts';

/**
 * Refuses what would be passed over: a client that misspells a parameter must not take the answer for what it asked.
 *
 * @param what takes the parameters, at the beginning of a sentence: `A history`
 * @param taken names, as far as a client writes them itself
 * @throws ServiceError 'not-supported' that names the first parameter which is not taken
 */
export function requireKnown(what: string, pairs: QueryPairs, taken: readonly string[]): void {
  const unknown = pairs.find(([name]) => !taken.includes(name));
  if (unknown !== undefined) throw new ServiceError('not-supported', `${what} takes no parameter '${shown(unknown[0])}'; it takes ${taken.join(', ')}`);
}

/** For what takes no parameters but those that say how to answer, and `others`. @param query text after the question mark */
export function requireFormatOnly(what: string, query: string, others: readonly string[] = []): void {
  if (query !== '') requireKnown(what, parseQueryText(query), [...others, ...FORMAT_NAMES]);
}
