import type { Connection } from './connection.ts';
import { numberOf, textOf } from './row.ts';
import type { VersionRow } from './row.ts';
import { name, sql } from './sql.ts';
import type { Sql, SqlValue } from './sql.ts';

/** A version as a page shows it, with the further columns of its SELECT. */
export interface PageRow extends VersionRow { readonly keys: readonly SqlValue[] }

/**
 * Reads the versions of a page in order. SQLite hands them over as two values, one JSON text and one run of all their bodies: a
 * value by itself costs as much to hand over as to find.
 *
 * @param select has the columns `id`, `version`, `updated`, `deleted`, `body`, and those of `keys`; it ends with a LIMIT
 */
export function readPage(connection: Connection, select: Sql, keys: readonly string[]): PageRow[] {
  const columns = name(['id', 'version', 'updated', 'deleted', 'octet_length(body)', ...keys].join(', '));
  const page = connection.get(sql`SELECT json_group_array(json_array(${columns})) AS heads, CAST(group_concat(body, '') AS BLOB) AS bodies FROM (${select})`);
  const heads: unknown = JSON.parse(textOf(page?.heads));
  if (!Array.isArray(heads) || heads.length === 0) return [];
  const bodies = page?.bodies;
  if (!(bodies instanceof Uint8Array)) throw new TypeError('The store holds something else where bodies belong');
  let end = bodies.byteOffset;
  return heads.map(([id, version, updated, deleted, size, ...further]: unknown[]) => {
    const start = end;
    end += numberOf(size);
    return { id: textOf(id), version: numberOf(version), updated: numberOf(updated), deleted: deleted === 1, body: Buffer.from(bodies.buffer, start, end - start), keys: further.map(keyOf) };
  });
}

function keyOf(value: unknown): SqlValue {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
