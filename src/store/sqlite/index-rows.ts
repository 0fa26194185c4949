import type { IndexTerms } from '../../fhir/search/terms.ts';
import { GroupedValues } from './grouped-values.ts';
import { kindContent, kindOutline } from './kind-content.ts';
import { NO_SPACE } from './names.ts';
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

/** The rows by which a resource is found. Only inside a write transaction, since it may name what had no number yet. */
export function indexRows(names: Names, type: string, terms: IndexTerms): IndexRows {
  const kind = names.kinds.intern(kindOutline(type, terms), () => kindContent(names, type, terms));
  const isCoded = terms.token.some(({ param }) => param === CODE_PARAM);
  const rows = ownValues(names, type, terms).rows(names);
  addRecordRows(rows, { names, type, terms, codedKind: isCoded ? kind : undefined });
  return { kind, rows };
}

/** What the resource has by itself, and not by its kind. */
function ownValues(names: Names, type: string, terms: IndexTerms): GroupedValues {
  const values = new GroupedValues();
  for (const { param, system, code } of terms.token) if (!isShared(param, 'token')) values.addTerm(names.internParam(type, param, 'token'), [names.intern(system), code]);
  for (const { param, type: target, id, url } of terms.reference) values.addTerm(names.internParam(type, param, 'reference'), url === '' ? [names.intern(target), id] : [NO_SPACE, url]);
  for (const { param, value } of terms.uri) if (!isShared(param, 'uri')) values.addTerm(names.internParam(type, param, 'uri'), [NO_SPACE, value]);
  for (const { param, folded, exact } of terms.string) values.addPhrase(names.internParam(type, param, 'string'), [folded, exact]);
  for (const { param, start, end } of terms.date) values.addExtent(names.internParam(type, param, 'date'), [start, end, NO_SPACE, '']);
  for (const { param, low, high } of terms.number) values.addExtent(names.internParam(type, param, 'number'), [low, high, NO_SPACE, '']);
  for (const { param, low, high, system, code } of terms.quantity) values.addExtent(names.internParam(type, param, 'quantity'), [low, high, names.intern(system), code]);
  return values;
}

/** In each patient's record: one row in the part of the type, and one in that of the kind if it has a code. */
function addRecordRows(rows: IndexRow[], { names, type, terms, codedKind }: { readonly names: Names; readonly type: string; readonly terms: IndexTerms; readonly codedKind: number | undefined }): void {
  const date = recordDate(type, terms);
  for (const { patient, via } of recordEntries(terms)) {
    const number = names.intern(patient);
    rows.push({ table: 'record', values: [number, names.intern(type), date, via] });
    if (codedKind !== undefined) rows.push({ table: 'record', values: [number, partOfKind(codedKind), date, via] });
  }
}
