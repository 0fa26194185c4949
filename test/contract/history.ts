import { describe, expect, it } from 'vitest';
import type { Store, Stored } from '../../src/store/store.ts';
import type { Bench } from './harness.ts';
import { commitOne, handClock, put, shown, trace, walk } from './samples.ts';

const label = (item: Stored) => `${item.type}/${item.id}/${item.version}${item.deleted ? ' deleted' : ''}`;

export function historyContract(bench: Bench): void {
  describe('history', () => {
    async function withHistory(): Promise<Store> {
      const store = await bench.openFresh();
      await store.commit([put('Patient', 'p1', {}, 'a'), put('Organization', 'o1')]);
      await store.commit([put('Patient', 'p2'), trace('t1')]);
      await store.commit([put('Patient', 'p1', {}, 'b')]);
      await store.commit([{ kind: 'delete', key: { type: 'Patient', id: 'p1' } }, trace('t2')]);
      return store;
    }

    it('lists the versions of one resource, of a type, and of everything but traces, newest first', async () => {
      const store = await withHistory();
      const listed = async (query: { type?: string; types?: string[]; id?: string }) => (await store.history({ ...query, limit: 100 })).items.map(label);
      expect(await listed({ type: 'Patient', id: 'p1' })).toEqual(['Patient/p1/3 deleted', 'Patient/p1/2', 'Patient/p1/1']);
      expect(await listed({ type: 'Patient' })).toEqual(['Patient/p1/3 deleted', 'Patient/p1/2', 'Patient/p2/1', 'Patient/p1/1']);
      expect(await listed({ type: 'AuditEvent' })).toEqual(['AuditEvent/t2/1', 'AuditEvent/t1/1']);
      expect(await listed({ type: 'AuditEvent', id: 't1' })).toEqual(['AuditEvent/t1/1']);
      expect((await listed({})).sort()).toEqual(['Organization/o1/1', 'Patient/p1/1', 'Patient/p1/2', 'Patient/p1/3 deleted', 'Patient/p2/1']);
      expect((await listed({})).slice(0, 3)).toEqual(['Patient/p1/3 deleted', 'Patient/p1/2', 'Patient/p2/1']);
      expect(await listed({ types: ['Organization', 'Device', 'AuditEvent'] })).toEqual(['Organization/o1/1']);
      expect(await listed({ types: [] })).toEqual([]);
      expect(await listed({ type: 'Patient', id: 'nobody' })).toEqual([]);
      expect(await listed({ type: 'Device' })).toEqual([]);
    });

    it('meets each version once when walked in pages while more is written', async () => {
      const store = await bench.openFresh();
      for (let i = 0; i < 23; i++) await store.commit([put('Patient', `p${i % 5}`, {}, `note ${i}`)]);
      let more = 0;
      for (const query of [{}, { type: 'Patient' }, { type: 'Patient', id: 'p1' }]) {
        const whole = (await store.history({ ...query, limit: 1000 })).items.map(label);
        const walked = await walk((after) => store.history({ ...query, limit: 2, ...(after === undefined ? {} : { after }) }), () => store.commit([put('Patient', 'p1', {}, `later ${more++}`)]));
        expect(walked.map(label)).toEqual(whole);
      }
    });

    it('starts at an instant when asked to', async () => {
      const clock = handClock('2026-03-01T08:00:00.000Z');
      const store = await bench.openFresh({ clock: clock.read });
      for (let i = 0; i < 6; i++) {
        clock.set(`2026-03-01T08:0${i}:00.000Z`);
        await store.commit([put('Patient', i % 2 === 0 ? 'even' : 'odd', {}, String(i))]);
      }
      const since = async (instant: string, query = {}) => (await store.history({ ...query, since: instant, limit: 100 })).items.map(label);
      expect(await since('2026-03-01T08:03:00.000Z')).toEqual(['Patient/odd/3', 'Patient/even/3', 'Patient/odd/2']);
      expect(await since('2026-03-01T08:03:00.001Z', { type: 'Patient' })).toEqual(['Patient/odd/3', 'Patient/even/3']);
      expect(await since('2026-03-01T08:03:00.000Z', { type: 'Patient', id: 'odd' })).toEqual(['Patient/odd/3', 'Patient/odd/2']);
      expect(await since('2027-01-01T00:00:00.000Z')).toEqual([]);
      expect((await since('1970-01-01T00:00:00.000Z')).length).toBe(6);
    });

    it('reads a version that was, and none that was not', async () => {
      const store = await withHistory();
      const key = { type: 'Patient', id: 'p1' };
      expect((await store.readVersion(key, 1))?.body).toContain('"note":"a"');
      expect((await store.readVersion(key, 3))?.deleted).toBe(true);
      expect((await store.readVersion({ type: 'AuditEvent', id: 't1' }, 1))?.body).toContain('t1');
      for (const version of [0, 4, -1, 1.5, Number.NaN, 2 ** 60]) expect(await store.readVersion(key, version)).toBeUndefined();
      expect(await store.readVersion({ type: 'Patient', id: 'nobody' }, 1)).toBeUndefined();
    });

    it('refuses a page position that it never gave', async () => {
      const store = await withHistory();
      for (const after of ['', 'x', '999', '{}', 'ÿ'.repeat(40)]) {
        await expect(store.history({ type: 'Patient', limit: 2, after })).rejects.toMatchObject({ kind: 'malformed' });
      }
    });

    it('keeps the body of a version as it was disclosed', async () => {
      const store = await bench.openFresh();
      const first = await commitOne(store, put('Patient', 'p1', {}, 'a'));
      await store.commit([put('Patient', 'p1', {}, 'b')]);
      expect(shown(await store.readVersion({ type: 'Patient', id: 'p1' }, 1))).toEqual({ ...shown(first), outcome: 'read' });
    });
  });
}
