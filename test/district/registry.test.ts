import { describe, expect, it } from 'vitest';
import { ratesTimes } from '../../src/district/registry/rates.ts';
import { registry, type TrueRecord } from '../../src/district/registry/registry.ts';
import { isList, isObject } from '../../src/fhir/resource.ts';
import { isResidentId, RESIDENT_ID_SYSTEMS } from '../../src/fhir/validation/identifiers.ts';

const records = [...registry({ people: 3000, seed: 'test' })];

/** Numbers that stand where a resident ID belongs. */
function numbersIn(list: readonly TrueRecord[]): readonly string[] {
  return list.flatMap(({ patient }) => (isList(patient['identifier']) ? patient['identifier'].filter(isObject) : []).flatMap(({ system, value }) => (typeof system === 'string' && RESIDENT_ID_SYSTEMS.includes(system) && typeof value === 'string' ? [value] : [])));
}

describe('a generated registry', () => {
  it('is the same for the same seed, and another for another', () => {
    expect([...registry({ people: 50, seed: 'a' })]).toEqual([...registry({ people: 50, seed: 'a' })]);
    expect([...registry({ people: 50, seed: 'a' })]).not.toEqual([...registry({ people: 50, seed: 'b' })]);
  });

  it('begins with the same records however many people it has', () => {
    const few = [...registry({ people: 20, seed: 'a' })];
    expect([...registry({ people: 200, seed: 'a' })].slice(0, few.length)).toEqual(few);
  });

  it('errs about as often as its rates say', () => {
    const numbers = numbersIn(records);
    const share = (count: number): number => count / records.length;
    expect(share(numbers.length)).toBeGreaterThan(0.62);
    expect(share(numbers.length)).toBeLessThan(0.72);
    expect(share(numbers.filter((number) => number.length === 18 && !isResidentId(number)).length)).toBeLessThan(0.015);
    expect(share(records.filter(({ patient }) => patient['birthDate'] === undefined).length)).toBeLessThan(0.015);
    expect(records.length / 3000).toBeGreaterThan(1.8);
  });

  it('errs more often when told to', () => {
    const harder = [...registry({ people: 3000, seed: 'test', rates: ratesTimes(2) })];
    expect(numbersIn(harder).length / harder.length).toBeLessThan(0.45);
    expect(ratesTimes(100).number.missing).toBe(0.75);
  });

  it('has every case that matching must get right', () => {
    const texts = records.map(({ patient }) => JSON.stringify(patient));
    for (const sign of ['之子"', '之女"', '"use":"old"', 'PPN', 'multipleBirthInteger', '黄埔', '母亲']) expect(texts.some((text) => text.includes(sign)), sign).toBe(true);
    expect(numbersIn(records).some((number) => number.length === 15)).toBe(true);
  });
});
