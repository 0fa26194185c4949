import { clinicalDateParam } from '../../fhir/search/clinical-date.ts';
import type { Clause, SearchQuery } from '../../fhir/search/query.ts';
import type { ClauseSql } from './clause-sql.ts';
import type { Names } from './names.ts';
import { CODE_PARAM, partOfKind, viaOf } from './patient-index.ts';
import { NEVER, and, join, limitTo, name, sql } from './sql.ts';
import type { Sql } from './sql.ts';
import { termsSought } from './terms-sought.ts';

/** The parts of table `record` that hold exactly the resources fulfilling the patient clause and, when `coded`, the code clause. */
export interface RecordRows {
  /** Conditions on `record`, one for each part; within a part the rows are in order of date and `rid`, newest first. */
  readonly lists: readonly Sql[];
  readonly coded: boolean;
  readonly clause: Clause;
  readonly rest: readonly Clause[];
}

/** More parts than this are not merged: such a search is answered as any other. */
const MAX_LISTS = 100;

/** Undefined when no clause names patients. */
export function recordRows(names: Names, clauses: ClauseSql, type: string, where: readonly Clause[]): RecordRows | undefined {
  const ofPatients = where.map((clause) => patientsOf(names, type, clause)).find((found) => found !== undefined);
  if (ofPatients === undefined) return undefined;
  const { clause, via, patients } = ofPatients;
  const code = where.find((other) => other.kind === 'token' && other.param === CODE_PARAM && other.negate !== true);
  const kinds = code?.kind === 'token' ? clauses.kindsWith(type, code) : undefined;
  const coded = kinds !== undefined && kinds.length * patients.length <= MAX_LISTS;
  const within = coded ? kinds.map(partOfKind) : [names.find(type)];
  const rest = where.filter((other) => other !== clause && (!coded || other !== code));
  const lists = patients.flatMap((patient) => within.map((part) => sql`patient = ${patient} AND part = ${part} AND (via & ${via}) > 0`));
  if (lists.length > MAX_LISTS) return undefined;
  // A code that nothing has is in no part.
  return { lists: lists.length === 0 ? [NEVER] : lists, coded, clause, rest };
}

/** Whether the order asked for is that of a record. */
export function isNewestFirst({ type, sort: [first, ...more] }: SearchQuery): boolean {
  return first !== undefined && more.length === 0 && first.of === 'date' && first.descending && first.param === clinicalDateParam(type);
}

/** The rows of all parts, merged: `rid` and `date`, newest first, at most `limit`, from after a position on. */
export function mergedRecord(lists: readonly Sql[], further: readonly Sql[], limit: number): Sql {
  const newest = name('ORDER BY date DESC, rid DESC');
  const part = (list: Sql) => sql`SELECT * FROM (SELECT d.rid AS rid, d.date AS date FROM record d WHERE ${and([list, ...further])} ${newest} ${limitTo(limit)})`;
  return sql`(SELECT DISTINCT rid, date FROM (${join(lists.map(part), ' UNION ALL ')}) ${newest} ${limitTo(limit)}) d`;
}

function patientsOf(names: Names, type: string, clause: Clause): { clause: Clause; via: number; patients: number[] } | undefined {
  if (clause.kind !== 'reference' || clause.negate === true) return undefined;
  const via = viaOf(clause.param);
  if (via === undefined || clause.anyOf.length === 0) return undefined;
  const sought = termsSought(names, type, clause);
  const target = names.find('Patient');
  const patients = new Set<number>();
  for (const { space, value } of sought) {
    if (space !== target || value === undefined) return undefined;
    patients.add(names.find(value));
  }
  return { clause, via, patients: [...patients] };
}
