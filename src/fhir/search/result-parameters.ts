import { parseInclusion } from './parse-inclusion.ts';
import { searchableParameter } from './parse-parameter.ts';
import type { Sort } from './query.ts';
import { SEARCH_LIMITS, SUMMARIES, SearchFault, TOTALS, type Inclusion, type SearchContext, type SearchRequest } from './search-request.ts';

/** The part of a request that says what to answer, not what to look for. */
export type ResultWishes = Omit<SearchRequest, 'type' | 'where' | 'understood'>;

export const NO_WISHES: ResultWishes = {
  sort: [], count: undefined, total: undefined, summary: undefined, elements: [], includes: [], revincludes: [], format: undefined, pretty: undefined,
};

/** What one result parameter adds to the wishes, and its value as it was understood. */
export interface Wish { readonly wishes: Partial<ResultWishes>; readonly value: string }

/** Reads one result parameter; undefined when the name is none. @throws SearchFault */
export function parseWish(asked: { readonly type: string; readonly name: string; readonly value: string }, before: ResultWishes, context: SearchContext): Wish | undefined {
  const { type, name, value } = asked;
  switch (name) {
    case '_sort': return once(name, before.sort.length > 0, () => ({ wishes: { sort: parseSort(type, value, context) }, value }));
    case '_count': return once(name, before.count !== undefined, () => parseCount(value, context));
    case '_total': return once(name, before.total !== undefined, () => ({ wishes: { total: oneOf(name, value, TOTALS) }, value }));
    case '_summary': return once(name, before.summary !== undefined, () => ({ wishes: { summary: oneOf(name, value, SUMMARIES) }, value }));
    case '_elements': return once(name, before.elements.length > 0, () => ({ wishes: { elements: parseElements(value) }, value }));
    case '_format': return once(name, before.format !== undefined, () => ({ wishes: { format: value }, value }));
    case '_pretty': return once(name, before.pretty !== undefined, () => ({ wishes: { pretty: oneOf(name, value, ['true', 'false']) === 'true' }, value }));
    case '_include': case '_include:iterate': return { wishes: { includes: joined(before.includes, parseInclusion(asked, context)) }, value };
    case '_revinclude': case '_revinclude:iterate': return { wishes: { revincludes: joined(before.revincludes, parseInclusion(asked, context)) }, value };
    default: return undefined;
  }
}

function once(name: string, isGiven: boolean, read: () => Wish): Wish {
  if (isGiven) throw new SearchFault('malformed', `The parameter '${name}' is given more than once`);
  return read();
}

function joined(before: readonly Inclusion[], more: readonly Inclusion[]): readonly Inclusion[] {
  return [...before, ...more];
}

function oneOf<T extends string>(name: string, value: string, valid: readonly T[]): T {
  const found = valid.find((candidate) => candidate === value);
  if (found === undefined) throw new SearchFault('malformed', `The value of '${name}' is one of ${valid.join(', ')}`);
  return found;
}

/** A page can be smaller than asked for, never larger than the limit. */
function parseCount(value: string, context: SearchContext): Wish {
  if (!/^\d{1,15}$/.test(value)) throw new SearchFault('malformed', "The value of '_count' is a whole number");
  const count = Math.min(Number(value), context.limits?.count ?? SEARCH_LIMITS.count);
  return { wishes: { count }, value: String(count) };
}

function parseElements(value: string): readonly string[] {
  const names = value.split(',');
  if (!names.every((name) => /^[A-Za-z]\w{0,63}$/.test(name))) throw new SearchFault('malformed', "The value of '_elements' is a list of top-level element names, separated by commas");
  return [...new Set(names)];
}

function parseSort(type: string, value: string, context: SearchContext): readonly Sort[] {
  const keys = value.split(',');
  const limit = context.limits?.sortKeys ?? SEARCH_LIMITS.sortKeys;
  if (keys.length > limit) throw new SearchFault('too-much', `'_sort' names more than ${limit} parameters`);
  return keys.map((key) => {
    const code = key.startsWith('-') ? key.slice(1) : key;
    if (code === '') throw new SearchFault('malformed', "The value of '_sort' is a list of search parameters, each with an optional - in front");
    return { param: code, of: sortedBy(type, code, context), descending: key.startsWith('-') };
  });
}

function sortedBy(type: string, code: string, context: SearchContext): Sort['of'] {
  if (code === '_id') return 'id';
  if (code === '_lastUpdated') return 'lastUpdated';
  return searchableParameter(type, code, context).kind;
}
