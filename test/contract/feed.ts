import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { Bench } from './harness.ts';
import { put, trace } from './samples.ts';

export function feedContract(bench: Bench): void {
  describe('feed', () => {
    async function drain(store: Store, query: { after?: string; types?: readonly string[]; changed?: readonly string[]; limit: number }): Promise<{ seen: string[]; position: string }> {
      const seen: string[] = [];
      let after = query.after;
      for (;;) {
        const page = await store.feed({ ...query, ...(after === undefined ? {} : { after }) });
        seen.push(...page.items.map((item) => `${item.type}/${item.id}/${item.version}`));
        after = page.position;
        if (page.items.length === 0) return { seen, position: page.position };
      }
    }

    it('gives what was committed, in commit order, traces left out', async () => {
      const store = await bench.openFresh();
      await store.commit([put('Patient', 'p1'), trace('t1'), put('Organization', 'o1')]);
      await store.commit([{ kind: 'delete', key: { type: 'Patient', id: 'p1' } }]);
      await store.commit([put('Organization', 'o1')]);
      const { seen, position } = await drain(store, { limit: 2 });
      expect(seen).toEqual(['Patient/p1/1', 'Organization/o1/1', 'Patient/p1/2']);
      await store.commit([put('Patient', 'p2'), trace('t2')]);
      expect((await drain(store, { after: position, limit: 2 })).seen).toEqual(['Patient/p2/1']);
    });

    it('passes over types that were not asked for', async () => {
      const store = await bench.openFresh();
      for (let i = 0; i < 20; i++) await store.commit([put(i % 5 === 0 ? 'Organization' : 'Patient', `x${i}`), trace(`t${i}`)]);
      const { seen, position } = await drain(store, { types: ['Organization', 'Device'], limit: 3 });
      expect(seen).toEqual(['Organization/x0/1', 'Organization/x5/1', 'Organization/x10/1', 'Organization/x15/1']);
      await store.commit([put('Patient', 'y'), put('Device', 'd')]);
      expect((await drain(store, { after: position, types: ['Organization', 'Device'], limit: 3 })).seen).toEqual(['Device/d/1']);
    });

    it('leaves out the first versions of types of which only changes are asked for', async () => {
      const store = await bench.openFresh();
      await store.commit([put('Patient', 'p1'), put('Organization', 'o1'), put('Device', 'd1')]);
      const first = await store.feed({ types: ['Organization'], changed: ['Patient'], limit: 10 });
      expect(first.items.map(({ id }) => id)).toEqual(['o1']);
      await store.commit([put('Patient', 'p2'), put('Patient', 'p1', {}, 'changed'), put('Device', 'd1', {}, 'changed'), put('Organization', 'o2')]);
      await store.commit([{ kind: 'delete', key: { type: 'Patient', id: 'p2' } }]);
      expect((await drain(store, { types: ['Organization'], changed: ['Patient'], after: first.position, limit: 1 })).seen).toEqual(['Patient/p1/2', 'Organization/o2/1', 'Patient/p2/2']);
      expect((await drain(store, { types: [], changed: ['Patient', 'Device'], limit: 2 })).seen).toEqual(['Patient/p1/2', 'Device/d1/2', 'Patient/p2/2']);
    });

    it('finds what changed behind thousands of first versions, and is at the end then', async () => {
      const store = await bench.openFresh();
      await store.commit([put('Patient', 'p1'), put('Patient', 'p2')]);
      await store.commit([put('Patient', 'p1', {}, 'changed')]);
      for (let i = 0; i < 9; i++) await store.commit(Array.from({ length: 500 }, (_, n) => put('Observation', `o${i}-${n}`)));
      await store.commit([put('Patient', 'p2', {}, 'changed')]);
      const page = await store.feed({ types: [], changed: ['Patient', 'Observation'], limit: 10 });
      expect(page.items.map(({ id, version }) => `${id}/${version}`)).toEqual(['p1/2', 'p2/2']);
      expect(await store.feed({ types: [], changed: ['Patient', 'Observation'], limit: 10, after: page.position })).toEqual({ items: [], position: page.position });
    });

    it('shows each entry once to a reader that keeps up with many writers', async () => {
      const address = await bench.fresh();
      const stores = [await bench.open(address), await bench.open(address, { writer: 'writer-2' })];
      const writing = Promise.all(Array.from({ length: 100 }, (_, i) => stores[i % 2]!.commit([put('Patient', `a${i}`), put('Patient', `b${i}`)])));
      const seen: string[] = [];
      for (let position: string | undefined; seen.length < 200;) {
        const page = await stores[0]!.feed({ limit: 7, ...(position === undefined ? {} : { after: position }) });
        seen.push(...page.items.map((item) => item.id));
        position = page.position;
        await new Promise((resolve) => setImmediate(resolve));
      }
      await writing;
      const whole: string[] = [];
      for (let position: string | undefined; ;) {
        const page = await stores[1]!.feed({ limit: 1000, ...(position === undefined ? {} : { after: position }) });
        if (page.items.length === 0) break;
        whole.push(...page.items.map((item) => item.id));
        position = page.position;
      }
      expect(seen).toEqual(whole);
      expect(new Set(seen).size).toBe(200);
    });

    it('keeps the position of each consumer', async () => {
      const address = await bench.fresh();
      const store = await bench.open(address);
      expect(await store.feedPosition('mailer')).toBeUndefined();
      await store.commit([put('Patient', 'p1')]);
      const { position } = await store.feed({ limit: 10 });
      await store.saveFeedPosition('mailer', position);
      await store.saveFeedPosition('counter', 'start');
      await store.saveFeedPosition('counter', position);
      await store.close();
      const again = await bench.open(address);
      expect(await again.feedPosition('mailer')).toBe(position);
      expect(await again.feedPosition('counter')).toBe(position);
      await again.commit([put('Patient', 'p2')]);
      expect((await again.feed({ after: position, limit: 10 })).items.map((item) => item.id)).toEqual(['p2']);
    });

    it('refuses a position that it never gave', async () => {
      const store = await bench.openFresh();
      for (const after of ['', 'x', '-1', '1e3', '{}']) await expect(store.feed({ after, limit: 10 })).rejects.toMatchObject({ kind: 'malformed' });
    });
  });
}
