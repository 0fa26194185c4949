/**
 * A search as the store understands it: typed, with every parameter resolved against the definitions, every date a range
 * and every string folded. Access limits are clauses like the caller's own, so that they hold in counts, includes and pages alike.
 */

/** Holds when any of its alternatives does. Clauses of a query are joined by AND. */
export type Clause =
  | { readonly kind: 'token'; readonly param: string; readonly anyOf: readonly TokenMatch[]; readonly negate?: boolean }
  | { readonly kind: 'string'; readonly param: string; readonly match: 'starts' | 'contains' | 'exact'; readonly anyOf: readonly string[] }
  | { readonly kind: 'reference'; readonly param: string; readonly anyOf: readonly ReferenceMatch[]; readonly negate?: boolean }
  | { readonly kind: 'date'; readonly param: string; readonly anyOf: readonly RangeMatch[] } // param may be `_lastUpdated`
  | { readonly kind: 'number'; readonly param: string; readonly anyOf: readonly RangeMatch[] }
  | { readonly kind: 'quantity'; readonly param: string; readonly anyOf: readonly QuantityMatch[] }
  /** `below`: the value itself or a longer one that continues it after a `/`; `above`: the value itself or one that it so continues. */
  | { readonly kind: 'uri'; readonly param: string; readonly match: 'exact' | 'below' | 'above'; readonly anyOf: readonly string[]; readonly negate?: boolean }
  | { readonly kind: 'missing'; readonly param: string; readonly of: TermKind; readonly isMissing: boolean }
  | { readonly kind: 'id'; readonly anyOf: readonly string[]; readonly negate?: boolean }
  /** The resource refers, by reference parameter `param`, to a resource of `type` for which every clause of `where` holds. */
  | { readonly kind: 'chain'; readonly param: string; readonly type: string; readonly where: readonly Clause[] }
  /** A resource of `type` that refers here by its reference parameter `param` exists, and every clause of `where` holds for it. */
  | { readonly kind: 'has'; readonly type: string; readonly param: string; readonly where: readonly Clause[] }
  /** At least one of the clauses holds. An empty list never holds. */
  | { readonly kind: 'or'; readonly clauses: readonly Clause[] };

export type TermKind = 'token' | 'string' | 'reference' | 'date' | 'number' | 'quantity' | 'uri';

/** No `system`: any system. `system: ''`: none. No `code`: any code of the system. */
export interface TokenMatch { readonly system?: string; readonly code?: string }
/** Either `id` (of the given `type`, or of any type), or `url`. */
export type ReferenceMatch = { readonly type?: string; readonly id: string } | { readonly url: string };

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';
/**
 * The searched value as the range its precision covers, [low, high], closed, for dates (epoch ms) and numbers alike.
 * `eq`: the indexed range lies within. `ne`: not eq. `gt`: indexed.high > high. `lt`: indexed.low < low. `ge`: gt or eq.
 * `le`: lt or eq. `sa`: indexed.low > high. `eb`: indexed.high < low. `ap`: the ranges overlap or touch (the parser has widened them).
 * @see https://hl7.org/fhir/R4/search.html#prefix
 */
export interface RangeMatch { readonly prefix: Prefix; readonly low: number; readonly high: number }
/** No `system`: any system; no `code`: any unit. */
export interface QuantityMatch extends RangeMatch { readonly system?: string; readonly code?: string }

/**
 * The key of a resource with several terms is the least one when ascending, the greatest when descending. A term's key is its
 * start (date), `low` (number, quantity), `folded` text (string), code (token), value (uri), and logical id or url (reference).
 * Text is ordered by code point.
 */
export interface Sort { readonly param: string; readonly of: TermKind | 'id' | 'lastUpdated'; readonly descending: boolean }

export interface SearchQuery {
  readonly type: string;
  readonly where: readonly Clause[];
  /** Empty: last created first, which no later write can disturb. Equal keys fall back to that order; a resource without the key comes last. */
  readonly sort: readonly Sort[];
  /** 1 to `MAX_PAGE_SIZE`. */
  readonly limit: number;
  /** `next` of the page before, as the store gave it. */
  readonly after?: string;
}

export const MAX_PAGE_SIZE = 1000;
