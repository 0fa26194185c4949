/** The store's search as a few lines over arrays: slow, and plainly right. The property tests hold adapters against it. */
import type { Resource } from '../../src/fhir/resource.ts';
import type { Clause, Prefix, RangeMatch, SearchQuery, Sort } from '../../src/fhir/search/query.ts';
import type { IndexTerms } from '../../src/fhir/search/terms.ts';

/** `created` counts creations: the higher, the later. */
export interface ModelEntry { readonly type: string; readonly id: string; readonly created: number; readonly updatedMs: number; readonly terms: IndexTerms; readonly resource: Resource }
export type ModelStore = ReadonlyMap<string, ModelEntry>;

const IN_RANGE: Record<Prefix, (low: number, high: number, asked: RangeMatch) => boolean> = {
  eq: (low, high, asked) => asked.low <= low && high <= asked.high,
  ne: (low, high, asked) => !IN_RANGE.eq(low, high, asked),
  gt: (_low, high, asked) => high > asked.high,
  lt: (low, _high, asked) => low < asked.low,
  ge: (low, high, asked) => IN_RANGE.gt(low, high, asked) || IN_RANGE.eq(low, high, asked),
  le: (low, high, asked) => IN_RANGE.lt(low, high, asked) || IN_RANGE.eq(low, high, asked),
  sa: (low, _high, asked) => low > asked.high,
  eb: (_low, high, asked) => high < asked.low,
  ap: (low, high, asked) => low <= asked.high && high >= asked.low,
};

/** Ids in order of the query, `limit` and `after` left aside. */
export function modelSearch(store: ModelStore, query: Pick<SearchQuery, 'type' | 'where' | 'sort'>): string[] {
  const matches = [...store.values()].filter((entry) => entry.type === query.type && query.where.every((clause) => holds(store, entry, clause)));
  return matches.sort((a, b) => compareBy(query.sort, a, b)).map((entry) => entry.id);
}

function holds(store: ModelStore, entry: ModelEntry, clause: Clause): boolean {
  const { terms } = entry;
  switch (clause.kind) {
    case 'token': return (clause.negate ?? false) !== terms.token.some((term) => term.param === clause.param && clause.anyOf.some((match) => (match.system ?? term.system) === term.system && (match.code ?? term.code) === term.code));
    case 'string': return terms.string.some((term) => term.param === clause.param && clause.anyOf.some((text) => (clause.match === 'exact' ? term.exact === text : clause.match === 'starts' ? term.folded.startsWith(text) : term.folded.includes(text))));
    case 'reference': return (clause.negate ?? false) !== terms.reference.some((term) => term.param === clause.param && clause.anyOf.some((match) => ('url' in match ? term.url !== '' && term.url === match.url : term.url === '' && term.id === match.id && (match.type ?? term.type) === term.type)));
    case 'date': return clause.anyOf.some((match) => (clause.param === '_lastUpdated' ? IN_RANGE[match.prefix](entry.updatedMs, entry.updatedMs, match) : terms.date.some((term) => term.param === clause.param && IN_RANGE[match.prefix](term.start, term.end, match))));
    case 'number': return terms.number.some((term) => term.param === clause.param && clause.anyOf.some((match) => IN_RANGE[match.prefix](term.low, term.high, match)));
    case 'quantity': return terms.quantity.some((term) => term.param === clause.param && clause.anyOf.some((match) => (match.system ?? term.system) === term.system && (match.code ?? term.code) === term.code && IN_RANGE[match.prefix](term.low, term.high, match)));
    case 'uri': return (clause.negate ?? false) !== terms.uri.some((term) => term.param === clause.param && clause.anyOf.some((text) => uriMatches(clause.match, term.value, text)));
    case 'missing': return clause.isMissing !== terms[clause.of].some((term) => term.param === clause.param);
    case 'id': return (clause.negate ?? false) !== clause.anyOf.includes(entry.id);
    case 'chain': return terms.reference.some((term) => term.param === clause.param && term.type === clause.type && matchesOther(store, `${term.type}/${term.id}`, clause.where));
    case 'has': return [...store.values()].some((other) => other.type === clause.type && other.terms.reference.some((term) => term.param === clause.param && term.type === entry.type && term.id === entry.id) && clause.where.every((inner) => holds(store, other, inner)));
    case 'or': return clause.clauses.some((inner) => holds(store, entry, inner));
  }
}

function matchesOther(store: ModelStore, key: string, where: readonly Clause[]): boolean {
  const other = store.get(key);
  return other !== undefined && where.every((clause) => holds(store, other, clause));
}

function uriMatches(match: 'exact' | 'below' | 'above', indexed: string, asked: string): boolean {
  if (indexed === asked) return true;
  const under = (lower: string, upper: string) => lower.startsWith(upper.endsWith('/') ? upper : `${upper}/`);
  return match === 'below' ? under(indexed, asked) : match === 'above' && under(asked, indexed);
}

function compareBy(sort: readonly Sort[], a: ModelEntry, b: ModelEntry): number {
  for (const key of sort) {
    const x = keyOf(key, a);
    const y = keyOf(key, b);
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? 1 : -1;
    return compareValues(x, y) * (key.descending ? -1 : 1);
  }
  return b.created - a.created;
}

function keyOf({ param, of, descending }: Sort, entry: ModelEntry): string | number | undefined {
  if (of === 'id') return entry.id;
  if (of === 'lastUpdated') return entry.updatedMs;
  const keys = keysOf(entry.terms, of, param).sort(compareValues);
  return descending ? keys.at(-1) : keys[0];
}

function keysOf(terms: IndexTerms, of: Exclude<Sort['of'], 'id' | 'lastUpdated'>, param: string): (string | number)[] {
  const named = <T extends { readonly param: string }>(list: readonly T[], key: (term: T) => string | number) => list.filter((term) => term.param === param).map(key);
  switch (of) {
    case 'date': return named(terms.date, (term) => term.start);
    case 'number': return named(terms.number, (term) => term.low);
    case 'quantity': return named(terms.quantity, (term) => term.low);
    case 'string': return named(terms.string, (term) => term.folded);
    case 'token': return named(terms.token, (term) => term.code);
    case 'uri': return named(terms.uri, (term) => term.value);
    case 'reference': return named(terms.reference, (term) => (term.url === '' ? term.id : term.url));
  }
}

/** By code point, as UTF-8 bytes sort; JavaScript's own order of strings is by UTF-16 unit. */
function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
