import type { Clause, QuantityMatch, TermKind } from '../../fhir/search/query.ts';
import type { Connection } from './connection.ts';
import { allOfKinds, eachOfKinds, fewKinds, isOfKind } from './kind-sql.ts';
import { ID_GROUP, NO_SPACE, UNKNOWN, paramName } from './names.ts';
import type { Names } from './names.ts';
import { LAST_UPDATED, changedSet, whenChanged } from './last-updated.ts';
import { extentSelect, isWide, rangeMatches } from './range-sql.ts';
import { isShared } from './shared-terms.ts';
import { ALWAYS, NEVER, and, isOneOf, join, name, or, sql } from './sql.ts';
import type { Sql } from './sql.ts';
import { termsSought } from './terms-sought.ts';
import type { TermClause, TermSought } from './terms-sought.ts';
import { TRACE_TYPE } from './traces.ts';

/** From so many alternatives on, the matching resources are collected once instead of probing each alternative for each resource. */
const MANY = 16;

/** A set of resources: a SELECT of `rid`, the same one perhaps several times. */
export interface RidSet {
  readonly select: Sql;
  /** True when it gives each resource once. */
  readonly isUnique?: boolean;
  /** Parts of an index that are each in order of `rid` already, and that have no resource in common. */
  readonly ordered?: Ordered;
  /** True when finding the first of the set may mean to look through all terms of the parameter. */
  readonly scans?: boolean;
}

/** A table and the conditions that name its parts, over alias `d`. */
export interface Ordered { readonly from: Sql; readonly parts: readonly Sql[] }

type RangeClause = Extract<Clause, { kind: 'date' | 'number' | 'quantity' }>;

