import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isKnownArea, isResidentId, residentBirthDate, residentCheckDigit, residentGender, residentIdFault, usccCheckCharacter, usccFault,
} from '../../../src/fhir/validation/identifiers.ts';

describe('a resident ID', () => {
  it.each([['11010519491231002', 'X'], ['31010119900307123', '0'], ['31010119500101002', '2']])('has for %s the check digit %s', (digits, check) => {
    expect(residentCheckDigit(digits)).toBe(check);
    expect(isResidentId(digits + check)).toBe(true);
  });

  it.each([
    ['11010519491231002x', 'format'], ['1101051949123100', 'format'], ['', 'format'], ['11010519491231000X', 'format'], ['1101051949123100２X', 'format'],
    ['310101199002291230', 'birth-date'], ['310101199013071230', 'birth-date'], ['310101170003071230', 'birth-date'],
    ['310101199003071231', 'check-digit'], ['110105194912310021', 'check-digit'],
  ])('%s is wrong in its %s', (number, fault) => {
    expect(residentIdFault(number)).toBe(fault);
    expect(isResidentId(number)).toBe(false);
  });

  it('tells the date of birth, the sex and whether the province exists', () => {
    expect(residentBirthDate('310101199003071230')).toBe('1990-03-07');
    expect(residentGender('310101199003071230')).toBe('male');
    expect(residentGender('31010119900307122X')).toBe('female');
    expect(isKnownArea('310103')).toBe(true);
    expect(isKnownArea('991103')).toBe(false);
  });

  it('of 15 digits is sound by itself, and identifies nobody', () => {
    expect(residentIdFault('310101900307123')).toBeUndefined();
    expect(residentIdFault('310101901307123')).toBe('birth-date');
    expect(residentBirthDate('310101900307123')).toBe('1990-03-07');
    expect(residentGender('310101900307123')).toBe('male');
    expect(isResidentId('310101900307123')).toBe(false);
  });

  it('shows every change of one digit, and every exchange of two neighbours', () => {
    fc.assert(fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2025-12-31'), noInvalidDate: true }), fc.integer({ min: 1, max: 999 }), fc.nat(16), fc.integer({ min: 1, max: 9 }), (date, sequence, place, shift) => {
      const digits = `310101${date.toISOString().slice(0, 10).replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
      const changed = digits.slice(0, place) + String((Number(digits[place]) + shift) % 10) + digits.slice(place + 1);
      expect(residentCheckDigit(changed)).not.toBe(residentCheckDigit(digits));
      const swapped = digits.slice(0, place) + (digits[place + 1] ?? '') + (digits[place] ?? '') + digits.slice(place + 2);
      if (place < 16 && swapped !== digits) expect(residentCheckDigit(swapped)).not.toBe(residentCheckDigit(digits));
    }));
  });
});

describe('a unified social credit code', () => {
  it.each([['91350100M000100Y4', '3'], ['12310101425010204', 'L'], ['12310000425010212', 'U']])('has for %s the check character %s', (characters, check) => {
    expect(usccCheckCharacter(characters)).toBe(check);
    expect(usccFault(characters + check)).toBeUndefined();
  });

  it.each([['91350100M000100Y4Z', 'format'], ['91350100M000100Y4O', 'format'], ['91350100M000100Y', 'format'], ['', 'format'], ['91350100M000100Y44', 'check-digit'], ['12310101425010204l', 'format']])(
    '%s is wrong in its %s', (code, fault) => {
      expect(usccFault(code)).toBe(fault);
    });
});
