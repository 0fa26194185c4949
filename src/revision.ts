import { z } from 'zod';
import type { Change, Store } from './store/store.ts';

/** How often something that people decide has changed as a whole, and with which version of its record a further change begins. */
export interface Revision { readonly changes: number; readonly version: number }

/** The one record that changes with what is decided. Every gateway looks at it to know whether its tables are still right. */
export interface RevisionRecord {
  /** Internal type under which the store keeps it. */
  readonly type: string;
  read(store: Pick<Store, 'read'>): Promise<Revision>;
  /** Part of each commit that changes what holds: of two at one time, one must look again at what the other decided. */
  next(revision: Revision): Change;
}

const schema = z.object({ changes: z.number() });

export function revisionRecord(type: string): RevisionRecord {
  const key = { type, id: 'current' } as const;
  return {
    type,
    read: async (store) => {
      const stored = await store.read(key);
      return stored === undefined ? { changes: 0, version: 0 } : { changes: schema.parse(JSON.parse(stored.body)).changes, version: stored.version };
    },
    next: ({ changes, version }) => ({ kind: 'put', resource: { resourceType: type, id: key.id, changes: changes + 1 }, expectedVersion: version }),
  };
}

/** What a process has built of the store, kept in step with a revision. */
export interface Following {
  /** Changes that what is built knows of. */
  readonly revision: number;
  /** Looks into the store, and builds anew if something else was decided there. @returns whether it did */
  refresh(store: Pick<Store, 'read' | 'search'>): Promise<boolean>;
}

export function followRevision(record: RevisionRecord, build: (store: Pick<Store, 'search'>) => Promise<void>): Following {
  let revision = 0;
  // One after another: an older answer of the store must not follow a newer one.
  let work: Promise<unknown> = Promise.resolve();
  const refreshNow = async (store: Pick<Store, 'read' | 'search'>): Promise<boolean> => {
    const { changes } = await record.read(store);
    if (changes === revision) return false;
    await build(store);
    revision = changes;
    return true;
  };
  return {
    get revision() { return revision; },
    refresh: (store) => {
      const turn = work.then(() => refreshNow(store));
      work = turn.catch(() => undefined);
      return turn;
    },
  };
}
