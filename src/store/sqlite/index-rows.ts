import type { TermKind } from '../../fhir/search/query.ts';
import { EARLIEST_MS, LATEST_MS } from '../../fhir/search/terms.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import { paramName } from './names.ts';
import type { Names } from './names.ts';
import { CODE_PARAM, recordDate, recordEntries } from './patient-index.ts';
import type { SqlValue } from './sql.ts';

/** The tables of the index, each with its columns but for `rid`. */
export const INDEX_TABLES = {
  term: ['p', 'space', 'value'],
  phrase: ['p', 'folded', 'exact'],
  extent: ['p', 'low', 'high', 'space', 'code'],
  endless: ['p'],
  record: ['patient', 'p', 'space', 'value', 'date', 'via'],
} as const;
export type IndexTable = keyof typeof INDEX_TABLES;

export interface IndexRow { readonly table: IndexTable; readonly values: readonly SqlValue[] }
/** What the index holds of one resource. */
export interface IndexRows { readonly rows: readonly IndexRow[]; /** Column `params` of table `live`. */ readonly params: string }

/** The space of what has none: urls, uris, dates, numbers. Numbers of names start at 1. */
export const NO_SPACE = 0;

/** The rows by which a resource is found. Only inside a write transaction, since it may name what had no number yet. */
export function indexRows(names: Names, type: string, terms: IndexTerms): IndexRows {
  const rows: IndexRow[] = [];
  const params = new Set<number>();
  const add = (table: IndexTable, ...values: SqlValue[]) => void rows.push({ table, values });
  const numberOf = (param: string, kind: TermKind) => {
    const p = names.intern(paramName(type, param, kind));
    params.add(p);
    return p;
  };
  const addTerm = (p: number, space: number, value: string) => {
    names.addSpace(p, space);
    add('term', p, space, value);
  };
  const entries = recordEntries(terms).map(({ patient, via }) => ({ patient: names.intern(patient), via }));
  const date = entries.length === 0 ? 0 : recordDate(type, terms);
  const addRecord = (p: number, space: number, value: string) => {
    for (const { patient, via } of entries) add('record', patient, p, space, value, date, via);
  };
  const addExtent = (p: number, [low, high]: readonly [number, number], space: number = NO_SPACE, code = '') => {
    if (low > EARLIEST_MS && high < LATEST_MS) names.widen(p, high - low);
    else add('endless', p);
    add('extent', p, low, high, space, code);
  };

  if (entries.length > 0) addRecord(names.intern(type), NO_SPACE, '');
  for (const { param, system, code } of terms.token) {
    const p = numberOf(param, 'token');
    const space = names.intern(system);
    addTerm(p, space, code);
    if (param === CODE_PARAM) addRecord(p, space, code);
  }
  for (const { param, type: target, id, url } of terms.reference) {
    const p = numberOf(param, 'reference');
    if (url === '') addTerm(p, names.intern(target), id);
    else addTerm(p, NO_SPACE, url);
  }
  for (const { param, value } of terms.uri) addTerm(numberOf(param, 'uri'), NO_SPACE, value);
  for (const { param, folded, exact } of terms.string) add('phrase', numberOf(param, 'string'), folded, exact);
  for (const { param, start, end } of terms.date) addExtent(numberOf(param, 'date'), [start, end]);
  for (const { param, low, high } of terms.number) addExtent(numberOf(param, 'number'), [low, high]);
  for (const { param, low, high, system, code } of terms.quantity) addExtent(numberOf(param, 'quantity'), [low, high], names.intern(system), code);
  return { rows, params: `,${[...params].join(',')},` };
}
