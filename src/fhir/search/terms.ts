/**
 * What a resource can be found by. `extractTerms` makes these from a resource, a store adapter keeps them as narrow index
 * rows, and a `Clause` asks for them. `param` is the code of the search parameter within the resource's type.
 *
 * The five underscore parameters `_id`, `_lastUpdated`, `_content`, `_text`, `_list`… are not terms: the store answers
 * `_id` and `_lastUpdated` from its own columns. `_tag`, `_profile`, `_security`, `_source` are terms like any other.
 */
export interface IndexTerms {
  readonly token: readonly TokenTerm[];
  readonly string: readonly StringTerm[];
  readonly reference: readonly ReferenceTerm[];
  readonly date: readonly DateTerm[];
  readonly number: readonly NumberTerm[];
  readonly quantity: readonly QuantityTerm[];
  readonly uri: readonly UriTerm[];
  /** Logical ids of the local patients this resource is about: the type's `patient` parameter, or a Patient's own id. */
  readonly patients: readonly string[];
  /** The moment that orders the resource in a patient's record, epoch ms: the latest start among the terms of `clinicalDateParam(type)`; undefined if it has none. */
  readonly clinicalDate: number | undefined;
}

/** Of a resource that nothing finds but its id. */
export const NO_TERMS: IndexTerms = { token: [], string: [], reference: [], date: [], number: [], quantity: [], uri: [], patients: [], clinicalDate: undefined };

/** `system` is '' where the element has none. `code` is '' for an Identifier or Coding with a system only. */
export interface TokenTerm { readonly param: string; readonly system: string; readonly code: string }
/** `folded` is lower-cased, accents removed, NFKC, white space collapsed; `exact` is as sent. */
export interface StringTerm { readonly param: string; readonly folded: string; readonly exact: string }
/** A relative reference, or an absolute one to this server, has `type` and `id`; any other (absolute, urn, logical) has `url`. */
export interface ReferenceTerm { readonly param: string; readonly type: string; readonly id: string; readonly url: string }
/** The closed range, epoch ms, that a date of its precision covers; open ends of a Period are ±8.64e15. */
export interface DateTerm { readonly param: string; readonly start: number; readonly end: number }
/** Closed range: of a decimal the one point that it is, [6, 6]; of a Range or a comparator all that it allows. The searched value has the precision. */
export interface NumberTerm { readonly param: string; readonly low: number; readonly high: number }
/** As NumberTerm; a Quantity has one term for its coded unit, and one with system '' for its printed unit where that differs. */
export interface QuantityTerm extends NumberTerm { readonly system: string; readonly code: string }
export interface UriTerm { readonly param: string; readonly value: string }

/** Start and end of time for open-ended ranges, the limits of an ECMAScript date. */
export const EARLIEST_MS = -8.64e15;
export const LATEST_MS = 8.64e15;
