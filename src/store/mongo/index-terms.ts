import type { TermKind } from '../../fhir/search/query.ts';
import type { IndexTerms } from '../../fhir/search/terms.ts';

/** A range that a date, number or quantity covers. `system` and `code` only for a quantity. */
export interface RangeEntry { readonly param: string; readonly low: number; readonly high: number; readonly system?: string; readonly code?: string }

/**
 * Index terms as multikey indexes like them: texts of the form `param SEP value`, ranges as small documents. A kind without
 * terms is absent, so that its partial index has no entry for the resource.
 */
export interface IndexedTerms {
  token?: string[]; // param, code, system
  string?: string[]; // param, folded
  exact?: string[]; // param, exact
  reference?: string[]; // param, id, type; or param, '', '', url
  uri?: string[]; // param, value
  date?: RangeEntry[];
  number?: RangeEntry[];
  quantity?: RangeEntry[];
}

export interface IndexedFields {
  readonly terms: IndexedTerms;
  readonly patients: readonly string[];
  /** Patient, param, code, system of each token: a patient's results of one code are one index range. */
  readonly record?: readonly string[];
  readonly clinical?: number;
  /** Sort keys by kind and parameter: the least and the greatest of its terms. */
  readonly least: SortKeys;
  readonly greatest: SortKeys;
}

export type SortKey = string | number;
type SortKeys = Readonly<Record<TermKind, Readonly<Record<string, SortKey>>>>;

const SEPARATOR = '\u0001';

/** One index entry, or the beginning of several. A separator inside a part, which FHIR forbids, is replaced on both sides alike. */
export function entry(...parts: readonly string[]): string {
  return parts.map((part) => (part.includes(SEPARATOR) ? part.replaceAll(SEPARATOR, '\ufffd') : part)).join(SEPARATOR);
}

export function urlEntry(param: string, url: string): string {
  return entry(param, '', '', url);
}

export function indexedFields(terms: IndexTerms): IndexedFields {
  const tokens = terms.token.map((term) => entry(term.param, term.code, term.system));
  const record = terms.patients.flatMap((patient) => tokens.map((token) => recordEntry(patient, token)));
  return {
    terms: {
      ...list('token', tokens),
      ...list('string', terms.string.map((term) => entry(term.param, term.folded))),
      ...list('exact', terms.string.map((term) => entry(term.param, term.exact))),
      ...list('reference', terms.reference.map((term) => (term.id === '' ? urlEntry(term.param, term.url) : entry(term.param, term.id, term.type)))),
      ...list('uri', terms.uri.map((term) => entry(term.param, term.value))),
      ...list('date', terms.date.map(({ param, start, end }) => ({ param, low: start, high: end }))),
      ...list('number', terms.number.map(({ param, low, high }) => ({ param, low, high }))),
      ...list('quantity', terms.quantity.map(({ param, low, high, system, code }) => ({ param, low, high, system, code }))),
    },
    patients: terms.patients,
    ...(record.length === 0 ? {} : { record }),
    ...(terms.clinicalDate === undefined ? {} : { clinical: terms.clinicalDate }),
    least: sortKeys(terms, (a, b) => precedes(a, b)),
    greatest: sortKeys(terms, (a, b) => precedes(b, a)),
  };
}

/** @param token an entry of a token with its code and system */
export function recordEntry(patient: string, token: string): string {
  return patient + SEPARATOR + token;
}

function list<K extends keyof IndexedTerms, T>(kind: K, values: readonly T[]): Partial<Record<K, T[]>> {
  return values.length === 0 ? {} : ({ [kind]: [...new Set(values)] } as Partial<Record<K, T[]>>);
}

/** The first key of each kind and parameter in the given order. */
function sortKeys(terms: IndexTerms, isBefore: (a: SortKey, b: SortKey) => boolean): SortKeys {
  const of = <T extends { readonly param: string }>(list: readonly T[], keyOf: (term: T) => SortKey): Record<string, SortKey> => {
    const keys = new Map<string, SortKey>();
    for (const term of list) {
      const key = keyOf(term);
      const best = keys.get(term.param);
      if (best === undefined || isBefore(key, best)) keys.set(term.param, key);
    }
    return Object.fromEntries(keys);
  };
  return {
    token: of(terms.token, (term) => term.code),
    string: of(terms.string, (term) => term.folded),
    reference: of(terms.reference, (term) => (term.id === '' ? term.url : term.id)),
    uri: of(terms.uri, (term) => term.value),
    date: of(terms.date, (term) => term.start),
    number: of(terms.number, (term) => term.low),
    quantity: of(terms.quantity, (term) => term.low),
  };
}

/** Text by code point, as the database orders it; JavaScript's `<` compares UTF-16 units. */
function precedes(a: SortKey, b: SortKey): boolean {
  return typeof a === 'string' && typeof b === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 : a < b;
}
