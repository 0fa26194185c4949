import { hash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { Connection } from './connection.ts';
import type { KindContent } from './kind-content.ts';
import type { Names } from './names.ts';
import { numberOf } from './row.ts';

/** Kinds kept in memory at most: a district has some thousands, and each is some hundred characters. */
const MAX_KEPT = 10_000;

/** Numbers of kinds. Like a name, a kind once committed never changes and is never removed. */
export class Kinds {
  readonly #names: Names;
  /** By outline. */
  readonly #numbers = new Map<string, number>();
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertTerm: StatementSync;

  constructor(connection: Connection, names: Names) {
    this.#names = names;
    this.#select = connection.prepare('SELECT number FROM kind WHERE digest = ?');
    this.#insert = connection.prepare('INSERT INTO kind (digest, params) VALUES (?, ?) RETURNING number');
    this.#insertTerm = connection.prepare('INSERT OR IGNORE INTO kind_term (p, space, value, kind) VALUES (?, ?, ?, ?)');
  }

  /**
   * The number of a kind. Only inside a write transaction; if that is rolled back, `forget` must be called.
   * @param outline of the content, which is asked for only when the outline is not known
   */
  intern(outline: string, contentOf: () => KindContent): number {
    const kept = this.#numbers.get(outline);
    if (kept !== undefined) return kept;
    const content = contentOf();
    const digest = hash('sha256', textOf(content), 'base64url');
    const row = this.#select.get(digest);
    const number = row === undefined ? this.#make(digest, content) : numberOf(row.number);
    if (this.#numbers.size >= MAX_KEPT) this.forget();
    this.#numbers.set(outline, number);
    return number;
  }

  forget(): void {
    this.#numbers.clear();
  }

  #make(digest: string, { params, terms }: KindContent): number {
    const number = numberOf(this.#insert.get(digest, `,${params.join(',')},`)?.number);
    for (const { params: having, space, value } of terms) {
      const p = this.#names.group(having);
      this.#names.addSpace(p, space);
      this.#insertTerm.run(p, space, value, number);
    }
    this.#names.lookups.drop();
    return number;
  }
}

/** The same text for the same kind, and for no other: a value is told from what follows by its length. */
function textOf({ type, params, terms }: KindContent): string {
  let text = `${type};${params.join(',')}`;
  for (const term of terms) text += `;${term.params.join(',')} ${term.space} ${term.value.length} ${term.value}`;
  return text;
}
