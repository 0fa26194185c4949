import { describe, expect, it } from 'vitest';
import { CHAIN_START, linkHash } from '../../src/store/chain.ts';
import type { ChainLink, Store } from '../../src/store/store.ts';
import type { Bench } from './harness.ts';
import { commitOne, put, shown, trace } from './samples.ts';

/** Every link of a writer's chain, each held against the one before. */
export async function verifiedChain(store: Store, writer: string): Promise<readonly ChainLink[]> {
  const links: ChainLink[] = [];
  let previous = CHAIN_START;
  for (;;) {
    const page = await store.chain({ writer, fromSeq: links.length + 1, limit: 50 });
    for (const link of page) {
      expect(link).toMatchObject({ writer, seq: links.length + 1, previous });
      expect(link.hash).toBe(linkHash(writer, link.seq, link.previous, link.body));
      previous = link.hash;
      links.push(link);
    }
    if (page.length < 50) break;
  }
  expect((await store.chains()).find((head) => head.writer === writer)).toEqual(links.length === 0 ? undefined : { writer, seq: links.length, hash: previous });
  return links;
}

export function chainContract(bench: Bench): void {
  describe('chains', () => {
    it('links each trace to the one before, in commit order, as it is disclosed', async () => {
      const store = await bench.openFresh();
      await store.commit([trace('t1'), put('Patient', 'p1'), trace('t2')]);
      await Promise.all(Array.from({ length: 120 }, (_, i) => store.commit([trace(`u${i}`, {}, 'x'.repeat(i))])));
      const links = await verifiedChain(store, 'writer-1');
      expect(links.length).toBe(122);
      expect(links[1]?.body).toBe((await store.read({ type: 'AuditEvent', id: 't2' }))?.body);
    });

    it('has no chain before the first trace, and no link past the last', async () => {
      const store = await bench.openFresh();
      expect(await store.chains()).toEqual([]);
      expect(await store.chain({ writer: 'writer-1', fromSeq: 1, limit: 10 })).toEqual([]);
      await store.commit([trace('t1')]);
      expect(await store.chain({ writer: 'writer-1', fromSeq: 2, limit: 10 })).toEqual([]);
      expect(await store.chain({ writer: 'another', fromSeq: 1, limit: 10 })).toEqual([]);
    });

    it('continues a chain after reopening and keeps one for each writer', async () => {
      const address = await bench.fresh();
      const first = await bench.open(address);
      await first.commit([trace('t1'), trace('t2')]);
      await first.close();
      const again = await bench.open(address);
      const other = await bench.open(address, { writer: 'writer-2' });
      await again.commit([trace('t3')]);
      await other.commit([trace('t4')]);
      expect((await verifiedChain(again, 'writer-1')).length).toBe(3);
      expect((await verifiedChain(again, 'writer-2')).length).toBe(1);
      expect((await other.chains()).map((head) => head.writer).sort()).toEqual(['writer-1', 'writer-2']);
    });

    it('finds a trace by its terms as soon as it is durable', async () => {
      const store = await bench.openFresh();
      const about = (id: string) => ({ reference: [{ param: 'patient', type: 'Patient', id, url: '' }], date: [{ param: 'date', start: 10, end: 10 }] });
      for (let i = 0; i < 5; i++) {
        await store.commit([trace(`t${i}`, about(i % 2 === 0 ? 'p1' : 'p2'))]);
        const found = await store.search({ type: 'AuditEvent', where: [{ kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: 'p1' }] }], sort: [], limit: 10 });
        expect(found.items.length).toBe(Math.floor(i / 2) + 1);
        expect(await store.count({ type: 'AuditEvent', where: [] })).toBe(i + 1);
      }
    });

    it('finds traces of a store that was closed right after they were written', async () => {
      const address = await bench.fresh();
      const first = await bench.open(address);
      await first.commit(Array.from({ length: 20 }, (_, i) => trace(`t${i}`, { token: [{ param: 'action', system: '', code: 'R' }] })));
      await first.close();
      const again = await bench.open(address, { writer: 'writer-2' });
      expect(await again.count({ type: 'AuditEvent', where: [{ kind: 'token', param: 'action', anyOf: [{ code: 'R' }] }] })).toBe(20);
    });

    it('lets nobody change, replace or delete a trace', async () => {
      const store = await bench.openFresh();
      const first = await commitOne(store, trace('t1', {}, 'true'));
      await expect(store.commit([trace('t1', {}, 'false')])).rejects.toMatchObject({ kind: 'conflict' });
      await expect(store.commit([put('AuditEvent', 't1', {}, 'false')])).rejects.toMatchObject({ kind: 'conflict' });
      await expect(store.commit([{ kind: 'delete', key: { type: 'AuditEvent', id: 't1' } }])).rejects.toMatchObject({ kind: 'conflict' });
      expect(shown(await store.read({ type: 'AuditEvent', id: 't1' }))).toEqual({ ...shown(first), outcome: 'read' });
      expect((await verifiedChain(store, 'writer-1')).length).toBe(1);
    });
  });
}
