import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasonKey, reasonsOf } from '../../../src/intake/dead-letters/reason.ts';

const fault = (expression: string, diagnostics: string) => ({ severity: 'error', code: 'value', expression, diagnostics }) as const;

describe('the reason of a fault', () => {
  it.each([
    [fault('Bundle.entry[3].resource.status', '`status` is `x`'), fault('Bundle.entry[17].resource.status', '`status` is `x`')],
    [{ ...fault('Observation.value', 'x'), location: 'OBX[3]-5' }, { ...fault('Observation.value', 'x'), location: 'OBX[12]-5' }],
    [{ ...fault('', 'x'), location: 'row 12, column 结果' }, { ...fault('', 'x'), location: 'row 7, column 结果' }],
    [fault('a', 'Line 3 has 4 columns, and the header has 12'), fault('a', 'Line 77 has 5 columns, and the header has 12')],
    [fault('a', 'The code "GLU" is unknown since 2026-03-01T08:00'), fault('a', 'The code "K+" is unknown since 2026-04-11T18:30')],
  ])('is the same for faults that are alike: %j', (one, other) => {
    expect(reasonsOf([one])).toEqual(reasonsOf([other]));
  });

  it.each([
    [fault('Observation.status', 'x'), fault('Observation.code', 'x')],
    [fault('a', 'breaks rule ele-1'), fault('a', 'breaks rule ele-2')],
    [fault('a', 'no type of R4'), fault('a', 'no type of R5')],
    [fault('a', 'x'), { ...fault('a', 'x'), code: 'required' }],
  ])('differs where the cause does: %j', (one, other) => {
    expect(reasonsOf([one])).not.toEqual(reasonsOf([other]));
  });

  it('is told once, without remarks, and of ten kinds at most', () => {
    const many = Array.from({ length: 400 }, (_, at) => fault(`Observation.${String.fromCharCode(97 + at % 26)}[${at}]`, 'x'));
    expect(reasonsOf(many)).toHaveLength(10);
    expect(reasonsOf([{ ...fault('a', 'x'), severity: 'warning' }, { ...fault('a', 'y'), severity: 'information' }])).toEqual([]);
  });

  it('is short and has the same key however often it is generalised, whatever the fault says', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 800 }), fc.string({ unit: 'grapheme', maxLength: 800 }), (place, text) => {
      const [reason] = reasonsOf([fault(place, text)]);
      if (reason === undefined) throw new Error('no reason');
      expect(reason.element.length + reason.text.length).toBeLessThanOrEqual(500);
      expect(reasonKey(reason)).toMatch(/^[0-9a-f]{32}$/);
    }));
  });
});
