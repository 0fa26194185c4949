import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clause } from '../../src/fhir/search/query.ts';
import type { Store } from '../../src/store/store.ts';
import { verifiedChain } from './chains.ts';
import type { Bench } from './harness.ts';
import { commitOne, put, trace } from './samples.ts';

export function processContract(bench: Bench): void {
  const { harness } = bench;

  interface Writer { readonly child: ChildProcess; readonly acknowledged: number[]; readonly closed: Promise<unknown>; enough(count: number): Promise<void> }

  function startWriter(address: string, writer: string, commits: number): Writer {
    const script = fileURLToPath(new URL('writer-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, harness.module.href, harness.exported, address, writer, String(commits)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const acknowledged: number[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => { if (/^\d+$/.test(line)) acknowledged.push(Number(line)); });
    const closed = Promise.all([once(child, 'exit'), once(lines, 'close')]);
    const enough = async (count: number) => {
      while (acknowledged.length < count && child.exitCode === null && child.signalCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    return { child, acknowledged, closed, enough };
  }

  /** Commits of a writer that left anything in the store; each must be there whole. */
  async function wholeCommits(store: Store, writer: string, upTo: number): Promise<number[]> {
    const present: number[] = [];
    for (let n = 0; n < upTo; n++) {
      const parts = await store.readMany([{ type: 'Patient', id: `${writer}-${n}-a` }, { type: 'Patient', id: `${writer}-${n}-b` }, { type: 'AuditEvent', id: `${writer}-${n}-t` }]);
      expect([0, 3], `parts of commit ${n}`).toContain(parts.length);
      if (parts.length === 3) present.push(n);
    }
    return present;
  }

  describe('several stores on one database', () => {
    it('see each other\'s commits at once and keep one order of time', async () => {
      const address = await bench.fresh();
      const one = await bench.open(address, { clock: () => new Date('2026-03-01T08:00:00.000Z') });
      const two = await bench.open(address, { writer: 'writer-2', clock: () => new Date('2026-02-01T08:00:00.000Z') });
      const token = { token: [{ param: 'new param', system: 'new system', code: 'x' }] };
      await one.commit([put('Patient', 'p1', token), trace('t1')]);
      expect((await two.read({ type: 'Patient', id: 'p1' }))?.version).toBe(1);
      expect(await two.count({ type: 'Patient', where: [{ kind: 'token', param: 'new param', anyOf: [{ code: 'x' }] }] })).toBe(1);
      expect(await two.count({ type: 'AuditEvent', where: [] })).toBe(1);
      const second = await commitOne(two, put('Patient', 'p1', token, 'changed'));
      expect([second.version, second.lastUpdated]).toEqual([2, '2026-03-01T08:00:00.000Z']);
      expect((await commitOne(one, put('Patient', 'p1', token, 'changed'))).outcome).toBe('unchanged');
      await expect(two.commit([{ ...put('Patient', 'p1', token, 'again'), expectedVersion: 1 }])).rejects.toMatchObject({ kind: 'version-conflict' });
    });

    it('find what another was the first to store, also when they looked for it before', async () => {
      const address = await bench.fresh();
      const one = await bench.open(address);
      const two = await bench.open(address, { writer: 'writer-2' });
      const coded = (code: string) => ({ token: [{ param: 'code', system: 'loinc', code }], reference: [{ param: 'patient', type: 'Patient', id: 'p1', url: '' }] });
      const ofPatient = { kind: 'reference', param: 'patient', anyOf: [{ id: 'p1' }] } as const;
      for (const code of ['1', '2', '3']) {
        const where = [ofPatient, { kind: 'token', param: 'code', anyOf: [{ code }] }] as const;
        expect([await one.count({ type: 'Observation', where }), await two.count({ type: 'Observation', where })]).toEqual([0, 0]);
        await one.commit([put('Observation', `o${code}`, coded(code))]);
        expect([await one.count({ type: 'Observation', where }), await two.count({ type: 'Observation', where })]).toEqual([1, 1]);
      }
    });

    it('never answer a search, nor judge an assumption, by what was true before a write of either', async () => {
      const address = await bench.fresh();
      const stores = [await bench.open(address), await bench.open(address, { writer: 'writer-2' })];
      const where = (code: string): Clause[] => [{ kind: 'token', param: 'code', anyOf: [{ code }] }];
      const ops = fc.record({
        store: fc.constantFrom(0, 1), id: fc.constantFrom('a', 'b', 'c'), code: fc.constantFrom('1', '2'), assumed: fc.subarray(['a', 'b', 'c']), limit: fc.integer({ min: 1, max: 3 }),
        kind: fc.constantFrom('put', 'put', 'delete', 'erase', 'search', 'search', 'search', 'assume', 'fail'),
      });
      await fc.assert(fc.asyncProperty(fc.uuid(), fc.array(ops, { maxLength: 30 }), async (type, steps) => {
        const kindOfRecord = `T${type.replaceAll('-', '')}`;
        const codes = new Map<string, string>();
        const matching = (code: string): string[] => [...codes].filter(([, has]) => has === code).map(([id]) => id).sort();
        for (const { store: at, id, code, kind, assumed, limit } of steps) {
          const store = stores[at]!;
          const change = { ...put(kindOfRecord, id, { token: [{ param: 'code', system: '', code }] }, code) };
          if (kind === 'put') {
            await store.commit([change]);
            codes.set(id, code);
          } else if (kind === 'delete' || kind === 'erase') {
            if (codes.has(id)) await store.commit([{ kind: 'delete', key: { type: kindOfRecord, id }, ...(kind === 'erase' ? { erases: true } : {}) }]);
            codes.delete(id);
          } else if (kind === 'search') {
            const page = await store.search({ type: kindOfRecord, where: where(code), sort: [], limit });
            expect(page.items.map((item) => item.id).every((found) => matching(code).includes(found))).toBe(true);
            expect([page.items.length, page.next === undefined]).toEqual([Math.min(limit, matching(code).length), matching(code).length <= limit]);
            for (const item of page.items) expect(item.body).toContain(`"note":"${code}"`);
          } else if (kind === 'fail') {
            await expect(store.commit([change, { ...put(kindOfRecord, `${id}x`), expectedVersion: 9 }])).rejects.toMatchObject({ kind: 'version-conflict' });
          } else {
            const commit = store.commit([change], { assuming: [{ type: kindOfRecord, where: where(code), ids: assumed }] });
            if (matching(code).join() === assumed.join()) {
              await commit;
              codes.set(id, code);
            } else await expect(commit).rejects.toMatchObject({ kind: 'conflict' });
          }
        }
      }), { numRuns: 60 });
    });

    it('count every one of many increments that race', async () => {
      const address = await bench.fresh();
      const stores = [await bench.open(address), await bench.open(address, { writer: 'writer-2' })];
      const key = { type: 'Basic', id: 'counter' };
      await stores[0]!.commit([put('Basic', 'counter', {}, '0')]);
      const increment = async (store: Store) => {
        for (let attempt = 0; attempt < 1000; attempt++) {
          const current = await store.read(key);
          const { note } = JSON.parse(current!.body) as { note: string };
          try {
            return await store.commit([{ ...put('Basic', 'counter', {}, String(Number(note) + 1)), expectedVersion: current!.version }]);
          } catch (error) {
            expect((error as { kind: string }).kind).toMatch(/^(version-)?conflict$/);
          }
        }
        throw new Error('No increment in 1000 attempts');
      };
      await Promise.all(Array.from({ length: 20 }, (_, i) => increment(stores[i % 2]!)));
      expect((await stores[1]!.read(key))?.version).toBe(21);
      expect((await stores[0]!.read(key))?.body).toContain('"note":"20"');
    });

    it('make one resource of equal conditional creates that race across stores', async () => {
      const address = await bench.fresh();
      const stores = [await bench.open(address), await bench.open(address, { writer: 'writer-2' })];
      const where = [{ kind: 'token', param: 'identifier', anyOf: [{ system: 's', code: '7' }] }] as const;
      const create = async (i: number) => {
        const store = stores[i % 2]!;
        for (let attempt = 0; attempt < 100; attempt++) {
          if ((await store.search({ type: 'Patient', where, sort: [], limit: 2 })).items.length > 0) return;
          try {
            await store.commit([put('Patient', `p${i}`, { token: [{ param: 'identifier', system: 's', code: '7' }] })], { assuming: [{ type: 'Patient', where, ids: [] }] });
            return;
          } catch (error) {
            expect(error).toMatchObject({ kind: 'conflict' });
          }
        }
        throw new Error('No agreement after 100 attempts');
      };
      await Promise.all(Array.from({ length: 50 }, (_, i) => create(i)));
      expect(await stores[0]!.count({ type: 'Patient', where })).toBe(1);
    });

    it('lose nothing when two processes write at the same time', async () => {
      const address = await bench.fresh();
      const store = await bench.open(address);
      const writers = [startWriter(address, 'left', 60), startWriter(address, 'right', 60)];
      const mine = Promise.all(Array.from({ length: 30 }, (_, i) => store.commit([put('Patient', `mine-${i}`), trace(`mine-${i}-t`)])));
      await Promise.all([mine, ...writers.map((writer) => writer.closed)]);
      for (const [i, name] of ['left', 'right'].entries()) {
        expect(writers[i]!.acknowledged.length).toBe(60);
        expect((await wholeCommits(store, name, 60)).length).toBe(60);
        expect((await verifiedChain(store, name)).length).toBe(60);
        expect(await store.count({ type: 'Patient', where: [{ kind: 'token', param: 'writer', anyOf: [{ code: name }] }] })).toBe(60);
      }
      expect((await verifiedChain(store, 'writer-1')).length).toBe(30);
      expect((await store.read({ type: 'Basic', id: 'shared' }))?.version).toBe(120);
      const times = (await store.history({ limit: 1000 })).items.map((item) => item.lastUpdated);
      expect(times).toEqual([...times].sort().reverse());
    });
  });

  describe('a process that is killed while it writes', () => {
    it('loses nothing acknowledged, leaves no commit half done, and its chain continues', async () => {
      const address = await bench.fresh();
      for (const round of [1, 2]) {
        const writer = startWriter(address, `victim-${round}`, 1_000_000);
        await writer.enough(150 * round);
        writer.child.kill('SIGKILL');
        await writer.closed;
        const store = await bench.open(address, { writer: `victim-${round}` });
        const { acknowledged } = writer;
        // More may be stored than was heard of: the last lines died with the process.
        const linked = (await verifiedChain(store, `victim-${round}`)).length;
        const present = new Set(await wholeCommits(store, `victim-${round}`, linked + 20));
        expect(acknowledged.filter((n) => !present.has(n))).toEqual([]);
        expect(linked).toBe(present.size);
        expect(await store.count({ type: 'Patient', where: [{ kind: 'token', param: 'writer', anyOf: [{ code: `victim-${round}` }] }] })).toBe(present.size);
        await store.commit([trace(`after-${round}`), put('Basic', 'shared', {}, 'after')]);
        expect((await verifiedChain(store, `victim-${round}`)).length).toBe(present.size + 1);
        const feed = await store.feed({ limit: 1000 });
        expect(new Set(feed.items.map((item) => `${item.type}/${item.id}/${item.version}`)).size).toBe(feed.items.length);
        await store.close();
      }
    });
  });

  describe('closing', () => {
    it('waits for commits under way and refuses later ones', async () => {
      const address = await bench.fresh();
      const store = await bench.open(address);
      const commits = Array.from({ length: 50 }, (_, i) => store.commit([put('Patient', `p${i}`), trace(`t${i}`)]));
      await store.close();
      expect((await Promise.allSettled(commits)).filter((result) => result.status === 'rejected')).toEqual([]);
      await expect(store.commit([put('Patient', 'late')])).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(store.read({ type: 'Patient', id: 'p1' })).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(store.search({ type: 'Patient', where: [], sort: [], limit: 1 })).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(store.ping()).rejects.toMatchObject({ kind: 'unavailable' });
      await store.close();
      const again = await bench.open(address);
      await again.ping();
      expect(await again.count({ type: 'Patient', where: [] })).toBe(50);
      expect((await verifiedChain(again, 'writer-1')).length).toBe(50);
    });
  });
}