/** Turns clauses into SQL over the index: as a condition on a resource, or as the set of resources to start from. */
export class ClauseSql {
  readonly #connection: Connection;
  readonly #names: Names;

  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
  }

  /** The condition that the resource `rid` of a source fulfils the clause. @param source alias of a table, or select, of resources of the type */
  holds(type: string, clause: Clause, source: string): Sql {
    const rid = name(`${source}.rid`);
    switch (clause.kind) {
      case 'token': case 'reference': case 'uri': return negated(clause, this.#termHolds(type, clause, rid));
      case 'string': return sql`EXISTS (SELECT 1 FROM phrase WHERE rid = ${rid} AND ${this.#inGroups(type, clause)} AND ${or(clause.anyOf.map((text) => phraseMatches(clause.match, text)))})`;
      case 'date': case 'number': case 'quantity': return this.#rangeHolds(type, clause, rid);
      case 'missing': return this.#missing(type, clause, rid);
      case 'id': return negated(clause, sql`${rid} IN (${this.#ridsOfIds(type, clause.anyOf)})`);
      case 'chain': return sql`${rid} IN (${this.#referring(type, clause)})`;
      case 'has': return this.#isReferredTo(type, clause, source);
      case 'or': return or(clause.clauses.map((inner) => this.holds(type, inner, source)));
    }
  }

  /** Exactly the resources that fulfil the clause; undefined where no index leads to them. */
  set(type: string, clause: Clause): RidSet | undefined {
    switch (clause.kind) {
      case 'token': case 'reference': case 'uri': return clause.negate === true ? undefined : this.#termSet(type, clause);
      case 'string': return this.#phraseSet(type, clause);
      case 'date': case 'number': case 'quantity': return clause.param === LAST_UPDATED ? changedSet(this.#connection, this.#names, type, clause) : this.#extentSet(type, clause);
      case 'id': return clause.negate === true ? undefined : { select: this.#ridsOfIds(type, clause.anyOf), isUnique: true };
      case 'chain': return { select: this.#referring(type, clause), scans: true };
      case 'missing': case 'has': case 'or': return undefined;
    }
  }

  #inGroups(type: string, { param, kind }: { readonly kind: TermKind; readonly param: string }): Sql {
    return isOneOf(name('p'), this.#names.groupsOf(type, param, kind));
  }

  #termHolds(type: string, clause: TermClause, rid: Sql): Sql {
    const sought = termsSought(this.#names, type, clause);
    if (isShared(clause.param, clause.kind)) return isOfKind(this.#names.find(type), rid, this.#kindSelect(type, clause, sought));
    const isPoint = (term: TermSought) => term.value !== undefined;
    if (sought.length > MANY || !sought.every(isPoint) || isBelow(clause)) return sql`${rid} IN (${this.#termSelect(type, clause, sought)})`;
    return or(sought.map((term) => sql`EXISTS (SELECT 1 FROM term WHERE ${isTerm(term)} AND rid = ${rid})`));
  }

  #termSet(type: string, clause: TermClause): RidSet {
    const sought = termsSought(this.#names, type, clause);
    if (isShared(clause.param, clause.kind)) return this.#kindSet(type, this.#kindSelect(type, clause, sought));
    const [only] = sought;
    const select = this.#termSelect(type, clause, sought);
    if (sought.length !== 1 || only?.value === undefined || isBelow(clause)) return { select };
    return { select, isUnique: true, ordered: { from: name('term d'), parts: [isTerm(only, 'd.')] } };
  }

  #termSelect(type: string, clause: TermClause, sought: readonly TermSought[]): Sql {
    return this.#soughtIn(TERMS, type, clause, sought);
  }

  /** The kinds whose resources fulfil the clause. @param sought what the clause asks for */
  #kindSelect(type: string, clause: TermClause, sought: readonly TermSought[]): Sql {
    return this.#soughtIn(KIND_TERMS, type, clause, sought);
  }

  #soughtIn({ table, column }: TermTable, type: string, clause: TermClause, sought: readonly TermSought[]): Sql {
    const points = sought.filter((term) => term.value !== undefined);
    const selects = sought.filter((term) => term.value === undefined).map((term) => sql`SELECT ${column} FROM ${table} WHERE ${isTerm(term)}`);
    if (points.length > MANY) {
      const list = JSON.stringify(points.map(({ p, space, value }) => [p, space, value]));
      selects.push(sql`SELECT t.${column} FROM json_each(${list}) j CROSS JOIN ${table} t ON t.p = j.value ->> 0 AND t.space = j.value ->> 1 AND t.value = j.value ->> 2`);
    } else {
      selects.push(...points.map((term) => sql`SELECT ${column} FROM ${table} WHERE ${isTerm(term)}`));
    }
    if (clause.kind === 'uri' && clause.match === 'below') selects.push(...clause.anyOf.map((value) => sql`SELECT ${column} FROM ${table} WHERE ${this.#inGroups(type, clause)} AND ${isBelowOf(value)}`));
    return selects.length === 0 ? sql`SELECT NULL AS ${column} WHERE 0` : join(selects, ' UNION ALL ');
  }

  #kindSet(type: string, kinds: Sql): RidSet {
    const number = this.#names.find(type);
    const set: RidSet = { select: allOfKinds(number, kinds), isUnique: true };
    const few = fewKinds(this.#connection, kinds);
    return few === undefined || few.length === 0 ? set : { ...set, ordered: { from: name('live d'), parts: eachOfKinds(number, few) } };
  }

  /** The kinds that have the codes, undefined when they are not few. */
  kindsWith(type: string, clause: TermClause): readonly number[] | undefined {
    return this.#names.lookups.find(`kinds of ${type} with ${JSON.stringify(clause)}`, () => fewKinds(this.#connection, this.#kindSelect(type, clause, termsSought(this.#names, type, clause))));
  }

  #phraseSet(type: string, clause: Clause & { kind: 'string' }): RidSet {
    const select = sql`SELECT rid FROM phrase WHERE ${this.#inGroups(type, clause)} AND ${or(clause.anyOf.map((text) => phraseMatches(clause.match, text)))}`;
    return { select, scans: clause.match === 'contains' };
  }

  #rangeHolds(type: string, clause: RangeClause, rid: Sql): Sql {
    if (clause.param === LAST_UPDATED) return sql`EXISTS (SELECT 1 FROM ${whenChanged(type)} WHERE rid = ${rid} AND ${or(clause.anyOf.map(rangeMatches))})`;
    const matches = clause.anyOf.map((match: QuantityMatch) => and([rangeMatches(match), ...this.#unit(match)]));
    return sql`EXISTS (SELECT 1 FROM extent WHERE rid = ${rid} AND ${this.#inGroups(type, clause)} AND ${or(matches)})`;
  }

  #extentSet(type: string, clause: RangeClause): RidSet | undefined {
    if (clause.anyOf.length === 0 || clause.anyOf.length > MANY) return undefined;
    const groups = this.#names.groupsOf(type, clause.param, clause.kind);
    const widest = this.#names.widestOf(groups);
    const selects = clause.anyOf.map((match: QuantityMatch) => extentSelect(isOneOf(name('p'), groups), match, widest, and(this.#unit(match))));
    return { select: join(selects, ' UNION ALL '), scans: clause.anyOf.some(({ prefix }) => isWide(prefix)) };
  }

  #unit({ system, code }: { readonly system?: string; readonly code?: string }): Sql[] {
    return [...(system === undefined ? [] : [sql`space = ${this.#names.find(system)}`]), ...(code === undefined ? [] : [sql`code = ${code}`])];
  }

  #missing(type: string, clause: Clause & { kind: 'missing' }, rid: Sql): Sql {
    const p = this.#names.find(paramName(type, clause.param, clause.of));
    const isThere = p === UNKNOWN ? NEVER : sql`instr((SELECT k.params FROM live l CROSS JOIN kind k ON k.number = l.kind WHERE l.type = ${this.#names.find(type)} AND l.rid = ${rid}), ${`,${p},`}) > 0`;
    return clause.isMissing ? sql`NOT (${isThere})` : isThere;
  }

  #ridsOfIds(type: string, ids: readonly string[]): Sql {
    const list = JSON.stringify(ids);
    const resources = sql`SELECT r.rid FROM (SELECT DISTINCT value FROM json_each(${list})) j CROSS JOIN term t ON t.space = ${this.#names.find(type)} AND t.value = j.value AND t.p = ${ID_GROUP} CROSS JOIN resource r ON r.rid = t.rid AND r.deleted = 0`;
    return type === TRACE_TYPE ? sql`${resources} UNION ALL SELECT seq AS rid FROM trace WHERE id IN (SELECT value FROM json_each(${list}))` : resources;
  }

  /** Resources of `type` whose reference leads to one that fulfils the inner clauses. */
  #referring(type: string, { param, type: target, where }: Clause & { kind: 'chain' }): Sql {
    const groups = this.#names.groupsOf(type, param, 'reference');
    return sql`SELECT t.rid FROM (${this.#all(target, where)}) target CROSS JOIN ${keysOf(target)} k ON k.rid = target.rid
      CROSS JOIN term t ON ${isOneOf(name('t.p'), groups)} AND t.space = ${this.#names.find(target)} AND t.value = k.id`;
  }

  #isReferredTo(type: string, { type: referring, param, where }: Clause & { kind: 'has' }, source: string): Sql {
    const groups = this.#names.groupsOf(referring, param, 'reference');
    // Clauses nest, and so do these selects: each level has an alias of its own.
    const inner = `${source}_t`;
    const t = name(inner);
    return sql`EXISTS (SELECT 1 FROM ${keysOf(type)} k CROSS JOIN term ${t} ON ${isOneOf(sql`${t}.p`, groups)} AND ${t}.space = ${this.#names.find(type)} AND ${t}.value = k.id
      WHERE k.rid = ${name(source)}.rid AND ${and(where.map((clause) => this.holds(referring, clause, inner)))})`;
  }

  /** All resources of a type that fulfil the clauses, from the first clause that an index answers. */
  #all(type: string, where: readonly Clause[]): Sql {
    const starts = where.map((clause) => this.set(type, clause));
    const first = starts.findIndex((set) => set !== undefined && set.scans !== true);
    const start = starts[first]?.select ?? sql`SELECT rid FROM live WHERE type = ${this.#names.find(type)}`;
    const others = where.filter((_, i) => i !== first);
    return sql`SELECT d.rid FROM (${start}) d WHERE ${and(others.map((clause) => this.holds(type, clause, 'd')))}`;
  }
}

