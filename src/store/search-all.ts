import type { SearchQuery } from '../fhir/search/query.ts';
import { MAX_PAGE_SIZE } from '../fhir/search/query.ts';
import type { Store, Stored } from './store.ts';

/** What is asked of all pages, in the order of creation. `limit`: resources that are read at once. */
export type WholeQuery = Pick<SearchQuery, 'type' | 'where'> & { readonly limit?: number };

/** Every page of a search, the next one read when it is asked for. */
export async function* pagesOf(store: Pick<Store, 'search'>, { type, where, limit = MAX_PAGE_SIZE }: WholeQuery): AsyncGenerator<readonly Stored[]> {
  let after: string | undefined;
  do {
    const page = await store.search({ type, where, sort: [], limit, ...(after === undefined ? {} : { after }) });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}

/** Everything that matches, whatever its number: for what is known to be little. */
export async function searchAll(store: Pick<Store, 'search'>, query: WholeQuery): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  for await (const items of pagesOf(store, query)) found.push(...items);
  return found;
}
