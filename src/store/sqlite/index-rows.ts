import type { TermKind } from '../../fhir/search/query.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import { GroupedValues } from './grouped-values.ts';
import type { Names } from './names.ts';
import { CODE_PARAM, partOfKind, recordDate, recordEntries } from './patient-index.ts';
import { isShared } from './shared-terms.ts';
import type { SqlValue } from './sql.ts';

/** The tables of the index, each with its columns but for `rid`. */
export const INDEX_TABLES = {
  term: ['p', 'space', 'value'],
  phrase: ['p', 'folded', 'exact'],
  extent: ['p', 'low', 'high', 'space', 'code'],
  endless: ['p'],
  record: ['patient', 'part', 'date', 'via'],
} as const;
export type IndexTable = keyof typeof INDEX_TABLES;

export interface IndexRow { readonly table: IndexTable; readonly values: readonly SqlValue[] }
/** What the index holds of one resource. */
export interface IndexRows { readonly kind: number; readonly rows: readonly IndexRow[] }

/** The space of what has none: urls, uris, dates, numbers. Numbers of names start at 1. */
export const NO_SPACE = 0;

/** The rows by which a resource is found. Only inside a write transaction, since it may name what had no number yet. */
export function indexRows(names: Names, type: string, terms: IndexTerms): IndexRows {
  const params = new Set<number>();
  const paramsOf = (kind: TermKind) => (param: string) => {
    const number = names.internParam(type, param, kind);
    params.add(number);
    return number;
  };
  const values = groupedValues(names, terms, paramsOf);
  const kind = names.kinds.intern({ type: names.intern(type), params: [...params], terms: values.sharedTerms() });
  const isCoded = terms.token.some(({ param }) => param === CODE_PARAM);
  return { kind, rows: [...values.rows(names), ...recordRows(names, type, terms, isCoded ? kind : undefined)] };
}

function groupedValues(names: Names, terms: IndexTerms, paramsOf: (kind: TermKind) => (param: string) => number): GroupedValues {
  const values = new GroupedValues();
  const [token, reference, uri, string, date, number, quantity] = [paramsOf('token'), paramsOf('reference'), paramsOf('uri'), paramsOf('string'), paramsOf('date'), paramsOf('number'), paramsOf('quantity')];
  for (const { param, system, code } of terms.token) {
    if (isShared(param, 'token')) values.addShared(token(param), [names.intern(system), code]);
    else values.addTerm(token(param), [names.intern(system), code]);
  }
  for (const { param, type, id, url } of terms.reference) values.addTerm(reference(param), url === '' ? [names.intern(type), id] : [NO_SPACE, url]);
  for (const { param, value } of terms.uri) {
    if (isShared(param, 'uri')) values.addShared(uri(param), [NO_SPACE, value]);
    else values.addTerm(uri(param), [NO_SPACE, value]);
  }
  for (const { param, folded, exact } of terms.string) values.addPhrase(string(param), [folded, exact]);
  for (const { param, start, end } of terms.date) values.addExtent(date(param), [start, end, NO_SPACE, '']);
  for (const { param, low, high } of terms.number) values.addExtent(number(param), [low, high, NO_SPACE, '']);
  for (const { param, low, high, system, code } of terms.quantity) values.addExtent(quantity(param), [low, high, names.intern(system), code]);
  return values;
}

/** In each patient's record: one row in the part of the type, and one in that of the kind if it has a code. */
function recordRows(names: Names, type: string, terms: IndexTerms, codedKind: number | undefined): IndexRow[] {
  const entries = recordEntries(terms);
  if (entries.length === 0) return [];
  const date = recordDate(type, terms);
  const parts = codedKind === undefined ? [names.intern(type)] : [names.intern(type), partOfKind(codedKind)];
  return entries.flatMap(({ patient, via }) => {
    const number = names.intern(patient);
    return parts.map((part): IndexRow => ({ table: 'record', values: [number, part, date, via] }));
  });
}
