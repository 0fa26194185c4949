import type { JsonValue } from '../resource.ts';
import type { DateTerm, NumberTerm, QuantityTerm, ReferenceTerm, StringTerm, TokenTerm, UriTerm } from './terms.ts';

/** The terms of one resource while they are collected. */
export interface TermLists {
  readonly token: TokenTerm[];
  readonly string: StringTerm[];
  readonly reference: ReferenceTerm[];
  readonly date: DateTerm[];
  readonly number: NumberTerm[];
  readonly quantity: QuantityTerm[];
  readonly uri: UriTerm[];
}

export function emptyTermLists(): TermLists {
  return { token: [], string: [], reference: [], date: [], number: [], quantity: [], uri: [] };
}

/** Removes from the end of a list, from `start` on, what stands there twice. */
export function dropRepeated(list: object[], start: number): void {
  if (list.length - start < 2) return;
  const seen = new Set<string>();
  let end = start;
  for (const term of list.slice(start)) {
    const key = JSON.stringify(term);
    if (seen.has(key)) continue;
    seen.add(key);
    list[end] = term;
    end++;
  }
  list.length = end;
}

/** A text, or '' for what is none: how terms say that an element has no system or code. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
