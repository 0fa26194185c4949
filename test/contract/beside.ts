import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Beside, Change, PutBeside, Store } from '../../src/store/store.ts';
import type { Bench } from './harness.ts';
import { commitOne, put } from './samples.ts';

const KEY = { type: 'Patient', id: 'p1' } as const;
const withBeside = (note: string, beside: PutBeside, id = 'p1'): Change & { kind: 'put' } => ({ ...put('Patient', id, {}, note), beside });
const besideOf = async (store: Store): Promise<Beside | undefined> => (await store.readMany([KEY]))[0]?.beside;

export function besideContract(bench: Bench): void {
  describe('what stands beside a resource', () => {
    it('is told by readMany alone, and stays when the resource is put without it, updated or deleted', async () => {
      const store = await bench.openFresh();
      expect(await commitOne(store, put('Patient', 'p1', {}, 'a'))).toMatchObject({ outcome: 'created' });
      expect(await besideOf(store)).toBeUndefined();
      expect(await commitOne(store, withBeside('a', { mark: '5', note: { replaces: undefined, text: '{"x":1}' } }))).toMatchObject({ outcome: 'unchanged', version: 1 });
      const beside = { mark: '5', note: '{"x":1}' };
      expect(await besideOf(store)).toEqual(beside);
      const read = await store.read(KEY);
      expect([read?.beside, read?.body.includes('{"x":1}')]).toEqual([undefined, false]);
      expect((await store.history({ ...KEY, limit: 5 })).items).toHaveLength(1);
      expect((await store.feed({ limit: 5 })).items).toHaveLength(1);
      await store.commit([put('Patient', 'p1', {}, 'b')]);
      expect(await besideOf(store)).toEqual(beside);
      await store.commit([{ kind: 'delete', key: KEY }]);
      expect(await besideOf(store)).toEqual(beside);
      await store.commit([put('Patient', 'p1', {}, 'c')]);
      expect(await besideOf(store)).toEqual(beside);
    });

    it('comes with a resource that is new, and goes where all is erased', async () => {
      const store = await bench.openFresh();
      await store.commit([withBeside('a', { mark: '5', note: { replaces: undefined, text: 'n' } })]);
      expect(await besideOf(store)).toEqual({ mark: '5', note: 'n' });
      await store.commit([{ kind: 'delete', key: KEY, erases: true }]);
      expect(await besideOf(store)).toBeUndefined();
      await store.commit([withBeside('b', { mark: '1' })]);
      await store.commit([{ kind: 'delete', key: KEY }]);
      await store.commit([{ kind: 'delete', key: KEY, erases: true }]);
      expect(await besideOf(store)).toBeUndefined();
    });

    it('keeps the greatest mark, and lets a smaller one change nothing', async () => {
      const store = await bench.openFresh();
      await store.commit([withBeside('a', { mark: '3' })]);
      expect(await commitOne(store, withBeside('a', { mark: '2' }))).toMatchObject({ outcome: 'unchanged' });
      await expect(store.commit([withBeside('b', { mark: '2' })])).rejects.toMatchObject({ kind: 'conflict' });
      await store.commit([withBeside('a', { mark: '4' })]);
      expect(await besideOf(store)).toEqual({ mark: '4' });
      expect(await commitOne(store, withBeside('b', { mark: '4' }))).toMatchObject({ outcome: 'updated' });
      await store.commit([{ kind: 'delete', key: KEY }]);
      // What is not there is not overwritten.
      expect(await commitOne(store, withBeside('c', { mark: '1' }))).toMatchObject({ outcome: 'created' });
      expect(await besideOf(store)).toEqual({ mark: '4' });
    });

    it('takes another note only over the one that was expected', async () => {
      const store = await bench.openFresh();
      await expect(store.commit([withBeside('a', { note: { replaces: 'n', text: 'm' } })])).rejects.toMatchObject({ kind: 'version-conflict' });
      await store.commit([withBeside('a', { note: { replaces: undefined, text: 'n' } })]);
      for (const beside of [{ note: { replaces: undefined, text: 'm' } }, { note: { replaces: 'x', text: 'm' } }, { mark: '9', note: { replaces: undefined } }]) await expect(store.commit([withBeside('b', beside)])).rejects.toMatchObject({ kind: 'version-conflict' });
      expect(await commitOne(store, withBeside('b', { mark: '9', note: { replaces: 'n' } }))).toMatchObject({ outcome: 'updated' });
      expect(await besideOf(store)).toEqual({ mark: '9', note: 'n' });
    });

    it('is lost by none of many writers at the same time', async () => {
      const store = await bench.openFresh();
      await store.commit([withBeside('a', {})]);
      const append = async (writer: number): Promise<void> => {
        for (;;) {
          const before = (await besideOf(store))?.note;
          try {
            await store.commit([withBeside('a', { mark: String(writer), note: { replaces: before, text: `${before ?? ''}${writer}` } }), put('Patient', `of-${writer}`)]);
            return;
          } catch (error) {
            expect(error).toMatchObject({ kind: 'version-conflict' });
          }
        }
      };
      await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(append));
      const beside = await besideOf(store);
      expect(beside?.mark).toBe('8');
      expect(Array.from(beside?.note ?? '').sort().join('')).toBe('12345678');
    });

    it('is what a model of it says, whatever is written in whatever groups', async () => {
      const step = fc.record({ body: fc.constantFrom('a', 'b'), mark: fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined }), note: fc.option(fc.constantFrom('m', 'n'), { nil: undefined }), deletes: fc.integer({ min: 0, max: 5 }) });
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const store = await bench.openFresh();
        let body: string | undefined;
        let beside: Beside = {};
        const outcomes = await Promise.allSettled(steps.map(({ body: next, mark, note, deletes }) => store.commit([deletes === 0 ? { kind: 'delete', key: KEY } : withBeside(next, { ...(mark === undefined ? {} : { mark }), ...(note === undefined ? {} : { note: { replaces: beside.note, text: note } }) })])));
        let known = false;
        for (const [at, { body: next, mark, note, deletes }] of steps.entries()) {
          const isDone = outcomes[at]?.status === 'fulfilled';
          if (deletes === 0) {
            expect(isDone).toBe(known);
            if (isDone) body = undefined;
            continue;
          }
          // All were planned over nothing, so that the first note is the last.
          const isRefused = (note !== undefined && beside.note !== undefined) || (body !== undefined && body !== next && mark !== undefined && beside.mark !== undefined && beside.mark > mark);
          expect(isDone).toBe(!isRefused);
          if (!isDone) continue;
          known = true;
          body = next;
          beside = { ...beside, ...(note === undefined ? {} : { note }), ...(mark === undefined || (beside.mark ?? '') > mark ? {} : { mark }) };
        }
        const [stored] = await store.readMany([KEY]);
        expect(stored?.beside ?? {}).toEqual(beside);
        expect(stored === undefined || stored.deleted).toBe(body === undefined);
      }), { numRuns: 25 });
    });
  });
}
