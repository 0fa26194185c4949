import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseOf, DISTRICT_END, type Resident, residentAt } from '../../src/district/residents.ts';
import { legacyId } from '../../src/district/resident-id.ts';

const options = { seed: 'residents', residents: 400, until: DISTRICT_END };
const all = Array.from({ length: options.residents }, (_, index) => residentAt(index, options));
const of = (kind: Resident['case']): Resident[] => all.filter((resident) => resident.case === kind);

/** ISO 7064 MOD 11-2: the weighted sum over all 18 characters leaves 1, `X` counting ten. */
function isChecked(id: string): boolean {
  const sum = Array.from(id).reduce((total, character, at) => total + (character === 'X' ? 10 : Number(character)) * (2 ** (17 - at) % 11), 0);
  return sum % 11 === 1;
}

describe('residentAt', () => {
  it('gives everybody but newborns a number with a right check character, birth day and sex', () => {
    for (const resident of all.filter((one) => one.case !== 'newborn')) {
      const id = resident.residentId ?? '';
      expect(id).toMatch(/^(3101(01|02|03)|8[123]0000)\d{11}[\dX]$/);
      expect(isChecked(id)).toBe(true);
      expect(id.slice(6, 14)).toBe(resident.birthDate.replaceAll('-', ''));
      expect(Number(id[16]) % 2 === 1 ? 'male' : 'female').toBe(resident.sex);
      expect(id.slice(14, 17)).not.toBe('000');
    }
  });

  it('gives no two residents one number', () => {
    const ids = all.map((resident) => resident.residentId).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is the same person whatever else is generated', () => {
    fc.assert(fc.property(fc.nat(5_000), fc.string(), (index, seed) => {
      expect(residentAt(index, { seed, residents: 1, until: DISTRICT_END })).toEqual(residentAt(index, { seed, residents: 9_999, until: DISTRICT_END }));
    }));
  });

  it('makes twins with one birth, one home, one family name and numbers that follow one another', () => {
    const [first, second] = of('twin');
    expect(first?.birthDate).toBe(second?.birthDate);
    expect(first?.address).toBe(second?.address);
    expect(first?.name.slice(0, 1)).toBe(second?.name.slice(0, 1));
    expect(Number(second?.residentId?.slice(14, 17)) - Number(first?.residentId?.slice(14, 17))).toBe(1);
  });

  it('has every case of the field in each block of residents', () => {
    const expected = ['borrowed-card', 'corrected-report', 'legacy-id', 'many-institutions', 'newborn', 'ordinary', 'renamed', 'residence-permit', 'twin'];
    expect([...new Set(Array.from({ length: 40 }, (_, index) => caseOf(index)))].sort()).toEqual(expected);
  });

  it('names a newborn after its mother and gives it no number', () => {
    for (const resident of of('newborn')) {
      expect(resident.residentId).toBeUndefined();
      expect(resident.name).toMatch(/之[子女]$/u);
    }
  });

  it('gives people from Hong Kong, Macao and Taiwan the number of a residence permit', () => {
    for (const resident of of('residence-permit')) expect(resident.residentId).toMatch(/^8[123]0000/);
  });

  it('was never born after the last day', () => {
    for (const resident of all) expect(resident.birthDate < DISTRICT_END).toBe(true);
  });
});

describe('legacyId', () => {
  it('leaves out the century and the check character', () => {
    expect(legacyId('310101195001010022')).toBe('310101500101002');
  });
});
