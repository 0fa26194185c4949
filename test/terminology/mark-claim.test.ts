import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/fhir/resource.ts';
import { createCodeTables, isUcum, mapObservation, readClaim } from '../../src/terminology/index.ts';

describe('the claim of recognition in the name of a test', () => {
  it.each([
    ['★葡萄糖', '葡萄糖', '★'], ['葡萄糖★', '葡萄糖', '★'], ['*GLU', 'GLU', '*'], ['GLU＊', 'GLU', '＊'], ['HR 葡萄糖', '葡萄糖', 'HR'], ['HR葡萄糖', '葡萄糖', 'HR'], ['葡萄糖HR', '葡萄糖', 'HR'],
    ['葡萄糖沪HR', '葡萄糖', '沪HR'], ['葡萄糖(沪HR)', '葡萄糖', '沪HR'], ['【全国HR】葡萄糖', '葡萄糖', '全国HR'], ['全国HR葡萄糖', '葡萄糖', '全国HR'], ['京津冀HR·葡萄糖', '葡萄糖', '京津冀HR'],
    ['北京市西城区HR 葡萄糖', '葡萄糖', '北京市西城区HR'], ['葡萄糖 北京市西城区HR', '葡萄糖', '北京市西城区HR'], ['★ ALT 沪HR', 'ALT', '★ 沪HR'],
  ])('%s is %s with the claim %s', (sent, name, claim) => {
    expect(readClaim(sent)).toEqual({ name, claim });
  });

  it.each(['葡萄糖', 'HR', '★', '**', 'CHR', 'HR-CRP', 'HRP2', 'HLA-B*27', 'hs-CRP', '', `★${'长'.repeat(300)}`])('%s makes none', (sent) => {
    expect(readClaim(sent)).toEqual({ name: sent, claim: undefined });
  });

  it('is read whatever stands there, leaves a name, and is not found twice in what is left', () => {
    const part = fc.constantFrom('★', '*', 'HR', '沪HR', '全国HR', '(', ')', ' ', '·', '血', '糖', 'A', '7', '-', '\u{1F600}', '\ud800');
    fc.assert(fc.property(fc.oneof(fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')), fc.string({ maxLength: 250 })), (sent) => {
      const { name, claim } = readClaim(sent);
      if (claim === undefined) expect(name).toBe(sent);
      else expect([name.trim() !== '', sent.includes(name), claim.split(' ').every((each) => sent.includes(each))]).toEqual([true, true, true]);
    }), { numRuns: 3_000 });
  });
});

describe('a star in a name', () => {
  const items = [{ item: 'GLU', zh: '葡萄糖', en: 'Glucose', group: '血糖', loinc: '14749-6', unit: 'mmol/L', twins: [] }];
  const tables = createCodeTables(items, new Map([['x', { system: 'https://bund.example/sources/x/codes', codes: [{ local: '葡萄糖', display: '葡萄糖', item: 'GLU', loinc: '14749-6', equivalence: 'equivalent' as const }], units: { 'mmol/L': 'mmol/L' } }]]));
  const map = (code: object) => mapObservation({ resourceType: 'Observation', category: [{ coding: [{ code: 'laboratory' }] }], code: code as never }, { tables, source: tables.sources.get('x'), isUcum });

  it('does not keep a test that comes as a mere name from its item, and the name stays as it was sent', () => {
    const { resource, gaps } = map({ text: '★葡萄糖' });
    expect(gaps).toEqual([]);
    expect(resource['code']).toMatchObject({ text: '★葡萄糖', coding: [{ code: 'GLU' }, { code: '14749-6' }] });
  });

  it('is not part of what the list of gaps calls a test', () => {
    expect(map({ text: '果糖*' }).gaps).toEqual([{ kind: 'code', system: '', code: '果糖', display: '果糖' }]);
    expect(map({ coding: [{ code: 'FRU', display: '★果糖' }] }).gaps).toEqual([{ kind: 'code', system: '', code: 'FRU', display: '果糖' }]);
    expect(isObject(map({ text: '果糖*' }).resource['code'])).toBe(true);
  });
});
