import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clause, Sort } from '../../../src/fhir/search/query.ts';
import { openSqlite } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { modelSearch } from '../../contract/model.ts';
import type { ModelEntry } from '../../contract/model.ts';
import { extractCarried, handClock, idsOf, optionsFor, put, walk } from '../../contract/samples.ts';

const SIZE = 2_600;

/** Sets too large to be collected are walked in another way than small ones, which the contract's searches are. */
describe('a search over thousands of resources', () => {
  let store: Store;
  const model = new Map<string, ModelEntry>();
  beforeAll(async () => {
    const clock = handClock();
    store = await openSqlite(':memory:', optionsFor('writer-1', clock.read));
    for (let from = 0; from < SIZE; from += 100) {
      clock.set(new Date(Date.UTC(2026, 2, 1) + from).toISOString());
      const changes = Array.from({ length: 100 }, (_, i) => observation(from + i));
      const stored = await store.commit(changes);
      for (const [i, { resource }] of changes.entries()) {
        model.set(`Observation/${resource.id}`, { type: 'Observation', id: resource.id, created: from + i, updatedMs: Date.parse(stored[i]!.lastUpdated), terms: extractCarried(resource), resource });
      }
    }
    clock.set('2026-03-02T00:00:00.000Z');
    for (const n of [7, 1200, 3]) {
      const changed = { ...observation(n).resource, note: 'changed' };
      const [stored] = await store.commit([{ kind: 'put', resource: changed }]);
      const key = `Observation/${changed.id}`;
      model.set(key, { ...model.get(key)!, updatedMs: Date.parse(stored!.lastUpdated) });
    }
  });
  afterAll(() => store.close());

  const token = (code: string): Clause => ({ kind: 'token', param: 'status', anyOf: [{ code }] });
  const clauses: Clause[] = [
    token('final'), { kind: 'token', param: 'status', anyOf: [{ code: 'final' }, { code: 'rare' }] }, token('rare'),
    { kind: 'date', param: 'date', anyOf: [{ prefix: 'ge', low: 50, high: 50 }] }, { kind: 'date', param: 'date', anyOf: [{ prefix: 'ap', low: 20, high: 30 }] }, { kind: 'date', param: 'date', anyOf: [{ prefix: 'ne', low: 20, high: 30 }] },
    { kind: 'date', param: '_lastUpdated', anyOf: [{ prefix: 'gt', low: Date.UTC(2026, 2, 1), high: Date.UTC(2026, 2, 1) + 1900 }] },
    { kind: 'string', param: 'note', match: 'starts', anyOf: ['w'] }, { kind: 'string', param: 'note', match: 'contains', anyOf: ['7'] },
    { kind: 'missing', param: 'date', of: 'date', isMissing: true }, { kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: 'p1' }] },
  ];
  const sorts: Sort[] = (['date', 'number', 'quantity', 'string', 'token', 'lastUpdated', 'id'] as const).flatMap((of) => {
    const param = { date: 'date', number: 'n', quantity: 'q', string: 'note', token: 'status', lastUpdated: '_lastUpdated', id: '_id' }[of];
    return [{ param, of, descending: true }, { param, of, descending: false }];
  });

  it('gives every page of every order as a plain sort would', async () => {
    await fc.assert(fc.asyncProperty(fc.subarray(clauses, { maxLength: 2 }), fc.shuffledSubarray(sorts, { maxLength: 2 }), async (where, sort) => {
      const query = { type: 'Observation', where, sort, limit: 150 };
      const ids = idsOf(await walk((after) => store.search({ ...query, ...(after === undefined ? {} : { after }) })));
      expect(ids).toEqual(modelSearch(model, query));
      expect(await store.count(query)).toBe(ids.length);
    }), { numRuns: 30 });
  });
});

/** Most share what they can be found by; every seventh has no date, every fiftieth is rare, every eleventh has two dates. */
function observation(n: number) {
  const start = (n * 37) % 100;
  return put('Observation', `o${String((n * 7919) % 10_007).padStart(5, '0')}`, {
    token: [{ param: 'status', system: 's', code: n % 50 === 0 ? 'rare' : 'final' }],
    date: n % 7 === 0 ? [] : [{ param: 'date', start, end: start + (n % 13 === 0 ? 40 : 0) }, ...(n % 11 === 0 ? [{ param: 'date', start: 99 - start, end: 8.64e15 }] : [])],
    number: [{ param: 'n', low: n % 5, high: (n % 5) + 1 }],
    quantity: [{ param: 'q', low: -(n % 3), high: 0, system: '', code: 'kg' }],
    string: [{ param: 'note', folded: `w${n % 17}`, exact: `W${n % 17}` }],
    reference: [{ param: 'patient', type: 'Patient', id: `p${n % 2}`, url: '' }],
  });
}
