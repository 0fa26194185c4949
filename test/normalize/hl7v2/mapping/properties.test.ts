import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseV2 } from '../../../../src/normalize/hl7v2/parse.ts';
import { readV2 } from '../../../../src/normalize/hl7v2/read-message.ts';
import { message, obr, obx, pid, pv1, segment, source, take } from './read.ts';

const MESSAGES = [
  message('ADT^A01', segment('EVN', { 2: '20260302091000', 5: '1^李' }), pid({ 13: '13800000000', 21: 'M1' }), segment('PD1', { 4: '2^王' }), segment('NK1', { 2: '李^四', 3: 'SPO' }), pv1({ 7: '1001^李^四', 45: '20260303' }), segment('PV2', { 3: '^胸痛' }),
    segment('AL1', { 2: 'DA', 3: 'PEN', 5: '皮疹' }), segment('DG1', { 3: 'I10^高血压^I10', 6: 'A' }), segment('PR1', { 3: 'X', 5: '20260302', 7: '5' }), segment('ROL', { 3: 'AT', 4: '1^李' }), segment('GT1', { 3: '李^四' }), segment('IN1', { 2: 'A', 3: 'B', 4: 'C' }), segment('IN2', { 61: 'X' })),
  message('ADT^A40', segment('EVN', { 2: '20260302091000' }), pid({ 3: '2' }), segment('MRG', { 1: '1' })),
  message('ORU^R01', pid(), pv1(), segment('ORC', { 1: 'RE', 2: 'P1', 3: 'F1', 5: 'CM', 9: '20260302' }), obr({ 10: '1^李', 26: 'A&B^1', 29: 'P1^F1', 32: '1&李' }), segment('NTE', { 3: 'x', 5: '1^李', 6: '20260302' }), segment('TQ1', { 3: 'BID', 7: '20260302' }), obx(), obx({ 2: 'SN', 5: '>^5' }), obx({ 2: 'CWE', 5: 'A^B^L~C' }), obx({ 2: 'ED', 5: '^AP^PDF^Base64^JVBERi0=' }), obx({ 2: 'RP', 5: 'https://x.example/1' }), obx({ 2: 'TS', 5: '20260302' }),
    segment('SPM', { 2: 'S1', 4: 'BLD', 17: '20260302' }), obx(), segment('SAC', { 3: 'C1' })),
  message('OML^O21', pid(), segment('ORC', { 1: 'NW', 2: 'P1', 7: '1^BID^^20260302' }), obr({ 3: '', 15: 'BLD&B' }), segment('DG1', { 3: 'A' }), obx(), segment('SPM', { 2: 'S1', 4: 'BLD' })),
  message('OUL^R22', pid(), segment('SPM', { 2: 'S1', 4: 'BLD' }), segment('SAC', { 3: 'C1' }), obr(), segment('ORC', { 1: 'RE', 2: 'P1' }), obx()),
  message('MDM^T02', pid(), pv1(), segment('TXA', { 2: 'CN', 6: '20260302090000', 9: '1^李', 12: 'D1', 13: 'D0', 17: 'AU' }), obx({ 2: 'TX', 5: 'x' })),
  message('SIU^S12', segment('SCH', { 1: 'A', 2: 'B', 9: '30', 11: '^^^202604010900' }), pid(), pv1(), segment('AIS', { 3: 'X', 4: '202604010900' }), segment('AIP', { 3: '1^李', 6: '202604010900', 9: '5' }), segment('AIL', { 3: 'A^B^C' }), segment('AIG', { 3: 'X' })),
];
const HEADERS = ['ADT^A01', 'ADT^A03', 'ADT^A37', 'ADT^A40', 'ORU^R01', 'ORM^O01', 'OML^O33', 'OUL^R22', 'OUL^R24', 'MDM^T02', 'MDM^T11', 'SIU^S12', 'SIU^S15'];
const GARBLED = fc.oneof(
  fc.constantFrom('""', '', '^', '&&&', '~~', '^^^^^', '20260230', '99991399', '-1', '1e400', '\\X', '\\.br\\', '\\XFF\\', '男', '\ud800', '<', '1^-^2', 'D', 'W', 'X', 'NM', 'ED', 'RP', 'CWE', 'SN', 'TX', 'constructor', '__proto__', '^^^Hex^0', '^AP^PDF^Base64^*', 'A&B&C^D&E~F', '0001', '+', '.', '310101199003071239'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n|]/g, '^')),
);

