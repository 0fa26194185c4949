import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/store/store.ts';
import type { Bench } from './harness.ts';
import { commitOne, handClock, idsOf, put, sample, shown, trace } from './samples.ts';

const ALL = { type: 'Patient', where: [], sort: [], limit: 100 } as const;

export function commitContract(bench: Bench): void {
  describe('commit', () => {
    it('stores a resource as it will be disclosed, with its version and time', async () => {
      const store = await bench.openFresh({ clock: handClock().read });
      const stored = await commitOne(store, { kind: 'put', resource: { resourceType: 'Patient', id: 'p1', meta: { tag: [{ code: 'x' }], versionId: '9', lastUpdated: 'long ago' }, note: '李雷 😀', value: JSON.rawJSON('6.0') } });
      const body = '{"resourceType":"Patient","id":"p1","meta":{"versionId":"1","lastUpdated":"2026-03-01T08:00:00.000Z","tag":[{"code":"x"}]},"note":"李雷 😀","value":6.0}';
      expect(shown(stored)).toEqual({ type: 'Patient', id: 'p1', version: 1, lastUpdated: '2026-03-01T08:00:00.000Z', deleted: false, body, decoded: body, outcome: 'created' });
      const read = { ...shown(stored), outcome: 'read' };
      expect(shown(await store.read({ type: 'Patient', id: 'p1' }))).toEqual(read);
      expect((await store.search(ALL)).items.map(shown)).toEqual([read]);
      expect((await store.history({ limit: 10 })).items.map(shown)).toEqual([read]);
      expect((await store.feed({ limit: 10 })).items.map(shown)).toEqual([read]);
    });

    it('answers in the order of the changes and applies nothing for an empty list', async () => {
      const store = await bench.openFresh();
      const stored = await store.commit([put('Patient', 'b'), trace('t1'), put('Patient', 'a'), put('Organization', 'a')]);
      expect(stored.map((item) => `${item.type}/${item.id} ${item.version} ${item.outcome}`)).toEqual(['Patient/b 1 created', 'AuditEvent/t1 1 created', 'Patient/a 1 created', 'Organization/a 1 created']);
      expect(await store.commit([])).toEqual([]);
    });

    it('makes the next version of a changed resource and none of an equal one', async () => {
      const clock = handClock();
      const store = await bench.openFresh({ clock: clock.read });
      await store.commit([put('Patient', 'p1', {}, 'first')]);
      clock.set('2026-03-01T09:00:00.000Z');
      const same = await commitOne(store, put('Patient', 'p1', {}, 'first'));
      expect([same.version, same.outcome, same.lastUpdated]).toEqual([1, 'unchanged', '2026-03-01T08:00:00.000Z']);
      const changed = await commitOne(store, put('Patient', 'p1', {}, 'second'));
      expect([changed.version, changed.outcome, changed.lastUpdated]).toEqual([2, 'updated', '2026-03-01T09:00:00.000Z']);
      expect((await store.history({ type: 'Patient', id: 'p1', limit: 10 })).items.map((item) => item.version)).toEqual([2, 1]);
    });

    it('takes a change of decimal precision for a change', async () => {
      const store = await bench.openFresh();
      const withValue = (text: string): Change => ({ kind: 'put', resource: { ...sample('Observation', 'o1'), value: JSON.rawJSON(text) } });
      await store.commit([withValue('6.0')]);
      expect((await commitOne(store, withValue('6.00'))).outcome).toBe('updated');
      expect((await commitOne(store, withValue('6.00'))).outcome).toBe('unchanged');
    });

    it('applies no change of a commit when one of them conflicts', async () => {
      const store = await bench.openFresh();
      await store.commit([put('Patient', 'old', {}, 'before')]);
      const before = (await store.feed({ limit: 100 })).position;
      const changes: Change[] = [put('Patient', 'p1'), put('Patient', 'old', {}, 'after'), trace('t1'), { ...put('Patient', 'p2'), expectedVersion: 7 }];
      await expect(store.commit(changes)).rejects.toMatchObject({ name: 'ServiceError', kind: 'version-conflict' });
      expect(await store.readMany([{ type: 'Patient', id: 'p1' }, { type: 'Patient', id: 'p2' }, { type: 'AuditEvent', id: 't1' }])).toEqual([]);
      expect((await store.read({ type: 'Patient', id: 'old' }))?.body).toContain('before');
      expect((await store.feed({ after: before, limit: 100 })).items).toEqual([]);
      expect(await store.chains()).toEqual([]);
      expect(idsOf((await store.search(ALL)).items)).toEqual(['old']);
    });

    it('does not let a failing commit touch others that are under way at the same time', async () => {
      const store = await bench.openFresh();
      const commits = Array.from({ length: 30 }, (_, i) => store.commit([put('Patient', `p${i}`), { ...put('Patient', `q${i}`), expectedVersion: i % 3 === 0 ? 5 : 0 }]));
      const settled = await Promise.allSettled(commits);
      expect(settled.map((result) => result.status)).toEqual(commits.map((_, i) => (i % 3 === 0 ? 'rejected' : 'fulfilled')));
      expect(await store.count(ALL)).toBe(40);
    });

    it('holds an expected version against the current one, 0 meaning that there is none', async () => {
      const store = await bench.openFresh();
      const expecting = (expectedVersion: number, note: string) => commitOne(store, { ...put('Patient', 'p1', {}, note), expectedVersion });
      await expect(expecting(1, 'a')).rejects.toMatchObject({ kind: 'version-conflict' });
      expect((await expecting(0, 'a')).version).toBe(1);
      await expect(expecting(0, 'b')).rejects.toMatchObject({ kind: 'version-conflict' });
      await expect(expecting(0, 'a')).rejects.toMatchObject({ kind: 'version-conflict' });
      expect((await expecting(1, 'b')).version).toBe(2);
      await expect(expecting(1, 'b')).rejects.toMatchObject({ kind: 'version-conflict' });
      const removal = { kind: 'delete', key: { type: 'Patient', id: 'p1' } } as const;
      await expect(commitOne(store, { ...removal, expectedVersion: 1 })).rejects.toMatchObject({ kind: 'version-conflict' });
      expect((await commitOne(store, { ...removal, expectedVersion: 2 })).version).toBe(3);
      expect((await expecting(0, 'c')).version).toBe(4);
    });

    it('refuses two changes of one key', async () => {
      const store = await bench.openFresh();
      await expect(store.commit([put('Patient', 'p1', {}, 'a'), put('Patient', 'p1', {}, 'b')])).rejects.toMatchObject({ kind: 'conflict' });
      await expect(store.commit([put('Patient', 'p1'), { kind: 'delete', key: { type: 'Patient', id: 'p1' } }])).rejects.toMatchObject({ kind: 'conflict' });
      await expect(store.commit([trace('t1'), trace('t1')])).rejects.toMatchObject({ kind: 'conflict' });
      expect((await store.commit([put('Patient', 'x'), put('Organization', 'x')])).length).toBe(2);
    });

    it('hides a deleted resource, keeps its history and lets it come back as the next version', async () => {
      const store = await bench.openFresh();
      const key = { type: 'Patient', id: 'p1' };
      const token = { token: [{ param: 'gender', system: '', code: 'female' }] };
      await store.commit([put('Patient', 'p1', token)]);
      const removed = await commitOne(store, { kind: 'delete', key });
      expect(removed).toMatchObject({ version: 2, deleted: true, body: '', outcome: 'deleted' });
      expect(shown(await store.read(key))).toEqual({ ...shown(removed), outcome: 'read' });
      expect((await store.readMany([key])).map(shown)).toEqual([{ ...shown(removed), outcome: 'read' }]);
      expect((await store.search(ALL)).items).toEqual([]);
      expect(await commitOne(store, { kind: 'delete', key })).toMatchObject({ version: 2, outcome: 'unchanged' });
      expect(await commitOne(store, put('Patient', 'p1', token))).toMatchObject({ version: 3, outcome: 'created' });
      expect(idsOf((await store.search(ALL)).items)).toEqual(['p1']);
      expect((await store.readVersion(key, 1))?.deleted).toBe(false);
      expect((await store.readVersion(key, 2))?.body).toBe('');
    });

    it('keeps of an erased resource that there were versions, and nothing of what they said', async () => {
      const store = await bench.openFresh();
      const key = { type: 'SourcePayload', id: 'p1' };
      const token = { token: [{ param: 'source', system: '', code: 'a' }] };
      await store.commit([put('SourcePayload', 'p1', token, 'secret one'), put('SourcePayload', 'p2', token, 'secret of another')]);
      await store.commit([put('SourcePayload', 'p1', token, 'secret two')]);
      await expect(store.commit([{ kind: 'delete', key, erases: true, expectedVersion: 1 }, put('Patient', 'x')])).rejects.toMatchObject({ kind: 'version-conflict' });
      expect((await store.readVersion(key, 1))?.body).toContain('secret one');

      const [, erased] = await store.commit([put('Patient', 'x'), { kind: 'delete', key, erases: true, expectedVersion: 2 }]);
      expect(erased).toMatchObject({ version: 3, deleted: true, body: '', outcome: 'deleted' });
      const versions = async () => (await store.history({ ...key, limit: 10 })).items.map(({ version, deleted, body }) => ({ version, deleted, body }));
      expect(await versions()).toEqual([3, 2, 1].map((version) => ({ version, deleted: true, body: '' })));
      for (const version of [1, 2, 3]) expect(await store.readVersion(key, version)).toMatchObject({ version, deleted: true, body: '' });
      const seen = [...(await store.feed({ limit: 100 })).items, ...(await store.history({ type: 'SourcePayload', limit: 100 })).items, ...(await store.search({ type: 'SourcePayload', where: [], sort: [], limit: 100 })).items];
      expect(seen.map(({ body }) => body).join()).not.toMatch(/secret (one|two)/);
      expect((await store.read({ type: 'SourcePayload', id: 'p2' }))?.body).toContain('secret of another');
      expect((await store.feed({ limit: 100 })).items.map(({ id, version }) => `${id} ${version}`)).toEqual(['p1 1', 'p2 1', 'p1 2', 'x 1', 'p1 3']);

      expect(await commitOne(store, { kind: 'delete', key, erases: true })).toMatchObject({ version: 3, outcome: 'unchanged' });
      expect(await commitOne(store, put('SourcePayload', 'p1', token, 'come back'))).toMatchObject({ version: 4, outcome: 'created' });
      expect((await versions()).map(({ body }) => body.includes('come back'))).toEqual([true, false, false, false]);
    });

    it('erases what is deleted already', async () => {
      const store = await bench.openFresh();
      const key = { type: 'SourcePayload', id: 'p1' };
      await store.commit([put('SourcePayload', 'p1', {}, 'secret')]);
      await store.commit([{ kind: 'delete', key }]);
      expect((await store.readVersion(key, 1))?.body).toContain('secret');
      expect(await commitOne(store, { kind: 'delete', key, erases: true })).toMatchObject({ version: 2, outcome: 'unchanged' });
      expect(await store.readVersion(key, 1)).toMatchObject({ deleted: true, body: '' });
    });

    it('refuses to delete what never was', async () => {
      const store = await bench.openFresh();
      await expect(store.commit([{ kind: 'delete', key: { type: 'Patient', id: 'nobody' } }])).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('refuses ids and types that no resource may have', async () => {
      const store = await bench.openFresh();
      for (const id of ['', 'a/b', 'a b', 'x'.repeat(65), '患者', "'; DROP TABLE x", '$where']) {
        await expect(store.commit([put('Patient', id)])).rejects.toMatchObject({ kind: 'malformed' });
        expect(await store.read({ type: 'Patient', id })).toBeUndefined();
      }
      await expect(store.commit([put('', 'p1')])).rejects.toMatchObject({ kind: 'malformed' });
      await expect(store.commit([put('Pa"tient', 'p1')])).rejects.toMatchObject({ kind: 'malformed' });
    });

    it('writes nothing when the terms of a resource cannot be extracted', async () => {
      const store = await bench.openFresh({ extract: () => { throw new TypeError('no terms'); } });
      const attempts = await Promise.allSettled([store.commit([put('Patient', 'p1')]), store.commit([])]);
      expect(attempts.map((attempt) => attempt.status)).toEqual(['rejected', 'fulfilled']);
      expect(await store.read({ type: 'Patient', id: 'p1' })).toBeUndefined();
    });

    it('never lets times go back when the clock does', async () => {
      const clock = handClock('2026-03-01T08:00:00.000Z');
      const store = await bench.openFresh({ clock: clock.read });
      await store.commit([put('Patient', 'p1')]);
      clock.set('2026-02-01T08:00:00.000Z');
      expect((await commitOne(store, put('Patient', 'p2'))).lastUpdated).toBe('2026-03-01T08:00:00.000Z');
      expect((await commitOne(store, trace('t1'))).lastUpdated).toBe('2026-03-01T08:00:00.000Z');
    });

    it('keeps texts of every kind as they came', async () => {
      const store = await bench.openFresh();
      const texts = ['nul \u0000 inside', 'quote \' " \\ `', '\u{10ffff}\ufeff', 'lone \ud800 half', '__proto__', '%_$[*]', 'e\u0301'];
      await store.commit(texts.map((text, i) => put('Patient', `p${i}`, { string: [{ param: 'name', folded: text, exact: text }], token: [{ param: 'code', system: text, code: text }], uri: [{ param: 'url', value: text }] }, text)));
      for (const [i, text] of texts.entries()) {
        expect(JSON.parse((await store.read({ type: 'Patient', id: `p${i}` }))?.body ?? '{}')).toMatchObject({ note: text });
        if (text.includes('\ud800')) continue;
        for (const clause of [{ kind: 'string', param: 'name', match: 'exact', anyOf: [text] }, { kind: 'token', param: 'code', anyOf: [{ system: text, code: text }] }, { kind: 'uri', param: 'url', match: 'exact', anyOf: [text] }, { kind: 'string', param: 'name', match: 'contains', anyOf: [text] }, { kind: 'string', param: 'name', match: 'starts', anyOf: [text] }] as const) {
          expect(idsOf((await store.search({ ...ALL, where: [clause] })).items), `${clause.kind} ${JSON.stringify(text)}`).toEqual([`p${i}`]);
        }
      }
    });

    it('commits a thousand changes at once', async () => {
      const store = await bench.openFresh();
      const stored = await store.commit(Array.from({ length: 1000 }, (_, i) => put('Patient', `p${i}`, { token: [{ param: 'n', system: '', code: String(i % 7) }] })));
      expect(stored.length).toBe(1000);
      expect(await store.count({ type: 'Patient', where: [{ kind: 'token', param: 'n', anyOf: [{ code: '3' }] }] })).toBe(143);
    });
  });

  describe('assuming', () => {
    const byNumber = (code: string) => [{ kind: 'token', param: 'identifier', anyOf: [{ system: 'urn:x', code }] }] as const;
    const numbered = (id: string, code: string, note = '') => put('Patient', id, { token: [{ param: 'identifier', system: 'urn:x', code }] }, note);

    it('commits when exactly the assumed resources match', async () => {
      const store = await bench.openFresh();
      await store.commit([numbered('p1', '7')], { assuming: [{ type: 'Patient', where: byNumber('7'), ids: [] }] });
      await store.commit([numbered('p1', '7', 'again')], { assuming: [{ type: 'Patient', where: byNumber('7'), ids: ['p1'] }] });
      expect((await store.read({ type: 'Patient', id: 'p1' }))?.version).toBe(2);
    });

    it.each([['a match was assumed and there is none', '8', ['p1']], ['none was assumed and one matches', '7', []], ['another one matches', '7', ['p2']], ['fewer match than assumed', '7', ['p1', 'p2']]])('refuses when %s', async (_, code, ids) => {
      const store = await bench.openFresh();
      await store.commit([numbered('p1', '7')]);
      await expect(store.commit([numbered('p3', '9')], { assuming: [{ type: 'Patient', where: byNumber(code), ids }] })).rejects.toMatchObject({ kind: 'conflict' });
      expect(await store.read({ type: 'Patient', id: 'p3' })).toBeUndefined();
    });

    it('makes one resource of fifty equal conditional creates that race', async () => {
      const store = await bench.openFresh();
      const create = async (i: number): Promise<string> => {
        for (let attempt = 0; attempt < 100; attempt++) {
          const found = await store.search({ type: 'Patient', where: byNumber('7'), sort: [], limit: 2 });
          if (found.items[0] !== undefined) return found.items[0].id;
          try {
            return (await store.commit([numbered(`p${i}`, '7')], { assuming: [{ type: 'Patient', where: byNumber('7'), ids: [] }] }))[0]?.id ?? '';
          } catch (error) {
            expect(error).toMatchObject({ kind: 'conflict' });
          }
        }
        throw new Error('No agreement after 100 attempts');
      };
      const ids = await Promise.all(Array.from({ length: 50 }, (_, i) => create(i)));
      expect(new Set(ids).size).toBe(1);
      expect(await store.count({ type: 'Patient', where: byNumber('7') })).toBe(1);
    });
  });
}