interface TermTable { readonly table: Sql; readonly column: Sql }
const TERMS: TermTable = { table: name('term'), column: name('rid') };
const KIND_TERMS: TermTable = { table: name('kind_term'), column: name('kind') };

/** Where the ids of a type's resources are: traces are kept apart. */
function keysOf(type: string): Sql {
  return type === TRACE_TYPE ? sql`(SELECT rid, id FROM resource UNION ALL SELECT seq AS rid, id FROM trace)` : name('resource');
}

function negated(clause: { readonly negate?: boolean }, condition: Sql): Sql {
  return clause.negate === true ? sql`NOT (${condition})` : condition;
}

function isBelow(clause: TermClause): boolean {
  return clause.kind === 'uri' && clause.match === 'below';
}

function isTerm({ p, space, value }: TermSought, prefix = ''): Sql {
  const column = (text: string) => name(prefix + text);
  const within = sql`${column('p')} = ${p} AND ${column('space')} = ${space}`;
  return value === undefined ? within : sql`${within} AND ${column('value')} = ${value}`;
}

function isBelowOf(uri: string): Sql {
  return sql`space = ${NO_SPACE} AND ${startsWith(name('value'), uri.endsWith('/') ? uri : `${uri}/`)}`;
}

function phraseMatches(match: 'starts' | 'contains' | 'exact', text: string): Sql {
  if (match === 'exact') return sql`exact = ${text}`;
  return match === 'contains' ? sql`instr(folded, ${text}) > 0` : startsWith(name('folded'), text);
}

function startsWith(column: Sql, text: string): Sql {
  const end = afterAllStartingWith(text.toWellFormed());
  return text === '' ? ALWAYS : end === undefined ? sql`${column} >= ${text}` : sql`(${column} >= ${text} AND ${column} < ${end})`;
}

/** The first text, by code point, after all that start with `text`; undefined when there is none. */
function afterAllStartingWith(text: string): string | undefined {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}
