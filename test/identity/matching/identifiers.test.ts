import { describe, expect, it } from 'vitest';
import { compareOtherIds, compareResidentIds, numbersOf, residentIdOf } from '../../../src/identity/matching/identifiers.ts';

const SYSTEM = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const MR = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] };
const PASSPORT = { coding: [{ code: 'PPN' }] };

function numbers(...values: readonly string[]): ReturnType<typeof numbersOf> {
  return numbersOf(values.map((value) => ({ system: SYSTEM, value })));
}

describe('resident IDs', () => {
  it.each([
    ['31010119900307123 0', '310101199003071230'],
    ['11010519491231002x', '11010519491231002X'],
    ['３１０１０１１９９００３０７１２３０', '310101199003071230'],
    ['830000199201300022', '830000199201300022'], // 台湾居民居住证
  ])('%s is read as %s', (value, number) => expect(numbers(value).residentIds).toEqual([number]));

  it('of 15 digits are written out with century and check digit', () => {
    expect(residentIdOf('310103500101002')).toBe('310103195001010025');
    expect(compareResidentIds(numbers('310103500101002'), numbers('310103195001010025'))).toBe('same');
  });

  it.each(['310101199003071231', '310101199013071230', '31010119900307', '310103500101000', 'X'.repeat(18)])('%s is none', (value) => {
    expect(numbers(value).residentIds).toEqual([]);
    expect(numbers(value).brokenIds).toEqual([value]);
  });

  it.each([
    ['310101199003071230', '310101199003071230', 'same'],
    ['310101199003071230', '310103195001010025', 'differs'],
    ['310101199003071230', '310101199003071231', 'typo'], // one of them is no number
    ['310101199003071230', '31010119900307120', 'typo'], // a digit is missing
    ['310101199003071230', '310103195001010024', 'unclear'],
    ['310101199003071230', '830000199201300022', 'other-kind'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(compareResidentIds(numbers(a), numbers(b))).toBe(level);
    expect(compareResidentIds(numbers(b), numbers(a))).toBe(level);
  });

  it('no longer in use neither join nor part', () => expect(numbersOf([{ system: SYSTEM, value: '310101199003071230', use: 'old' }]).residentIds).toEqual([]));
  it('are also read from the system of the 社会保障号码', () => expect(numbersOf([{ system: 'urn:oid:2.16.840.1.113883.2.23.1.19.2', value: '310101199003071230' }]).residentIds).toEqual(['310101199003071230']));
});

describe('other identifiers', () => {
  it('of one institution are left out, those of a person are kept whatever system they are under', () => {
    const a = numbersOf([{ type: MR, system: 'https://a', value: '1' }, { type: PASSPORT, system: 'https://a/passport', value: 'p 123-4567' }]);
    const b = numbersOf([{ type: PASSPORT, system: 'https://b/ppn', value: 'P1234567' }]);
    expect(a.otherIds).toEqual(['PPN|P1234567']);
    expect(compareOtherIds(a, b)).toBe('same');
  });

  it('of different kinds say nothing of each other', () => {
    const card = numbersOf([{ system: 'urn:oid:2.16.156.10011.1.19', value: 'A1' }]);
    expect(compareOtherIds(card, numbersOf([{ type: PASSPORT, value: 'P1' }]))).toBe('missing');
    expect(compareOtherIds(card, numbersOf([{ system: 'urn:oid:2.16.156.10011.1.19', value: 'A2' }]))).toBe('differs');
  });

  it('tell a temporary one', () => expect(numbersOf([{ use: 'temp', value: 'x' }]).hasTemporaryId).toBe(true));
});
