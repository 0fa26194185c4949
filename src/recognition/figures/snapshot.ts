import { z } from 'zod';
import { derivedId } from '../../fhir/derived-id.ts';
import type { Resource } from '../../fhir/resource.ts';
import { COLUMNS, COSTS, type Counts, countsOf } from './columns.ts';
import type { FigureSet } from './figure-set.ts';

/** Internal type of the figures of a month as they were fixed, with a revision for each time that something had come in late. */
export const SNAPSHOT_TYPE = 'RecognitionSnapshot';

const countsSchema = z.record(z.string(), z.number()).transform((counts): Counts => countsOf((column) => counts[column] ?? 0));
const rowSchema = z.object({ organization: z.string().optional(), department: z.string().optional(), item: z.string().optional(), counts: countsSchema });
const rowsSchema = z.array(rowSchema);
const snapshotSchema = z.object({
  month: z.string(),
  /** From 1. */
  revision: z.number(),
  /** Instant. */
  fixedAt: z.string(),
  /** Subject of the token. */
  fixedBy: z.string(),
  total: countsSchema,
  rows: z.object({ organization: rowsSchema, department: rowsSchema, item: rowsSchema, ownItem: rowsSchema }),
});

export interface Snapshot extends FigureSet { readonly revision: number; readonly fixedAt: string; readonly fixedBy: string }

export function snapshotIdOf(month: string, revision: number): string {
  return derivedId(SNAPSHOT_TYPE, month, revision);
}

export function snapshotResource(snapshot: Snapshot): Resource & { readonly id: string } {
  const { month, revision, fixedAt, fixedBy, total, rows } = snapshot;
  const plain = (list: FigureSet['rows']['item']): Resource[string] => list.map(({ organization, department, item, counts }) => ({
    ...(organization === undefined ? {} : { organization }), ...(department === undefined ? {} : { department }), ...(item === undefined ? {} : { item }), counts: compact(counts),
  }));
  return {
    resourceType: SNAPSHOT_TYPE, id: snapshotIdOf(month, revision), month, revision, fixedAt, fixedBy, total: compact(total),
    rows: { organization: plain(rows.organization), department: plain(rows.department), item: plain(rows.item), ownItem: plain(rows.ownItem) },
  };
}

/** Most columns of most rows are 0. */
function compact(counts: Counts): Record<string, number> {
  return Object.fromEntries([...COLUMNS, ...COSTS].filter((column) => counts[column] !== 0).map((column) => [column, counts[column]]));
}

/** @param body a stored RecognitionSnapshot, JSON text */
export function parseSnapshot(body: string): Snapshot {
  return snapshotSchema.parse(JSON.parse(body));
}
