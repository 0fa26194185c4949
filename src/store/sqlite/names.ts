import type { StatementSync } from 'node:sqlite';
import type { TermKind } from '../../fhir/search/query.ts';
import type { Connection } from './connection.ts';
import { Kinds } from './kinds.ts';
import { Lookups } from './lookups.ts';
import { numberOf, textOf } from './row.ts';

/** No name has this number: what is searched by it is never found. */
export const UNKNOWN = -1;
/** The space of what has none: urls, uris, dates, numbers. Numbers of names start at 1. */
export const NO_SPACE = 0;

/** The group of logical ids, which the index always has. */
export const ID_GROUP = 0;

/** Names kept in memory at most; patients' ids are among them, and there is no end of patients. */
const MAX_KEPT = 50_000;

/** Numbers of recurring texts. A number once committed never changes, so that what is found may be kept. */
export class Names {
  readonly kinds: Kinds;
  readonly lookups: Lookups;
  #numbers = new Map<string, number>();
  #texts = new Map<number, string>();
  /** By kind, type and parameter: the texts need not be put together for each term. */
  #params = new Map<TermKind, Map<string, Map<string, number>>>();
  /** By group: the spaces known to be in the table `space`. */
  #spaces = new Map<number, Set<number>>();
  /** By group: a width that table `widest` has at least. */
  #widths = new Map<number, number>();
  /** Groups known to be in table `membership`, by their members. */
  #groups = new Map<string | number, number>();
  readonly #select: StatementSync;
  readonly #selectText: StatementSync;
  readonly #insert: StatementSync;
  readonly #selectSpaces: StatementSync;
  readonly #insertSpace: StatementSync;
  readonly #selectGroups: StatementSync;
  readonly #insertMember: StatementSync;
  readonly #selectWidest: StatementSync;
  readonly #widen: StatementSync;

  constructor(connection: Connection) {
    this.kinds = new Kinds(connection, this);
    this.lookups = new Lookups(connection);
    this.#select = connection.prepare('SELECT number FROM name WHERE text = ?');
    this.#selectText = connection.prepare('SELECT text FROM name WHERE number = ?');
    this.#insert = connection.prepare('INSERT INTO name (text) VALUES (?) RETURNING number');
    this.#selectSpaces = connection.prepare('SELECT space FROM space WHERE p = ?');
    this.#insertSpace = connection.prepare('INSERT OR IGNORE INTO space VALUES (?, ?)');
    this.#selectGroups = connection.prepare('SELECT p FROM membership WHERE param = ?');
    this.#insertMember = connection.prepare('INSERT OR IGNORE INTO membership VALUES (?, ?)');
    this.#selectWidest = connection.prepare('SELECT width FROM widest WHERE p = ?');
    this.#widen = connection.prepare('INSERT INTO widest VALUES (?, ?) ON CONFLICT DO UPDATE SET width = max(width, excluded.width)');
  }

  /** The number of a text, or `UNKNOWN`: another process may make it known at any time, so that is not kept. */
  find(text: string): number {
    const kept = this.#numbers.get(text);
    if (kept !== undefined) return kept;
    const row = this.#select.get(text);
    return row === undefined ? UNKNOWN : this.#keep(text, numberOf(row.number));
  }

  /** As `find`, and gives it a number. Only inside a write transaction; if that is rolled back, `forget` must be called. */
  intern(text: string): number {
    const found = this.find(text);
    return found === UNKNOWN ? this.#keep(text, numberOf(this.#insert.get(text)?.number)) : found;
  }

  /** The number of a type's parameter, as `intern` of its `paramName`. */
  internParam(type: string, param: string, kind: TermKind): number {
    const kept = this.#params.get(kind)?.get(type)?.get(param);
    if (kept !== undefined) return kept;
    const number = this.intern(paramName(type, param, kind));
    const ofType = within(within(this.#params, kind, () => new Map<string, Map<string, number>>()), type, () => new Map<string, number>());
    ofType.set(param, number);
    return number;
  }

  textOf(number: number): string {
    const kept = this.#texts.get(number);
    if (kept !== undefined) return kept;
    const text = textOf(this.#selectText.get(number)?.text);
    this.#keep(text, number);
    return text;
  }

  /** The number of a group of parameters; a single one is its own group. Only inside a write transaction. */
  group(params: readonly number[]): number {
    const [single = UNKNOWN] = params;
    const members = params.length === 1 ? single : params.join(',');
    const kept = this.#groups.get(members);
    if (kept !== undefined) return kept;
    const group = params.length === 1 ? single : this.intern(`= ${[...params].sort((a, b) => a - b).join(',')}`);
    for (const param of params) this.#insertMember.run(param, group);
    this.lookups.drop();
    this.#groups.set(members, group);
    return group;
  }

  /** Every group that a type's parameter is in, none for one that was never seen. */
  groupsOf(type: string, param: string, kind: TermKind): readonly number[] {
    const text = paramName(type, param, kind);
    return this.lookups.find(`groups of ${text}`, () => {
      const number = this.find(text);
      return number === UNKNOWN ? [] : this.#selectGroups.all(number).map((row) => numberOf(row.p));
    }) ?? [];
  }

  /** Spaces that terms of the group have. */
  spacesOf(p: number): readonly number[] {
    return this.lookups.find(`spaces of ${p}`, () => this.#selectSpaces.all(p).map((row) => numberOf(row.space))) ?? [];
  }

  addSpace(p: number, space: number): void {
    const known = within(this.#spaces, p, () => new Set<number>());
    if (known.has(space)) return;
    this.#insertSpace.run(p, space);
    this.lookups.drop();
    known.add(space);
  }

  /** The widest extent that any of the groups has had, those without an end left aside. */
  widestOf(groups: readonly number[]): number {
    return Math.max(0, ...groups.map((p) => Number(this.#selectWidest.get(p)?.width ?? 0)));
  }

  widen(p: number, width: number): void {
    if (width <= (this.#widths.get(p) ?? -1)) return;
    this.#widen.run(p, width);
    this.#widths.set(p, width);
  }

  /** Drops what may never have been committed. */
  forget(): void {
    this.kinds.forget();
    this.lookups.drop();
    this.#widths = new Map();
    this.#groups = new Map();
    this.#numbers = new Map();
    this.#texts = new Map();
    this.#spaces = new Map();
    this.#params = new Map();
  }

  #keep(text: string, number: number): number {
    if (this.#numbers.size >= MAX_KEPT) this.forget();
    this.#numbers.set(text, number);
    this.#texts.set(number, text);
    return number;
  }
}

/** The name of a type's parameter; its kind is part of it, since that decides the table. */
export function paramName(type: string, param: string, kind: TermKind): string {
  return `${type}.${param} ${kind}`;
}

/** What a map has under a key, made where there is nothing yet. */
function within<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
