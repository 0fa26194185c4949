import { ServiceError } from '../errors.ts';
import { parseSearch } from '../fhir/search/parse.ts';
import type { ParsedSearch, QueryPair, SearchContext } from '../fhir/search/parse.ts';
import type { Clause } from '../fhir/search/query.ts';
import { readingOf } from '../config.ts';
import type { Services } from '../services.ts';
import { refused } from './incoming.ts';
import { parseQueryText } from '../http/query-text.ts';

/** Reads a search with the definitions and limits of this server. */
export function readSearch(services: Services, type: string, pairs: readonly QueryPair[], as: Pick<SearchContext, 'isCondition'> = {}): ParsedSearch {
  const { fhir, clock, config } = services;
  return parseSearch(type, pairs, {
    searchParameters: fhir.searchParameters,
    isResourceType: (name) => fhir.isResourceType(name),
    now: clock().getTime(),
    limits: { count: config.limits.page },
    preferredSystems: fhir.definitions.preferredSystems,
    ...readingOf(config),
    ...as,
  });
}

/**
 * The clauses of a condition, as `If-None-Exist` or a conditional reference states it: search parameters only, at least one.
 * @throws ServiceError 'malformed', 'not-supported'
 */
export function parseCriteria(services: Services, type: string, query: string): readonly Clause[] {
  const { request, faults, unknown } = readSearch(services, type, parseQueryText(query), { isCondition: true });
  const issues = [...faults, ...unknown];
  if (issues.length > 0) throw new ServiceError(faults.length > 0 ? 'malformed' : 'not-supported', 'The condition cannot be read', issues);
  if (request.understood.length !== request.where.length) throw refused('malformed', 'value', 'A condition takes search parameters only, none that say how to answer');
  if (request.where.length === 0) throw refused('malformed', 'required', `A condition on ${type} must name at least one search parameter`);
  return request.where;
}
