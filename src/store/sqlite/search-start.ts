import type { Clause, SearchQuery } from '../../fhir/search/query.ts';
import type { ClauseSql, Ordered, RidSet } from './clause-sql.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { recordRows } from './record-search.ts';
import { join, limitTo, name, sql } from './sql.ts';
import type { Sql } from './sql.ts';
import { numberOf } from './row.ts';

/** Where a search begins: a source of resources `d.rid`, each once, and the clauses that are still to be tried on each. */
export interface Start {
  readonly from: Sql;
  readonly where: readonly Sql[];
  readonly rest: readonly Clause[];
  /** The same source in parts that yield descending `rid` by themselves, so that a page costs no more than what it shows. */
  readonly ordered?: Ordered;
  /** True when the source may be as large as the type. */
  readonly isLarge: boolean;
}

/** Below so many resources a set is worth collecting and sorting. */
const SMALL_SET = 1_000;

/** Chooses the clause to begin with: ids, then the patient, else the clause with the fewest resources. */
export class SearchStarts {
  readonly #connection: Connection;
  readonly #names: Names;
  readonly #clauses: ClauseSql;

  constructor(connection: Connection, names: Names, clauses: ClauseSql) {
    this.#connection = connection;
    this.#names = names;
    this.#clauses = clauses;
  }

  choose({ type, where, sort }: Pick<SearchQuery, 'type' | 'where' | 'sort'>): Start {
    const byId = where.find((clause) => clause.kind === 'id' && clause.negate !== true);
    if (byId !== undefined) return this.#ofClause(type, where, byId);
    const record = recordRows(this.#names, this.#clauses, type, where);
    if (record !== undefined && record.coded) {
      const rows = join(record.lists.map((list) => sql`SELECT rid FROM record WHERE ${list}`), ' UNION ALL ');
      return { from: source({ select: rows, isUnique: record.lists.length === 1 }), where: [], rest: record.rest, isLarge: false };
    }
    if (record !== undefined) return this.#ofClause(type, where, record.clause);
    return this.#ofFewest(type, where, sort.length > 0);
  }

  /** @param isSorted in an order of its own: then all of a set is looked at, and its size counts also when there is but one */
  #ofFewest(type: string, where: readonly Clause[], isSorted: boolean): Start {
    const sets = where.flatMap((clause) => {
      const set = this.#clauses.set(type, clause);
      return set === undefined ? [] : [{ clause, set }];
    });
    const [only] = sets;
    if (!isSorted && only !== undefined && sets.length === 1 && only.set.ordered !== undefined) return startOf(where, only);
    const sized = sets.map((each) => ({ ...each, size: this.#sizeOf(each.set) })).sort((a, b) => a.size - b.size);
    const [smallest] = sized;
    if (smallest !== undefined && smallest.size < SMALL_SET) return startOf(where, smallest);
    const ordered = sized.find(({ set }) => set.ordered !== undefined);
    if (ordered !== undefined) return startOf(where, ordered, true);
    const all: Ordered = { from: name('live d'), parts: [sql`d.type = ${this.#names.find(type)}`] };
    return { from: all.from, where: all.parts, rest: where, ordered: all, isLarge: true };
  }

  #ofClause(type: string, where: readonly Clause[], clause: Clause): Start {
    const set = this.#clauses.set(type, clause);
    if (set === undefined) throw new TypeError('A search cannot start with this clause');
    return startOf(where, { clause, set });
  }

  #sizeOf(set: RidSet): number {
    return numberOf(this.#connection.get(sql`SELECT count(*) AS size FROM (SELECT 1 FROM (${set.select}) ${limitTo(SMALL_SET)})`)?.size);
  }
}

function startOf(where: readonly Clause[], { clause, set }: { readonly clause: Clause; readonly set: RidSet }, isLarge = false): Start {
  const rest = where.filter((other) => other !== clause);
  return { from: source(set), where: [], rest, isLarge, ...(set.ordered === undefined ? {} : { ordered: set.ordered }) };
}

function source({ select, isUnique = false }: RidSet): Sql {
  return isUnique ? sql`(${select}) d` : sql`(SELECT DISTINCT rid FROM (${select})) d`;
}