interface Mutation { readonly kind: 'drop' | 'double' | 'swap' | 'garble' | 'null'; readonly at: number; readonly other: number; readonly field: number; readonly text: string }
const MUTATION: fc.Arbitrary<Mutation> = fc.record({ kind: fc.constantFrom('drop', 'double', 'swap', 'garble', 'garble', 'garble', 'null'), at: fc.nat(), other: fc.nat(), field: fc.nat(60), text: GARBLED });

function mutate(lines: readonly string[], { kind, at, other, field, text }: Mutation): readonly string[] {
  if (lines.length === 0) return lines;
  const index = at % lines.length;
  const line = lines[index] ?? '';
  switch (kind) {
    case 'drop': return lines.toSpliced(index, 1);
    case 'double': return lines.toSpliced(other % lines.length, 0, line);
    case 'swap': return lines.with(index, lines[other % lines.length] ?? '').with(other % lines.length, line);
    default: {
      const fields = line.split('|');
      const which = 1 + (field % Math.max(fields.length, 8));
      while (fields.length <= which) fields.push('');
      return lines.with(index, fields.with(which, kind === 'null' ? '""' : text).join('|'));
    }
  }
}

const MUTATED = fc.record({ base: fc.constantFrom(...MESSAGES), header: fc.option(fc.constantFrom(...HEADERS)), mutations: fc.array(MUTATION, { maxLength: 12 }) }).map(({ base, header, mutations }) => {
  const [msh = '', ...lines] = base.split('\r');
  const fields = msh.split('|');
  return [header === null ? msh : fields.with(8, header).join('|'), ...mutations.reduce<readonly string[]>(mutate, lines)].join('\r');
});

describe('a message of results', () => {
  it('has as many results as it has OBX, however they repeat each other', () => {
    const results = fc.array(fc.record({ code: fc.constantFrom('A', 'B', 'A/B', 'B%'), sub: fc.constantFrom('', '1', '/'), value: fc.integer() }), { maxLength: 8 });
    fc.assert(fc.property(fc.array(fc.record({ service: fc.constantFrom('X', 'Y'), filler: fc.constantFrom('F1', 'F2', 'F1/X'), results }), { minLength: 1, maxLength: 4 }), (reports) => {
      const lines = reports.flatMap(({ service, filler, results: list }) => [obr({ 2: '', 3: filler, 4: service }), ...list.map(({ code, sub, value }) => obx({ 3: code, 4: sub, 5: String(value) }))]);
      const { entries } = readV2(parseV2(message('ORU^R01', pid(), ...lines)), source);
      const values = entries.filter(({ resource }) => resource.resourceType === 'Observation').map(({ resource }) => (resource['valueQuantity'] as { value: number }).value);
      expect(values).toEqual(reports.flatMap(({ results: list }) => list.map(({ value }) => value)));
      expect(entries.filter(({ resource }) => resource.resourceType === 'DiagnosticReport')).toHaveLength(reports.length);
    }), { numRuns: 300 });
  });
});

describe('a message with any mistake', () => {
  it('is read without throwing, and each fault says where it is', () => {
    fc.assert(fc.property(MUTATED, (text) => {
      for (const { issue } of readV2(parseV2(text), source).faults) {
        expect(issue.location).toMatch(/^[A-Z][A-Z0-9]{2}\[\d+\](-\d+)?$/);
        expect(issue.diagnostics).toMatch(/^[A-Z].{10,}$/);
      }
    }), { numRuns: 2_000 });
  });

  it('becomes records that are sound, or faults at a place of the message', () => {
    fc.assert(fc.property(MUTATED, (text) => {
      for (const { location } of take(text).issues) expect(location).toMatch(/^[A-Z][A-Z0-9]{2}\[\d+\](-\d+)?$/);
    }), { numRuns: 300 });
  });

  it('says the same when it is read again', () => {
    fc.assert(fc.property(MUTATED, (text) => {
      expect(JSON.stringify(readV2(parseV2(text), source))).toBe(JSON.stringify(readV2(parseV2(text), source)));
    }), { numRuns: 200 });
  });

  it('holds no record twice, and no reference to a placeholder that it does not hold', () => {
    fc.assert(fc.property(MUTATED, (text) => {
      const { entries, faults } = readV2(parseV2(text), source);
      const urls = new Set(entries.map(({ fullUrl }) => fullUrl));
      expect(urls.size).toBe(entries.length);
      for (const [, url] of JSON.stringify(entries.map(({ resource }) => resource)).matchAll(/"reference":"(urn:bund:[^"]*)"/g)) expect(urls.has(url)).toBe(true);
      // Two patients without any number may well say the same: that they have none is the fault.
      if (faults.length === 0) expect(take(text).issues.filter(({ code }) => code === 'duplicate' || code === 'not-found')).toEqual([]);
    }), { numRuns: 300 });
  });
});
