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

/** Up to this many terms are compared with each other, which is faster than making keys. */
const FEW = 8;

/** Removes from a list, from `start` on, what stands there twice. */
export function dropRepeated(list: object[], start: number): void {
  const added = list.length - start;
  if (added < 2) return;
  if (added > FEW) {
    const distinct = new Map(list.splice(start).map((term) => [JSON.stringify(term), term]));
    for (const term of distinct.values()) list.push(term);
    return;
  }
  for (let i = list.length - 1; i > start; i--) {
    const term = list[i];
    if (list.findIndex((other, at) => at >= start && isSame(other, term)) < i) list.splice(i, 1);
  }
}

function isSame<T extends object>(a: T, b: T | undefined): boolean {
  if (b === undefined) return false;
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
}
