import type { Request, Response } from 'express';
import { callerOf } from './authenticate.ts';
import type { Services } from '../services.ts';
import { requireKnown } from './known-parameters.ts';
import { openPage, PAGE_PARAMETER, signPage } from './page-link.ts';
import { pageSizeOf } from './page-size.ts';
import { parseQueryText, queryOf, valueOf, withoutFormat, writeQueryText } from './query-text.ts';

/** What a list for operators is asked for. */
export interface ListRequest {
  /** Value of each filter that was given. */
  readonly filters: ReadonlyMap<string, string>;
  readonly page: { readonly count: number; readonly after: string | undefined };
  /** Address of the page after this one; undefined when the store gave no position. */
  readonly nextLink: (after: string | undefined) => string | undefined;
}

/**
 * Reads the query of a list that is no FHIR search: its filters, `_count`, and `_page` of a link.
 *
 * @param names of the filters that the list has
 * @throws ServiceError 'not-supported' for a parameter that it does not have, 'malformed' for a bad value
 */
export function listRequest(services: Services, req: Request, res: Response, names: readonly string[]): ListRequest {
  const address = req.baseUrl + req.path;
  const { subject } = callerOf(res);
  const asked = withoutFormat(parseQueryText(queryOf(req.url)));
  const token = valueOf(asked, PAGE_PARAMETER);
  const opened = token === undefined ? undefined : openPage(services.keys, subject, address, token);
  const pairs = opened === undefined ? asked : parseQueryText(opened.query);
  requireKnown('The list', pairs, [...names, '_count']);
  const query = writeQueryText(pairs);
  return {
    filters: new Map(pairs.filter(([name]) => name !== '_count')),
    page: { count: pageSizeOf(valueOf(pairs, '_count'), services.config.limits.page), after: opened?.after },
    nextLink: (after) => (after === undefined ? undefined : `${address}?${PAGE_PARAMETER}=${signPage(services.keys, subject, { of: address, query, after })}`),
  };
}
