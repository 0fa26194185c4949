import { z } from 'zod';
import type { Change, Store } from '../store/store.ts';

/** Internal type of the one record that changes with the approved catalogue and the certificates as a whole. Every gateway looks at it to know whether its tables are still right. */
export const REVISION_TYPE = 'RecognitionRevision';

const KEY = { type: REVISION_TYPE, id: 'current' } as const;
const schema = z.object({ changes: z.number() });

/** How often these have changed, and with which version of the record a further change begins. */
export interface Revision { readonly changes: number; readonly version: number }

export async function readRevision(store: Pick<Store, 'read'>): Promise<Revision> {
  const stored = await store.read(KEY);
  return stored === undefined ? { changes: 0, version: 0 } : { changes: schema.parse(JSON.parse(stored.body)).changes, version: stored.version };
}

/** Part of each commit that changes what holds: of two at one time, one must look again at what the other decided. */
export function nextRevision({ changes, version }: Revision): Change {
  return { kind: 'put', resource: { resourceType: REVISION_TYPE, id: KEY.id, changes: changes + 1 }, expectedVersion: version };
}
