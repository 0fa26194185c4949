import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clause, SearchQuery, Sort } from '../../src/fhir/search/query.ts';
import type { Change, Store } from '../../src/store/store.ts';
import type { Bench } from './harness.ts';
import { modelSearch } from './model.ts';
import type { ModelEntry } from './model.ts';
import { anyKey, anyQuery, anyTerms } from './random.ts';
import { extractCarried, idsOf, put, walk } from './samples.ts';

async function walked(store: Store, query: SearchQuery, between?: () => Promise<unknown>): Promise<string[]> {
  return idsOf(await walk((after) => store.search({ ...query, ...(after === undefined ? {} : { after }) }), between));
}

export function sortContract(bench: Bench): void {
  describe('order and paging', () => {
    const dated = (id: string, ...starts: number[]) => put('Observation', id, { date: starts.map((start) => ({ param: 'date', start, end: start })), reference: [{ param: 'patient', type: 'Patient', id: 'p1', url: '' }], token: [{ param: 'code', system: 'loinc', code: 'glu' }] });
    const OF_PATIENT: Clause = { kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: 'p1' }] };
    const OF_CODE: Clause = { kind: 'token', param: 'code', anyOf: [{ system: 'loinc', code: 'glu' }] };
    const BY_DATE: Sort = { param: 'date', of: 'date', descending: true };

    it('gives the last created first unless told otherwise, an update moving nothing', async () => {
      const store = await bench.openFresh();
      await store.commit([put('Patient', 'b'), put('Patient', 'a')]);
      await store.commit([put('Patient', 'c')]);
      await store.commit([put('Patient', 'b', {}, 'changed')]);
      expect(await walked(store, { type: 'Patient', where: [], sort: [], limit: 1 })).toEqual(['c', 'a', 'b']);
    });

    it('gives a patient\'s results newest first, whatever the order they came in', async () => {
      const store = await bench.openFresh();
      await store.commit([dated('o1', 10), dated('o2', 30), dated('none'), dated('o3', 20), dated('late', 30), dated('twice', 5, 40), { kind: 'put', resource: { ...dated('other', 99).resource, carries: '{}' } }]);
      const newest = ['twice', 'late', 'o2', 'o3', 'o1', 'none'];
      for (const limit of [1, 2, 4, 100]) expect(await walked(store, { type: 'Observation', where: [OF_PATIENT, OF_CODE], sort: [BY_DATE], limit })).toEqual(newest);
      for (const limit of [2, 100]) expect(await walked(store, { type: 'Observation', where: [OF_PATIENT], sort: [BY_DATE], limit })).toEqual(newest);
      expect(await walked(store, { type: 'Observation', where: [OF_PATIENT, OF_CODE], sort: [{ ...BY_DATE, descending: false }], limit: 2 })).toEqual(['twice', 'o1', 'o3', 'late', 'o2', 'none']);
      expect(await walked(store, { type: 'Observation', where: [OF_PATIENT, OF_CODE], sort: [], limit: 2 })).toEqual(['twice', 'late', 'o3', 'none', 'o2', 'o1']);
    });

    it('merges the results of several patients and codes without showing one twice', async () => {
      const store = await bench.openFresh();
      const shared = (id: string, start: number, patients: string[], codes: string[]) => put('Observation', id, { date: [{ param: 'date', start, end: start }], reference: patients.map((patient) => ({ param: 'patient', type: 'Patient', id: patient, url: '' })), token: codes.map((code) => ({ param: 'code', system: '', code })) });
      await store.commit(Array.from({ length: 30 }, (_, i) => shared(`o${i}`, (i * 7) % 30, i % 3 === 0 ? ['p1', 'p2'] : [`p${i % 3}`], i % 2 === 0 ? ['x', 'y'] : ['z'])));
      const where: Clause[] = [{ kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: 'p1' }, { type: 'Patient', id: 'p2' }, { type: 'Patient', id: 'nobody' }] }, { kind: 'token', param: 'code', anyOf: [{ code: 'x' }, { code: 'y' }] }];
      const expected = Array.from({ length: 15 }, (_, i) => i * 2).sort((a, b) => ((b * 7) % 30) - ((a * 7) % 30)).map((i) => `o${i}`);
      expect(await walked(store, { type: 'Observation', where, sort: [BY_DATE], limit: 4 })).toEqual(expected);
    });

    it('meets each resource that matches throughout exactly once while others come, change and go', async () => {
      const store = await bench.openFresh();
      const names = Array.from({ length: 40 }, (_, i) => `o${String(i).padStart(2, '0')}`);
      await store.commit(names.map((id, i) => dated(id, i % 9)));
      // Every fourth comes and goes and moves; the others are changed too, but for what they are sorted by.
      const steady = names.filter((_, i) => i % 4 !== 0);
      let step = 0;
      const disturb = async () => {
        step += 1;
        const fickle = names[(step * 4) % 40]!;
        const changed = steady[step % steady.length]!;
        const touch: Change = { kind: 'put', resource: { ...dated(changed, names.indexOf(changed) % 9).resource, note: `changed ${step}` } };
        await store.commit(step % 3 === 0 ? [touch, dated(`new${step}`, step % 9)] : [touch]);
        await store.commit([step % 2 === 0 ? { kind: 'delete', key: { type: 'Observation', id: fickle } } : dated(fickle, step % 5)]);
      };
      for (const sort of [[], [BY_DATE], [{ ...BY_DATE, descending: false }], [{ param: '_id', of: 'id' as const, descending: false }]]) {
        for (const where of [[], [OF_PATIENT], [OF_PATIENT, OF_CODE], [OF_CODE]]) {
          const ids = await walked(store, { type: 'Observation', where, sort, limit: 6 }, disturb);
          for (const id of steady) expect(ids.filter((found) => found === id).length, `${id} sorted by ${JSON.stringify(sort)} where ${JSON.stringify(where)}`).toBe(1);
        }
      }
    });

    it('ends a walk by creation with what was there when it began', async () => {
      const store = await bench.openFresh();
      await store.commit([put('Patient', 'a'), put('Patient', 'b'), put('Patient', 'c')]);
      let n = 0;
      expect(await walked(store, { type: 'Patient', where: [], sort: [], limit: 1 }, () => store.commit([put('Patient', `new${n++}`)]))).toEqual(['c', 'b', 'a']);
    });
  });

  describe('any search', () => {
    const change = fc.record({ key: anyKey, terms: anyTerms, remove: fc.integer({ min: 0, max: 5 }).map((n) => n === 0) });

    it('answers as a plain filter over everything stored would', async () => {
      await fc.assert(fc.asyncProperty(fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 }), fc.array(anyQuery, { minLength: 1, maxLength: 12 }), async (commits, queries) => {
        const store = await bench.openFresh();
        const model = new Map<string, ModelEntry>();
        const born = new Map<string, number>();
        for (const changes of commits) await applyBoth(store, model, born, changes);
        for (const query of queries) {
          const expected = modelSearch(model, query);
          expect(await walked(store, query)).toEqual(expected);
          expect(await store.count(query)).toBe(expected.length);
        }
        await store.close();
      }), { numRuns: 60 });
    });
  });

  type RandomChange = { key: { type: string; id: string }; terms: Parameters<typeof put>[2]; remove: boolean };

  /** Commits to the store what it also tells the model; a change that the store would refuse is left out. */
  async function applyBoth(store: Store, model: Map<string, ModelEntry>, born: Map<string, number>, changes: readonly RandomChange[]): Promise<void> {
    const once = [...new Map(changes.map((change) => [`${change.key.type}/${change.key.id}`, change])).entries()].filter(([key, change]) => !change.remove || born.has(key));
    const stored = await store.commit(once.map(([, { key, terms, remove }]) => (remove ? { kind: 'delete', key } : put(key.type, key.id, terms))));
    for (const [i, [key, { key: { type, id }, terms, remove }]] of once.entries()) {
      if (remove) {
        model.delete(key);
        continue;
      }
      const { resource } = put(type, id, terms);
      const created = born.get(key) ?? born.size;
      born.set(key, created);
      model.set(key, { type, id, created, updatedMs: Date.parse(stored[i]?.lastUpdated ?? ''), terms: extractCarried(resource), resource });
    }
  }
}
