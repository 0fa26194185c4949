import type { SearchQuery } from '../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Store, Stored } from './store.ts';

/** What is asked of all pages, in the order of creation. `limit`: resources that are read at once. */
export type WholeQuery = Pick<SearchQuery, 'type' | 'where'> & { readonly limit?: number };

/** Every page of a search, or those from a position on; the next one is read when it is asked for. */
export async function* pagesOf(store: Pick<Store, 'search'>, { type, where, limit = MAX_PAGE_SIZE }: WholeQuery, from?: string): AsyncGenerator<readonly Stored[]> {
  let after = from;
  do {
    const page = await store.search({ type, where, sort: [], limit, ...(after === undefined ? {} : { after }) });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}

/** Everything that matches, whatever its number: for what is known to be little. */
export async function searchAll(store: Pick<Store, 'search'>, query: WholeQuery): Promise<readonly Stored[]> {
  const { type, where, limit = MAX_PAGE_SIZE } = query;
  const first = await store.search({ type, where, sort: [], limit });
  // Most often that is all, and asked for with each request.
  if (first.next === undefined) return first.items;
  const found = [...first.items];
  for await (const items of pagesOf(store, query, first.next)) found.push(...items);
  return found;
}
