import { describe, expect, it } from 'vitest';
import { normalizeName, traitsOf } from '../../src/identity/patient-traits.ts';
import { residentId } from '../intake/samples.ts';

const OWN = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const ALIAS = 'urn:oid:2.16.156.10011.1.3';
const patient = (identifier: object[], name: object[] = [{ text: '王芳' }]): Parameters<typeof traitsOf>[0] => ({ resourceType: 'Patient', identifier, name } as Parameters<typeof traitsOf>[0]);

describe('a resident ID', () => {
  it('is the same whatever its system is called', () => {
    expect(traitsOf(patient([{ system: ALIAS, value: residentId(1) }])).residentId).toEqual(traitsOf(patient([{ system: OWN, value: residentId(1) }])).residentId);
  });

  it.each([
    ['no number', []],
    ['a wrong check digit', [{ system: OWN, value: residentId(1).replace(/.$/, (last) => (last === '0' ? '1' : '0')) }]],
    ['the number of another system', [{ system: 'https://x.example', value: residentId(1) }]],
    ['an old number', [{ system: OWN, value: residentId(1), use: 'old' }]],
    ['two different numbers', [{ system: OWN, value: residentId(1) }, { system: ALIAS, value: residentId(2) }]],
    ['the short number of old cards', [{ system: OWN, value: '310101600101002' }]],
  ])('is none with %s', (_what, identifier) => {
    expect(traitsOf(patient(identifier)).residentId).toBeUndefined();
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
