import type { TermKind } from '../../fhir/search/query.ts';
import { EARLIEST_MS, LATEST_MS } from '../../fhir/search/terms.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';
import { paramName } from './names.ts';
import type { Names } from './names.ts';
import type { KindTerm } from './kinds.ts';
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
  const paramOf = (param: string, kind: TermKind) => {
    const number = names.intern(paramName(type, param, kind));
    params.add(number);
    return number;
  };
  const values = new GroupedValues();
  for (const { param, system, code } of terms.token) values.addTerm(isShared(param, 'token'), paramOf(param, 'token'), [names.intern(system), code]);
  for (const { param, type: target, id, url } of terms.reference) {
    values.addTerm(false, paramOf(param, 'reference'), url === '' ? [names.intern(target), id] : [NO_SPACE, url]);
  }
  for (const { param, value } of terms.uri) values.addTerm(isShared(param, 'uri'), paramOf(param, 'uri'), [NO_SPACE, value]);
  for (const { param, folded, exact } of terms.string) values.addPhrase(paramOf(param, 'string'), folded, exact);
  for (const { param, start, end } of terms.date) values.addExtent(paramOf(param, 'date'), [start, end, NO_SPACE, '']);
  for (const { param, low, high } of terms.number) values.addExtent(paramOf(param, 'number'), [low, high, NO_SPACE, '']);
  for (const { param, low, high, system, code } of terms.quantity) values.addExtent(paramOf(param, 'quantity'), [low, high, names.intern(system), code]);

  const kind = names.kinds.intern({ type: names.intern(type), params: [...params], terms: values.sharedTerms() });
  const isCoded = params.has(names.find(paramName(type, CODE_PARAM, 'token')));
  return { kind, rows: [...values.rows(names), ...recordRows(names, type, terms, isCoded ? kind : undefined)] };
}

interface Entry<Value> { readonly value: Value; readonly params: number[] }
type Term = readonly [space: number, value: string];
type Phrase = readonly [folded: string, exact: string];
type Extent = readonly [low: number, high: number, space: number, code: string];

/** The values of one resource, each once with all parameters that have it. */
class GroupedValues {
  /** What the resource has by its kind. */
  readonly #shared = new Map<string, Entry<Term>>();
  readonly #terms = new Map<string, Entry<Term>>();
  readonly #phrases = new Map<string, Entry<Phrase>>();
  readonly #extents = new Map<string, Entry<Extent>>();

  addTerm(isOfKind: boolean, param: number, term: Term): void {
    addTo(isOfKind ? this.#shared : this.#terms, `${term[0]} ${term[1]}`, term, param);
  }

  addPhrase(param: number, folded: string, exact: string): void {
    addTo(this.#phrases, `${folded.length} ${folded}${exact}`, [folded, exact], param);
  }

  addExtent(param: number, extent: Extent): void {
    addTo(this.#extents, extent.join(' '), extent, param);
  }

  sharedTerms(): KindTerm[] {
    return Array.from(this.#shared.values(), ({ value: [space, value], params }) => ({ params, space, value }));
  }

  rows(names: Names): IndexRow[] {
    const rows: IndexRow[] = [];
    for (const { value, params } of this.#terms.values()) {
      const p = names.group(params);
      names.addSpace(p, value[0]);
      rows.push({ table: 'term', values: [p, ...value] });
    }
    for (const { value, params } of this.#phrases.values()) rows.push({ table: 'phrase', values: [names.group(params), ...value] });
    for (const { value, params } of this.#extents.values()) {
      const p = names.group(params);
      const [low, high] = value;
      if (low > EARLIEST_MS && high < LATEST_MS) names.widen(p, high - low);
      else rows.push({ table: 'endless', values: [p] });
      rows.push({ table: 'extent', values: [p, ...value] });
    }
    return rows;
  }
}

function addTo<Value>(entries: Map<string, Entry<Value>>, key: string, value: Value, param: number): void {
  const entry = entries.get(key);
  if (entry === undefined) entries.set(key, { value, params: [param] });
  else if (!entry.params.includes(param)) entry.params.push(param);
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
