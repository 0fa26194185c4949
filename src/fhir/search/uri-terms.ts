import { plain, type Item } from '../path/compile.ts';
import type { TermLists } from './term-lists.ts';

/** Adds a uri, url or canonical; a canonical is found with and without its version. @see https://hl7.org/fhir/R4/search.html#uri */
export function addUris(item: Item, param: string, into: TermLists): void {
  const value = plain(item);
  if (typeof value !== 'string') return;
  into.uri.push({ param, value });
  const bar = value.indexOf('|');
  if (bar > 0) into.uri.push({ param, value: value.slice(0, bar) });
}
