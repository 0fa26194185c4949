import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPatients } from '../../src/identity/match-patients.ts';
import { normalizeName, personIdOf, traitsOf } from '../../src/identity/patient-traits.ts';
import { residentId } from '../intake/samples.ts';

const OWN = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const ALIAS = 'urn:oid:2.16.156.10011.1.3';
const patient = (identifier: object[], name: object[] = [{ text: '王芳' }]): Parameters<typeof traitsOf>[0] => ({ resourceType: 'Patient', identifier, name } as Parameters<typeof traitsOf>[0]);

describe('two records', () => {
  const one = traitsOf(patient([{ system: OWN, value: residentId(1) }]));

  it('are certainly one person with the same number and name, whatever the system is called', () => {
    expect(matchPatients(one, traitsOf(patient([{ system: ALIAS, value: residentId(1) }], [{ text: ' 王 芳' }])))).toBe('certain');
  });

  it('are in doubt with the same number and another name, or none', () => {
    expect(matchPatients(one, traitsOf(patient([{ system: OWN, value: residentId(1) }], [{ text: '王方' }])))).toBe('probable');
    expect(matchPatients(one, traitsOf(patient([{ system: OWN, value: residentId(1) }], [])))).toBe('probable');
  });

  it.each([
    ['another number', [{ system: OWN, value: residentId(2) }]],
    ['no number', []],
    ['a wrong check digit', [{ system: OWN, value: residentId(1).replace(/.$/, (last) => (last === '0' ? '1' : '0')) }]],
    ['the number of another system', [{ system: 'https://x.example', value: residentId(1) }]],
    ['an old number', [{ system: OWN, value: residentId(1), use: 'old' }]],
    ['two different numbers', [{ system: OWN, value: residentId(1) }, { system: ALIAS, value: residentId(2) }]],
    ['the short number of old cards', [{ system: OWN, value: '310101600101002' }]],
  ])('are persons of their own with %s', (_what, identifier) => {
    expect(matchPatients(one, traitsOf(patient(identifier)))).toBe('new');
  });

  it('share a Person exactly if they are certainly one person', () => {
    const traits = fc.record({ order: fc.integer({ min: 1, max: 3 }), known: fc.boolean(), name: fc.constantFrom('王芳', '王 芳', '李雷', '') })
      .map(({ order, known, name }) => traitsOf(patient(known ? [{ system: OWN, value: residentId(order) }] : [], [{ text: name }])));
    fc.assert(fc.property(traits, traits, (a, b) => {
      expect(personIdOf('a', a) === personIdOf('b', b)).toBe(matchPatients(a, b) === 'certain');
    }));
  });
});

describe('a name', () => {
  it.each([['买买提·艾山', '买买提•艾山'], ['Ｌｉ Ｌｅｉ', 'li lei'], ['王　芳', '王芳'], ['ﾏﾘｱ', 'マリア']])('%s equals %s', (a, b) => {
    expect(normalizeName(a)).toBe(normalizeName(b));
  });

  it('is the official one, and is put together from its parts where it has no text', () => {
    const names = [{ use: 'nickname', text: '小芳' }, { use: 'usual', text: '芳' }, { use: 'official', family: '王', given: ['芳'] }];
    expect(traitsOf(patient([], names)).name).toBe('王芳');
  });
});
