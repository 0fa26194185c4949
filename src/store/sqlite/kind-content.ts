import type { TermKind } from '../../fhir/search/query.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import { Values } from './grouped-values.ts';
import type { Term } from './grouped-values.ts';
import { NO_SPACE } from './names.ts';
import type { Names } from './names.ts';
import { isShared } from './shared-terms.ts';

/** One value that all resources of a kind have, by a group of parameters. */
export interface KindTerm { readonly params: readonly number[]; readonly space: number; readonly value: string }

/** What many resources have in common: their type, the parameters they have values for, and the values that recur. */
export interface KindContent { readonly type: number; readonly params: readonly number[]; readonly terms: readonly KindTerm[] }

/** Parameters whose values are the resource's own tell the kind by their name alone. */
const OWN_VALUES = ['reference', 'string', 'date', 'number', 'quantity'] as const satisfies readonly TermKind[];

/**
 * A text that differs where the content does, made without giving anything a number: resources of a known kind, nearly all, need no
 * more. A value is told from what follows by its length. One content may have several outlines.
 */
export function kindOutline(type: string, terms: IndexTerms): string {
  const parts: (string | number)[] = [type];
  for (const { param, system, code } of terms.token) {
    if (isShared(param, 'token')) parts.push(param, system.length, system, code.length, code);
    else parts.push(param);
  }
  for (const kind of OWN_VALUES) {
    for (const { param } of terms[kind]) parts.push(kind, param);
  }
  for (const { param, value } of terms.uri) {
    if (isShared(param, 'uri')) parts.push('uri', param, value.length, value);
    else parts.push('uri', param);
  }
  return parts.join(' ');
}

/** Only inside a write transaction. */
export function kindContent(names: Names, type: string, terms: IndexTerms): KindContent {
  const params = new Set<number>();
  const shared = new Values<Term>();
  const numberOf = (param: string, kind: TermKind): number => {
    const number = names.internParam(type, param, kind);
    params.add(number);
    return number;
  };
  for (const { param, system, code } of terms.token) {
    const number = numberOf(param, 'token');
    if (isShared(param, 'token')) shared.add(number, [names.intern(system), code]);
  }
  for (const { param } of terms.reference) numberOf(param, 'reference');
  for (const { param, value } of terms.uri) {
    const number = numberOf(param, 'uri');
    if (isShared(param, 'uri')) shared.add(number, [NO_SPACE, value]);
  }
  for (const kind of ['string', 'date', 'number', 'quantity'] as const) for (const { param } of terms[kind]) numberOf(param, kind);
  return { type: names.intern(type), params: [...params], terms: shared.entries.map(({ value: [space, value], params: having }) => ({ params: having, space, value })) };
}
