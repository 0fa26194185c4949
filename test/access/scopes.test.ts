import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/access/request.ts';
import { missingScope, parseScopes } from '../../src/access/scopes.ts';

const LETTER_OF: readonly (readonly [Action, string])[] = [
  ['create', 'c'], ['read', 'r'], ['vread', 'r'], ['history-instance', 'r'], ['update', 'u'], ['delete', 'd'], ['search-type', 's'], ['history-type', 's'],
];
const letters = fc.subarray(['c', 'r', 'u', 'd', 's']).filter((chosen) => chosen.length > 0).map((chosen) => chosen.join(''));
const type = fc.constantFrom('Patient', 'Observation', 'AuditEvent');

describe('SMART scopes', () => {
  it('cover exactly the interactions of their letters on their type', () => {
    fc.assert(fc.property(type, type, letters, fc.constantFrom(...LETTER_OF), (granted, asked, chosen, [action, letter]) => {
      const missing = missingScope(parseScopes([`user/${granted}.${chosen}`]), 'user', action, asked);
      expect(missing === undefined).toBe(granted === asked && chosen.includes(letter));
    }));
  });

  it('cover every type and whole-system history with a star, and nothing of the other context', () => {
    fc.assert(fc.property(type, letters, fc.constantFrom(...LETTER_OF), (asked, chosen, [action, letter]) => {
      const grants = parseScopes([`system/*.${chosen}`]);
      expect(missingScope(grants, 'system', action, asked) === undefined).toBe(chosen.includes(letter));
      expect(missingScope(grants, 'system', 'history-system', undefined) === undefined).toBe(chosen.includes('s'));
      expect(missingScope(grants, 'user', action, asked)).toBe(`user/${asked}.${letter}`);
    }));
  });

  it('add up', () => {
    const grants = parseScopes(['user/Patient.r', 'user/Patient.s', 'openid']);
    expect(missingScope(grants, 'user', 'read', 'Patient')).toBeUndefined();
    expect(missingScope(grants, 'user', 'search-type', 'Patient')).toBeUndefined();
    expect(missingScope(grants, 'user', 'update', 'Patient')).toBe('user/Patient.u');
  });

  it('grant nothing when they are not understood: letters out of order, a query, another grammar', () => {
    for (const scope of ['user/Patient.sr', 'user/Patient.', 'user/Patient.read', 'user/*.rs?category=laboratory', 'user/patient.r', 'patient/*.rs', 'User/*.rs', ' user/*.rs']) {
      expect(missingScope(parseScopes([scope]), 'user', 'read', 'Patient'), scope).toBe('user/Patient.r');
    }
  });

  it('never throw and never widen, whatever text a token carries', () => {
    fc.assert(fc.property(fc.array(fc.string()), (scopes) => {
      expect(missingScope(parseScopes(scopes), 'system', 'delete', 'Patient')).toBe('system/Patient.d');
    }));
  });

  it('name what is no FHIR interaction', () => {
    const grants = parseScopes(['intake.list', 'system/*.cruds']);
    expect(missingScope(grants, 'system', 'intake-list', undefined)).toBeUndefined();
    expect(missingScope(grants, 'system', 'intake', undefined)).toBe('intake.push');
  });
});
