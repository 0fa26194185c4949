import type { StatementSync } from 'node:sqlite';
import type { ResourceKey } from '../../fhir/resource.ts';
import type { Beside, Stored } from '../store.ts';
import type { Connection, Row } from './connection.ts';
import { ID_GROUP } from './names.ts';
import type { Names } from './names.ts';
import { numberOf, storedOf, textOf } from './row.ts';
import { TRACE_TYPE } from './traces.ts';

/** Table `resource` as `r`, the row of a type and id. */
export const BY_KEY = `(SELECT rid FROM term WHERE space = ? AND value = ? AND p = ${ID_GROUP}) k CROSS JOIN resource r ON r.rid = k.rid`;

/** What stands beside a resource, by its `rid`. */
export const BESIDE = 'SELECT mark, note FROM beside WHERE rid = ?';

export function besideOf(row: Row | undefined): Beside | undefined {
  if (row === undefined) return undefined;
  return { ...(row.mark === null ? {} : { mark: textOf(row.mark) }), ...(row.note === null ? {} : { note: textOf(row.note) }) };
}

/** Reads by key. */
export class Reading {
  readonly #names: Names;
  readonly #current: StatementSync;
  readonly #first: StatementSync;
  readonly #later: StatementSync;
  readonly #trace: StatementSync;
  readonly #beside: StatementSync;

  constructor(connection: Connection, names: Names) {
    this.#names = names;
    this.#current = connection.prepare(`SELECT r.id, r.rid, v.version, v.updated, v.deleted, v.body FROM ${BY_KEY} CROSS JOIN version v ON v.seq = r.seq`);
    this.#first = connection.prepare(`SELECT r.id, v.version, v.updated, v.deleted, v.body FROM ${BY_KEY} CROSS JOIN version v ON v.seq = r.rid`);
    this.#later = connection.prepare(`SELECT r.id, v.version, v.updated, v.deleted, v.body FROM ${BY_KEY} CROSS JOIN version v ON v.rid = r.rid AND v.version > 1 AND v.version = ?`);
    this.#beside = connection.prepare(BESIDE);
    this.#trace = connection.prepare('SELECT id, 1 AS version, updated, 0 AS deleted, body FROM trace WHERE id = ?');
  }

  read({ type, id }: ResourceKey): Stored | undefined {
    return found(type, this.#current.get(this.#names.find(type), id) ?? this.#traceOf(type, id));
  }

  /** With what stands beside it. */
  readWithBeside({ type, id }: ResourceKey): Stored | undefined {
    const row = this.#current.get(this.#names.find(type), id);
    return row === undefined ? found(type, this.#traceOf(type, id)) : found(type, row, besideOf(this.#beside.get(numberOf(row.rid))));
  }

  readVersion({ type, id }: ResourceKey, version: number): Stored | undefined {
    if (!Number.isSafeInteger(version)) return undefined;
    if (version !== 1) return found(type, this.#later.get(this.#names.find(type), id, version));
    return found(type, this.#first.get(this.#names.find(type), id) ?? this.#traceOf(type, id));
  }

  #traceOf(type: string, id: string): Row | undefined {
    return type === TRACE_TYPE ? this.#trace.get(id) : undefined;
  }
}

function found(type: string, row: Row | undefined, beside?: Beside): Stored | undefined {
  if (row === undefined) return undefined;
  return storedOf(type, { id: textOf(row.id), version: numberOf(row.version), updated: numberOf(row.updated), deleted: row.deleted === 1, body: textOf(row.body) }, beside);
}
