import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeUnit } from '../../src/terminology/normalize-unit.ts';
import { isUcum } from '../../src/terminology/ucum.ts';

describe('a unit as a laboratory writes it', () => {
  it.each([
    ['×10^9/L', '10*9/L'], ['10~9/L', '10*9/L'], ['10E9/L', '10*9/L'], ['*10^9/L', '10*9/L'], ['x10*9/l', '10*9/L'], ['10⁹/L', '10*9/L'], ['G/L', '10*9/L'],
    ['×10^12/L', '10*12/L'], ['T/L', '10*12/L'], ['10^3/uL', '10*3/uL'],
    ['µmol/L', 'umol/L'], ['μmol/L', 'umol/L'], ['ｍｍｏｌ／Ｌ', 'mmol/L'], ['mmol/l', 'mmol/L'], ['mg/dl', 'mg/dL'], [' g / L ', 'g/L'],
    ['mIU/L', 'm[IU]/L'], ['uIU/ml', 'u[IU]/mL'], ['μIU/mL', 'u[IU]/mL'], ['IU/mL', '[IU]/mL'],
    ['％', '%'], ['fl', 'fL'], ['秒', 's'], ['S', 's'], ['mm/hr', 'mm/h'], ['S/CO', '{S_CO}'], ['COI', '{S_CO}'],
    ['mL/min/1.73m²', 'mL/min/{1.73_m2}'], ['mg/L FEU', 'mg/L{FEU}'], ['ug/l DDU', 'ug/L{DDU}'],
  ])('%s is %s', (text, ucum) => {
    expect(normalizeUnit(text)).toBe(ucum);
    expect(isUcum(ucum)).toBe(true);
  });

  it('keeps apart what only case tells apart', () => {
    expect(normalizeUnit('g/L')).toBe('g/L');
    expect(normalizeUnit('Mg/L')).not.toBe(normalizeUnit('mg/L'));
  });

  it('is the same once normalised, whatever it was', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...Array.from('×10^9/LlgmµuUIS% .秒⁹²*~eE')) }), (text) => {
      const once = normalizeUnit(text);
      expect(normalizeUnit(once)).toBe(once);
    }));
  });
});
