import fc from 'fast-check';
import { expect, it } from 'vitest';
import { homeOf, homesOf } from '../../../src/store/mongo/home.ts';

const type = fc.constantFrom('Observation', 'AuditEvent', 'Person', 'Basic');
const id = fc.stringMatching(/^[A-Za-z0-9.-]{1,64}$/);

it('is among the places where a search for any of the resource\'s patients looks', () => {
  fc.assert(fc.property(type, id, fc.uniqueArray(id, { minLength: 1, maxLength: 4 }), (ofType, ofId, patients) => {
    const home = homeOf({ type: ofType, id: ofId }, patients);
    for (const patient of patients) expect(homesOf(ofType, [patient])).toContain(home);
  }));
});

it('keeps one patient\'s resources of every type together', () => {
  expect(new Set(['Observation', 'Encounter', 'AuditEvent'].map((ofType, i) => homeOf({ type: ofType, id: `x${i}` }, ['p1'])))).toEqual(new Set(['p1']));
});

it('spreads resources of no patient by their own key', () => {
  expect(homeOf({ type: 'Organization', id: 'a' }, [])).not.toBe(homeOf({ type: 'Organization', id: 'b' }, []));
});
