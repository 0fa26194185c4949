import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EARLIEST_MS, LATEST_MS } from '../../src/fhir/search/terms.ts';
import type { Clause, Prefix } from '../../src/fhir/search/query.ts';
import type { Change, Store } from '../../src/store/store.ts';
import type { Bench } from './harness.ts';
import { handClock, idsOf, put, shown, walk } from './samples.ts';

async function found(store: Store, type: string, ...where: Clause[]): Promise<string[]> {
  const ids = idsOf((await store.search({ type, where, sort: [], limit: 100 })).items).sort();
  expect(await store.count({ type, where })).toBe(ids.length);
  return ids;
}

export function searchContract(bench: Bench): void {
  describe('search', () => {
    const storeOf = async (...changes: Change[]) => {
      const store = await bench.openFresh();
      await store.commit(changes);
      return store;
    };

    it('finds tokens by system and code, by either alone, and by absence of a system', async () => {
      const code = (id: string, ...codes: [string, string][]) => put('Observation', id, { token: codes.map(([system, value]) => ({ param: 'code', system, code: value })) });
      const store = await storeOf(code('a', ['loinc', '1']), code('b', ['local', '1']), code('c', ['', '1']), code('d', ['loinc', '2'], ['local', '2']), code('e'), put('Observation', 'f', { token: [{ param: 'status', system: 'loinc', code: '1' }] }), put('Patient', 'g', { token: [{ param: 'code', system: 'loinc', code: '1' }] }));
      const by = (...anyOf: { system?: string; code?: string }[]) => found(store, 'Observation', { kind: 'token', param: 'code', anyOf });
      expect(await by({ system: 'loinc', code: '1' })).toEqual(['a']);
      expect(await by({ code: '1' })).toEqual(['a', 'b', 'c']);
      expect(await by({ system: '', code: '1' })).toEqual(['c']);
      expect(await by({ system: 'loinc' })).toEqual(['a', 'd']);
      expect(await by({})).toEqual(['a', 'b', 'c', 'd']);
      expect(await by({ system: 'loinc', code: '1' }, { code: '2' })).toEqual(['a', 'd']);
      expect(await by({ system: 'unheard of', code: '1' })).toEqual([]);
      expect(await by()).toEqual([]);
      expect(await found(store, 'Observation', { kind: 'token', param: 'code', anyOf: [{ code: '1' }], negate: true })).toEqual(['d', 'e', 'f']);
      expect(await found(store, 'Observation', { kind: 'token', param: 'code', anyOf: [{ system: 'loinc' }, { system: 'local' }], negate: true })).toEqual(['c', 'e', 'f']);
      expect(await found(store, 'Observation', { kind: 'token', param: 'never seen', anyOf: [{ code: '1' }] })).toEqual([]);
      expect(await found(store, 'Observation', { kind: 'token', param: 'never seen', anyOf: [{ code: '1' }], negate: true })).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    });

    it('answers a clause of a thousand alternatives', async () => {
      const store = await storeOf(...Array.from({ length: 20 }, (_, i) => put('Patient', `p${i}`, { token: [{ param: 'n', system: 's', code: String(i) }], reference: [{ param: 'r', type: 'Organization', id: `o${i}`, url: '' }], string: [{ param: 'name', folded: `n${i}`, exact: `N${i}` }], date: [{ param: 'd', start: i, end: i }], uri: [{ param: 'u', value: `u${i}` }] })));
      const many = Array.from({ length: 1500 }, (_, i) => i + 15);
      const clauses: Clause[] = [
        { kind: 'token', param: 'n', anyOf: many.map((i) => ({ system: 's', code: String(i) })) },
        { kind: 'reference', param: 'r', anyOf: many.map((i) => ({ type: 'Organization', id: `o${i}` })) },
        { kind: 'string', param: 'name', match: 'exact', anyOf: many.map((i) => `N${i}`) },
        { kind: 'date', param: 'd', anyOf: many.map((i) => ({ prefix: 'eq', low: i, high: i })) },
        { kind: 'uri', param: 'u', match: 'exact', anyOf: many.map((i) => `u${i}`) },
        { kind: 'id', anyOf: many.map((i) => `p${i}`) },
        { kind: 'or', clauses: many.slice(0, 200).map((i) => ({ kind: 'token', param: 'n', anyOf: [{ code: String(i) }] })) },
      ];
      for (const clause of clauses) expect(await found(store, 'Patient', clause), clause.kind).toEqual(['p15', 'p16', 'p17', 'p18', 'p19']);
      expect(await found(store, 'Patient', ...clauses)).toEqual(['p15', 'p16', 'p17', 'p18', 'p19']);
    });

    it('finds a code within a patient\'s record, however many other values vary beside it, and none that nothing has', async () => {
      const numbered = (i: number) => `o${String(i).padStart(3, '0')}`;
      const store = await storeOf(...Array.from({ length: 150 }, (_, i) => put('Observation', numbered(i), {
        token: [{ param: 'code', system: 'loinc', code: i % 2 === 0 ? 'even' : 'odd' }, { param: 'status', system: '', code: `s${i}` }],
        reference: [{ param: 'patient', type: 'Patient', id: `p${i % 3}`, url: '' }],
        date: [{ param: 'date', start: i, end: i }],
      })));
      const patient = (...ids: string[]): Clause => ({ kind: 'reference', param: 'patient', anyOf: ids.map((id) => ({ type: 'Patient', id })) });
      const code = (value: string): Clause => ({ kind: 'token', param: 'code', anyOf: [{ system: 'loinc', code: value }] });
      for (const sort of [[], [{ param: 'date', of: 'date', descending: true }]] as const) {
        const all = (...where: Clause[]) => walk((after) => store.search({ type: 'Observation', where, sort, limit: 7, ...(after === undefined ? {} : { after }) })).then(idsOf);
        const expected = (keep: (i: number) => boolean) => Array.from({ length: 150 }, (_, i) => 149 - i).filter(keep).map(numbered);
        expect(await all(code('even'))).toEqual(expected((i) => i % 2 === 0));
        expect(await all(patient('p1'), code('even'))).toEqual(expected((i) => i % 6 === 4));
        expect(await all(patient('p1', 'p2'), code('odd'))).toEqual(expected((i) => i % 2 === 1 && i % 3 > 0));
        expect(await all(patient('p1'), code('neither'))).toEqual([]);
        expect(await all(patient('nobody'), code('even'))).toEqual([]);
      }
      expect(await found(store, 'Observation', patient('p1'), code('neither'))).toEqual([]);
      expect(await found(store, 'Observation', code('neither'))).toEqual([]);
    });

    it('finds strings by their start, a part, or exactly', async () => {
      const name = (id: string, ...names: [string, string][]) => put('Patient', id, { string: names.map(([folded, exact]) => ({ param: 'name', folded, exact })) });
      const store = await storeOf(name('a', ['li lei', 'Li Lei']), name('b', ['李雷', '李雷']), name('c', ['muller', 'Müller'], ['lee', 'Lee']), name('d', ['100%_x', '100%_x']), name('e', ['\u{1f600}x', '\u{1f600}x'], ['\uffffx', '\uffffx']));
      const by = (match: 'starts' | 'contains' | 'exact', ...anyOf: string[]) => found(store, 'Patient', { kind: 'string', param: 'name', match, anyOf });
      expect(await by('starts', 'l')).toEqual(['a', 'c']);
      expect(await by('starts', '李')).toEqual(['b']);
      expect(await by('starts', 'lei')).toEqual([]);
      expect(await by('starts', '')).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await by('starts', '\u{1f600}')).toEqual(['e']);
      expect(await by('starts', '\uffff')).toEqual(['e']);
      expect(await by('contains', 'le')).toEqual(['a', 'c']);
      expect(await by('contains', '%')).toEqual(['d']);
      expect(await by('contains', '_')).toEqual(['d']);
      expect(await by('contains', '.*')).toEqual([]);
      expect(await by('exact', 'Müller', '李雷')).toEqual(['b', 'c']);
      expect(await by('exact', 'muller')).toEqual([]);
    });

    it('finds references by type and id, by id alone, and by url', async () => {
      const refer = (id: string, ...terms: { type?: string; id?: string; url?: string }[]) => put('Observation', id, { reference: terms.map((term) => ({ param: 'performer', type: '', id: '', url: '', ...term })) });
      const store = await storeOf(refer('a', { type: 'Organization', id: '1' }), refer('b', { type: 'Practitioner', id: '1' }), refer('c', { url: 'urn:oid:1' }, { type: 'Organization', id: '2' }), refer('d', { url: '1' }), refer('e'));
      const by = (...anyOf: ({ type?: string; id: string } | { url: string })[]) => found(store, 'Observation', { kind: 'reference', param: 'performer', anyOf });
      expect(await by({ type: 'Organization', id: '1' })).toEqual(['a']);
      expect(await by({ id: '1' })).toEqual(['a', 'b']);
      expect(await by({ url: 'urn:oid:1' })).toEqual(['c']);
      expect(await by({ url: '1' }, { type: 'Organization', id: '2' })).toEqual(['c', 'd']);
      expect(await by({ type: 'Device', id: '1' })).toEqual([]);
      expect(await found(store, 'Observation', { kind: 'reference', param: 'performer', anyOf: [{ id: '1' }], negate: true })).toEqual(['c', 'd', 'e']);
    });

    it('finds uris exactly, below and above', async () => {
      const store = await storeOf(...['http://a.org/x', 'http://a.org/x/y', 'http://a.org/xy', 'urn:a'].map((value, i) => put('ValueSet', String(i), { uri: [{ param: 'url', value }] })));
      const by = (match: 'exact' | 'below' | 'above', value: string, negate = false) => found(store, 'ValueSet', { kind: 'uri', param: 'url', match, anyOf: [value], negate });
      expect(await by('exact', 'http://a.org/x')).toEqual(['0']);
      expect(await by('exact', 'http://a.org/')).toEqual([]);
      expect(await by('below', 'http://a.org/x')).toEqual(['0', '1']);
      expect(await by('below', 'http://a.org/x/')).toEqual(['1']);
      expect(await by('above', 'http://a.org/x/y/z')).toEqual(['0', '1']);
      expect(await by('above', 'http://a.org/xyz')).toEqual([]);
      expect(await by('exact', 'http://a.org/x', true)).toEqual(['1', '2', '3']);
    });

    const PREFIXES: Record<Prefix, (indexed: readonly [number, number], asked: readonly [number, number]) => boolean> = {
      eq: ([low, high], asked) => asked[0] <= low && high <= asked[1],
      ne: (indexed, asked) => !PREFIXES.eq(indexed, asked),
      gt: ([, high], asked) => high > asked[1],
      lt: ([low], asked) => low < asked[0],
      ge: (indexed, asked) => PREFIXES.gt(indexed, asked) || PREFIXES.eq(indexed, asked),
      le: (indexed, asked) => PREFIXES.lt(indexed, asked) || PREFIXES.eq(indexed, asked),
      sa: ([low], asked) => low > asked[1],
      eb: ([, high], asked) => high < asked[0],
      ap: ([low, high], asked) => low <= asked[1] && high >= asked[0],
    };
    const ranges: [number, number][] = [0, 1, 2, 3, 4, 5].flatMap((low) => [0, 1, 3].map((width): [number, number] => [low, low + width]));

    it('compares dates by every prefix, boundaries included', async () => {
      const indexed: [number, number][] = [...ranges, [EARLIEST_MS, 2], [3, LATEST_MS]];
      const store = await storeOf(...indexed.map(([start, end], i) => put('Observation', `o${i}`, { date: [{ param: 'date', start, end }] })));
      for (const asked of [[2, 2], [1, 3], [0, 9], [3, 3]] as const) {
        for (const prefix of Object.keys(PREFIXES) as Prefix[]) {
          const expected = indexed.flatMap((range, i) => (PREFIXES[prefix](range, asked) ? [`o${i}`] : [])).sort();
          expect(await found(store, 'Observation', { kind: 'date', param: 'date', anyOf: [{ prefix, low: asked[0], high: asked[1] }] }), `${prefix} ${asked.join('..')}`).toEqual(expected);
        }
      }
    });

    it('compares numbers and quantities by the same rules', async () => {
      const indexed: [number, number][] = [[5.5, 6.5], [5.95, 6.05], [6.05, 6.15], [5.995, 6.005], [6.5, 7.5], [-1, -0.5], [6, 6], [1e-30, 1e30]];
      const store = await storeOf(...indexed.map(([low, high], i) => put('Observation', `o${i}`, { number: [{ param: 'n', low, high }], quantity: [{ param: 'q', low, high, system: 'ucum', code: 'mg' }] })));
      for (const asked of [[5.95, 6.05], [6, 6], [6.05, 6.15]] as const) {
        for (const prefix of Object.keys(PREFIXES) as Prefix[]) {
          const expected = indexed.flatMap((range, i) => (PREFIXES[prefix](range, asked) ? [`o${i}`] : [])).sort();
          const match = { prefix, low: asked[0], high: asked[1] };
          expect(await found(store, 'Observation', { kind: 'number', param: 'n', anyOf: [match] }), `number ${prefix} ${asked.join('..')}`).toEqual(expected);
          expect(await found(store, 'Observation', { kind: 'quantity', param: 'q', anyOf: [{ ...match, code: 'mg' }] }), `quantity ${prefix} ${asked.join('..')}`).toEqual(expected);
        }
      }
    });

    it('finds quantities by unit, by system and unit, and by value alone', async () => {
      const amount = (id: string, system: string, code: string) => put('Observation', id, { quantity: [{ param: 'q', low: 1, high: 2, system, code }] });
      const store = await storeOf(amount('a', 'ucum', 'mg'), amount('b', '', 'mg'), amount('c', 'ucum', 'g'));
      const by = (unit: { system?: string; code?: string }) => found(store, 'Observation', { kind: 'quantity', param: 'q', anyOf: [{ prefix: 'eq', low: 1, high: 2, ...unit }] });
      expect(await by({})).toEqual(['a', 'b', 'c']);
      expect(await by({ code: 'mg' })).toEqual(['a', 'b']);
      expect(await by({ system: 'ucum', code: 'mg' })).toEqual(['a']);
      expect(await by({ system: '', code: 'mg' })).toEqual(['b']);
      expect(await by({ system: 'ucum' })).toEqual(['a', 'c']);
    });

    it('finds resources by id and by the time of their last change', async () => {
      const clock = handClock('2026-03-01T08:00:00.000Z');
      const store = await bench.openFresh({ clock: clock.read });
      await store.commit([put('Patient', 'a'), put('Patient', 'b')]);
      clock.set('2026-03-02T08:00:00.000Z');
      await store.commit([put('Patient', 'b', {}, 'changed'), put('Patient', 'c'), put('Organization', 'a')]);
      const day = Date.parse('2026-03-02T00:00:00.000Z');
      expect(await found(store, 'Patient', { kind: 'id', anyOf: ['a', 'c', 'nobody'] })).toEqual(['a', 'c']);
      expect(await found(store, 'Patient', { kind: 'id', anyOf: ['a'], negate: true })).toEqual(['b', 'c']);
      expect(await found(store, 'Patient', { kind: 'date', param: '_lastUpdated', anyOf: [{ prefix: 'ge', low: day, high: day }] })).toEqual(['b', 'c']);
      expect(await found(store, 'Patient', { kind: 'date', param: '_lastUpdated', anyOf: [{ prefix: 'lt', low: day, high: day }] })).toEqual(['a']);
      expect(await found(store, 'Patient', { kind: 'date', param: '_lastUpdated', anyOf: [{ prefix: 'eq', low: day, high: day + 86_399_999 }] })).toEqual(['b', 'c']);
    });

    it('finds what has or lacks a parameter of each kind', async () => {
      const full = { token: [{ param: 'token', system: '', code: 'x' }], string: [{ param: 'string', folded: 'x', exact: 'x' }], reference: [{ param: 'reference', type: 'Patient', id: 'x', url: '' }], date: [{ param: 'date', start: 1, end: 1 }], number: [{ param: 'number', low: 1, high: 1 }], quantity: [{ param: 'quantity', low: 1, high: 1, system: '', code: '' }], uri: [{ param: 'uri', value: 'x' }] };
      const store = await storeOf(put('Observation', 'full', full), put('Observation', 'empty'), put('Observation', 'gone', full));
      await store.commit([put('Observation', 'gone', {}, 'now empty')]);
      for (const of of ['token', 'string', 'reference', 'date', 'number', 'quantity', 'uri'] as const) {
        expect(await found(store, 'Observation', { kind: 'missing', param: of, of, isMissing: false }), of).toEqual(['full']);
        expect(await found(store, 'Observation', { kind: 'missing', param: of, of, isMissing: true }), of).toEqual(['empty', 'gone']);
        expect(await found(store, 'Observation', { kind: 'missing', param: 'other', of, isMissing: true }), of).toEqual(['empty', 'full', 'gone']);
      }
    });

    it('follows references forward, backward and several steps', async () => {
      const refer = (param: string, type: string, id: string) => ({ param, type, id, url: '' });
      const store = await storeOf(
        put('Organization', 'north', { token: [{ param: 'level', system: '', code: '3' }] }),
        put('Organization', 'south', { token: [{ param: 'level', system: '', code: '2' }] }),
        put('Patient', 'p1', { reference: [refer('organization', 'Organization', 'north')], token: [{ param: 'gender', system: '', code: 'male' }] }),
        put('Patient', 'p2', { reference: [refer('organization', 'Organization', 'south')], token: [{ param: 'gender', system: '', code: 'male' }] }),
        put('Patient', 'p3'),
        put('Observation', 'o1', { reference: [refer('patient', 'Patient', 'p1')], token: [{ param: 'code', system: '', code: 'glu' }] }),
        put('Observation', 'o2', { reference: [refer('patient', 'Patient', 'p2')], token: [{ param: 'code', system: '', code: 'glu' }] }),
        put('Observation', 'o3', { reference: [refer('patient', 'Patient', 'p2'), refer('performer', 'Organization', 'north')] }),
        put('Person', 'x', { reference: [refer('link', 'Patient', 'p1'), refer('link', 'Patient', 'p2'), refer('known-at', 'Organization', 'south')] }),
      );
      const level = (code: string): Clause => ({ kind: 'token', param: 'level', anyOf: [{ code }] });
      const patientAt = (code: string): Clause => ({ kind: 'chain', param: 'patient', type: 'Patient', where: [{ kind: 'chain', param: 'organization', type: 'Organization', where: [level(code)] }] });
      expect(await found(store, 'Observation', patientAt('2'))).toEqual(['o2', 'o3']);
      expect(await found(store, 'Observation', patientAt('2'), { kind: 'token', param: 'code', anyOf: [{ code: 'glu' }] })).toEqual(['o2']);
      expect(await found(store, 'Observation', { kind: 'chain', param: 'performer', type: 'Organization', where: [] })).toEqual(['o3']);
      expect(await found(store, 'Patient', { kind: 'has', type: 'Observation', param: 'patient', where: [{ kind: 'token', param: 'code', anyOf: [{ code: 'glu' }] }] })).toEqual(['p1', 'p2']);
      expect(await found(store, 'Patient', { kind: 'has', type: 'Observation', param: 'patient', where: [{ kind: 'reference', param: 'performer', anyOf: [{ id: 'north' }] }] })).toEqual(['p2']);
      expect(await found(store, 'Patient', { kind: 'has', type: 'Person', param: 'link', where: [{ kind: 'reference', param: 'known-at', anyOf: [{ type: 'Organization', id: 'south' }] }] })).toEqual(['p1', 'p2']);
      expect(await found(store, 'Organization', { kind: 'has', type: 'Patient', param: 'organization', where: [{ kind: 'has', type: 'Observation', param: 'patient', where: [] }] })).toEqual(['north', 'south']);
      await store.commit([{ kind: 'delete', key: { type: 'Organization', id: 'south' } }, { kind: 'delete', key: { type: 'Observation', id: 'o1' } }]);
      expect(await found(store, 'Observation', patientAt('2'))).toEqual([]);
      expect(await found(store, 'Patient', { kind: 'has', type: 'Observation', param: 'patient', where: [] })).toEqual(['p2']);
    });

    it('joins clauses by and, alternatives and or-lists by or', async () => {
      const make = (id: string, a: string, b: string) => put('Patient', id, { token: [{ param: 'a', system: '', code: a }, { param: 'b', system: '', code: b }] });
      const store = await storeOf(make('1', 'x', 'x'), make('2', 'x', 'y'), make('3', 'y', 'x'), make('4', 'z', 'z'));
      const a = (...codes: string[]): Clause => ({ kind: 'token', param: 'a', anyOf: codes.map((code) => ({ code })) });
      const b = (...codes: string[]): Clause => ({ kind: 'token', param: 'b', anyOf: codes.map((code) => ({ code })) });
      expect(await found(store, 'Patient', a('x'), b('x'))).toEqual(['1']);
      expect(await found(store, 'Patient', a('x', 'y'), b('x'))).toEqual(['1', '3']);
      expect(await found(store, 'Patient', { kind: 'or', clauses: [a('y'), b('y', 'z')] })).toEqual(['2', '3', '4']);
      expect(await found(store, 'Patient', { kind: 'or', clauses: [a('y'), b('y', 'z')] }, a('z'))).toEqual(['4']);
      expect(await found(store, 'Patient', { kind: 'or', clauses: [] })).toEqual([]);
      expect(await found(store, 'Patient', a('x'), a('y'))).toEqual([]);
    });

    it('follows an update: old terms find nothing more, new ones do', async () => {
      const terms = (text: string, n: number) => ({ token: [{ param: 't', system: 's', code: text }, { param: 'same', system: '', code: 'same' }], string: [{ param: 's', folded: text, exact: text }], reference: [{ param: 'patient', type: 'Patient', id: text, url: '' }], date: [{ param: 'date', start: n, end: n }], number: [{ param: 'n', low: n, high: n }], quantity: [{ param: 'q', low: n, high: n, system: '', code: text }], uri: [{ param: 'u', value: text }] });
      const by = (text: string, n: number): Clause[] => [
        { kind: 'token', param: 't', anyOf: [{ code: text }] }, { kind: 'string', param: 's', match: 'exact', anyOf: [text] }, { kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: text }] },
        { kind: 'date', param: 'date', anyOf: [{ prefix: 'eq', low: n, high: n }] }, { kind: 'number', param: 'n', anyOf: [{ prefix: 'eq', low: n, high: n }] }, { kind: 'quantity', param: 'q', anyOf: [{ prefix: 'eq', low: n, high: n }] }, { kind: 'uri', param: 'u', match: 'exact', anyOf: [text] },
      ];
      const store = await storeOf(put('Observation', 'o1', terms('old', 1)), put('Observation', 'o2', terms('old', 1)));
      await store.commit([put('Observation', 'o1', terms('new', 2)), { kind: 'delete', key: { type: 'Observation', id: 'o2' } }]);
      for (const clause of by('old', 1)) expect(await found(store, 'Observation', clause), clause.kind).toEqual([]);
      for (const clause of by('new', 2)) expect(await found(store, 'Observation', clause), clause.kind).toEqual(['o1']);
      expect(await found(store, 'Observation', { kind: 'token', param: 'same', anyOf: [{ code: 'same' }] })).toEqual(['o1']);
      expect(await found(store, 'Observation', ...by('new', 2))).toEqual(['o1']);
    });

    it('gives the current version and body', async () => {
      const store = await storeOf(put('Patient', 'p1', {}, 'a'));
      await store.commit([put('Patient', 'p1', {}, 'b')]);
      const page = await store.search({ type: 'Patient', where: [], sort: [], limit: 10 });
      expect(page.next).toBeUndefined();
      expect(page.items.map(shown)).toEqual([shown(await store.read({ type: 'Patient', id: 'p1' }))]);
    });

    it('gives each resource of a page its own body, whatever text is in it', async () => {
      const notes = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 12 });
      await fc.assert(fc.asyncProperty(notes, fc.integer({ min: 1, max: 13 }), async (texts, limit) => {
        const store = await storeOf(...texts.map((text, i) => put('Patient', `p${i}`, {}, text)));
        const items = await walk((after) => store.search({ type: 'Patient', where: [], sort: [], limit, ...(after === undefined ? {} : { after }) }));
        const read = await Promise.all(texts.map((_, i) => store.read({ type: 'Patient', id: `p${texts.length - 1 - i}` })));
        expect(items.map(shown)).toEqual(read.map(shown));
      }), { numRuns: 10 });
    });

    it('finds what is the first of its kind as soon as it is stored, also when it was looked for before', async () => {
      const store = await bench.openFresh();
      const clauses: Clause[] = [
        { kind: 'reference', param: 'patient', anyOf: [{ type: 'Patient', id: 'p1' }] }, { kind: 'reference', param: 'patient', anyOf: [{ id: 'p1' }] },
        { kind: 'token', param: 'code', anyOf: [{ system: 'loinc', code: '1' }] }, { kind: 'token', param: 'code', anyOf: [{ code: '1' }] },
      ];
      for (const clause of clauses) expect(await found(store, 'Observation', clause)).toEqual([]);
      await store.commit([put('Observation', 'o1', { token: [{ param: 'code', system: 'loinc', code: '1' }], reference: [{ param: 'patient', type: 'Patient', id: 'p1', url: '' }] })]);
      for (const clause of clauses) expect(await found(store, 'Observation', clause)).toEqual(['o1']);
      await expect(store.commit([put('Observation', 'o2', { token: [{ param: 'code', system: 'local', code: '1' }] }), { kind: 'delete', key: { type: 'Patient', id: 'nobody' } }])).rejects.toMatchObject({ kind: 'not-found' });
      await store.commit([put('Observation', 'o2', { token: [{ param: 'code', system: 'local', code: '1' }, { param: 'status', system: '', code: 'final' }] })]);
      expect(await found(store, 'Observation', { kind: 'token', param: 'code', anyOf: [{ code: '1' }] })).toEqual(['o1', 'o2']);
      expect(await found(store, 'Observation', ...clauses)).toEqual(['o1']);
    });

    it('refuses limits out of range and page positions it never gave', async () => {
      const store = await storeOf(put('Patient', 'p1'), put('Patient', 'p2'), put('Patient', 'p3'));
      const query = { type: 'Patient', where: [], sort: [], limit: 1 } as const;
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) await expect(store.search({ ...query, limit })).rejects.toMatchObject({ kind: 'malformed' });
      const { next = '' } = await store.search(query);
      const tampered = next.slice(0, -2) + (next.endsWith('AA') ? 'BB' : 'AA');
      for (const after of ['', 'x', '0', '-1', '{}', 'null', tampered, `${next}x`, next.slice(1)]) await expect(store.search({ ...query, after }), after).rejects.toMatchObject({ kind: 'malformed' });
      await expect(store.search({ ...query, type: 'Observation', after: next })).rejects.toMatchObject({ kind: 'malformed' });
      expect((await walk((after) => store.search({ ...query, ...(after === undefined ? {} : { after }) }))).length).toBe(3);
    });
  });
}
