import { describe, expect, it } from 'vitest';
import { isNumeric, numeralOf } from '../../../../src/fhir/json.ts';
import type { Json } from './read.ts';
import { contribution, LOCAL, message, obr, obx, pid, pv1, record, records, result, segment, sent, take } from './read.ts';

const value = (fields: Readonly<Record<number, string>>): Json => {
  const found = result(fields);
  return Object.fromEntries(Object.entries(found).filter(([name]) => name.startsWith('value') || name === 'component'));
};
const status = (code: string): Json => sent(message('ORU^R01', pid(), obr(), obx({ 11: code }))).entries.find(({ resource }) => resource.resourceType === 'Observation')?.resource['status'];
const numeral = (found: unknown): string | undefined => (isNumeric(found) ? numeralOf(found) : undefined);

describe('a numeric value', () => {
  it.each([['6.0', '6.0'], ['+5', '5'], ['.50', '0.50'], ['-0.1', '-0.1'], ['007', '7'], ['1.20e3', '1.20e3'], ['5.', '5']])('of %s keeps its precision as %s', (text, expected) => {
    expect(numeral(value({ 2: 'NM', 5: text }).valueQuantity.value)).toBe(expected);
  });

  it.each([['<0.01', '<'], ['＜0.01', '<'], ['≤0.01', '<='], ['>= 100', '>='], ['≥100', '>=']])('of %s has the comparator %s', (text, comparator) => {
    for (const type of ['NM', 'ST']) expect(value({ 2: type, 5: text }).valueQuantity).toMatchObject({ comparator });
  });

  it.each([['60~120', '60\n120'], ['NaN', 'NaN'], ['阴性', '阴性'], ['1e999', '1e999'], ['12^5', '12 5']])('of %s is told as the text %s', (text, expected) => {
    expect(value({ 2: 'NM', 5: text })).toEqual({ valueString: expected });
  });

  it.each([['7.8↑', '7.8', 'H'], ['７.８ ↓↓', '7.8', 'LL'], ['1,234.5', '1234.5', undefined]])('printed as %s is the number %s, and its arrow the flag where none is sent', (text, expected, flag) => {
    for (const type of ['NM', 'ST']) {
      const found = result({ 2: type, 5: text });
      expect([numeral(found.valueQuantity.value), found.valueQuantity.unit, found.interpretation?.[0].coding[0].code]).toEqual([expected, '10*9/L', flag]);
      expect(result({ 2: type, 5: text, 8: 'N' }).interpretation).toMatchObject([{ coding: [{ code: 'N' }] }]);
    }
  });

  it('with a percent sign is one of that unit, and of no other', () => {
    for (const unit of ['%', '']) expect(value({ 2: 'ST', 3: '30105^HCT^L', 5: '42%', 6: unit }).valueQuantity).toMatchObject({ value: 42, unit: '%' });
    expect(value({ 2: 'NM', 5: '42%', 6: 'g/L' })).toEqual({ valueString: '42%' });
  });

  it('that is a word keeps its unit beside it', () => {
    expect(result({ 2: 'NM', 5: '阴性' }).note).toEqual([{ text: 'OBX-6: 10*9/L' }]);
  });

  it('sent as text is one where it has a unit', () => {
    expect(value({ 2: 'ST', 5: '12.5', 6: 'mmol/L' }).valueQuantity).toMatchObject({ value: 12.5, unit: 'mmol/L' });
    expect(value({ 2: 'ST', 5: '12.5', 6: '' })).toEqual({ valueString: '12.5' });
    expect(value({ 2: 'ST', 5: '+1', 6: 'mg/L' })).toEqual({ valueString: '+1' });
  });
});

describe('a unit', () => {
  it.each([
    ['mmol/L', { unit: 'mmol/L' }], ['10*9/L^10*9/L^UCUM', { unit: '10*9/L', system: 'http://unitsofmeasure.org', code: '10*9/L' }], ['g/L^克每升^UCUM', { unit: '克每升', system: 'http://unitsofmeasure.org', code: 'g/L' }],
    ['beats/min^^ISO+', { unit: 'beats/min' }], ['10^9/L', { unit: '10^9/L' }], ['×10^9/L', { unit: '×10^9/L' }], ['10~9/L', { unit: '10~9/L' }],
    ['274^mg/dL^99U', { unit: 'mg/dL' }], ['mg/dL^毫克每分升^ISO+', { unit: 'mg/dL' }], ['1^mg/dL^99U^mg/dL^^UCUM', { unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' }],
    ['U/L^^L^U/L^^UCUM', { unit: 'U/L', system: 'http://unitsofmeasure.org', code: 'U/L' }],
  ])('sent as %s is kept, and is UCUM only if it says so', (unit, expected) => {
    const entry = sent(message('ORU^R01', pid(), obr(), obx({ 6: unit }))).entries.find(({ resource }) => resource.resourceType === 'Observation');
    expect(entry?.resource['valueQuantity']).toMatchObject(expected);
    expect(Object.keys(entry?.resource['valueQuantity'] as object)).toEqual(['value', ...Object.keys(expected)]);
  });

  it('of the local table is left as sent, for the tables of the exchange to explain', () => {
    expect(result({ 6: '10^9/L' }).valueQuantity).toEqual({ value: expect.anything(), unit: '10^9/L' });
  });
});

describe('a structured value', () => {
  it.each([
    ['>^100', { valueQuantity: { comparator: '>', value: 100, unit: 'mg/L' } }], ['^100', { valueQuantity: { value: 100, unit: 'mg/L' } }], ['=^100', { valueQuantity: { value: 100, unit: 'mg/L' } }],
    ['^1^-^5', { valueRange: { low: { value: 1, unit: 'mg/L' }, high: { value: 5, unit: 'mg/L' } } }],
    ['^1^:^128', { valueRatio: { numerator: { value: 1, unit: 'mg/L' }, denominator: { value: 128, unit: 'mg/L' } } }],
    ['<^1^/^128', { valueRatio: { numerator: { comparator: '<', value: 1 }, denominator: { value: 128 } } }],
    ['^2^+', { valueString: '2 +' }], ['<>^5', { valueString: '<> 5' }], ['^阴性', { valueString: '阴性' }], ['^1^:^', { valueString: '1 :' }],
  ])('%s is read as what it says', (text, expected) => {
    expect(value({ 2: 'SN', 5: text, 6: 'mg/L' })).toMatchObject(expected);
  });
});

describe('a value in words', () => {
  it('has its repetitions on lines of their own, and its escapes read', () => {
    expect(value({ 2: 'TX', 5: '第一行\\.br\\第二行~第三行 A\\T\\B', 6: '' })).toEqual({ valueString: '第一行\n第二行\n第三行 A&B' });
  });

  it('keeps separators that its sender did not escape', () => {
    expect(value({ 2: 'ST', 5: 'A&B^C', 6: '' })).toEqual({ valueString: 'A&B^C' });
  });

  it('is one where it is sent a line an OBX', () => {
    const lines = ['所见：', '', '  肝脏大小正常。'].map((text, index) => obx({ 1: String(index + 1), 2: 'TX', 3: 'US^超声所见^L', 5: text, 6: '', 7: '' }));
    expect(records(message('ORU^R01', pid(), obr({ 24: 'RUS' }), ...lines))('Observation')).toMatchObject([{ valueString: '所见：\n\n  肝脏大小正常。' }]);
  });

  it('is no text where it has a code: with the codings, the text and the version as sent', () => {
    expect(value({ 2: 'CWE', 5: '27268008^Salmonella^SCT^SAL^沙门菌^L^2024^v1^沙门菌属', 6: '' })).toEqual({
      valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', version: '2024', code: '27268008', display: 'Salmonella' }, { system: `${LOCAL}/code-systems/L`, version: 'v1', code: 'SAL', display: '沙门菌' }], text: '沙门菌属' },
    });
    expect(value({ 2: 'CE', 5: '^阴性', 6: '' })).toEqual({ valueCodeableConcept: { text: '阴性' } });
    expect(value({ 2: 'IS', 5: 'POS', 6: '' })).toEqual({ valueCodeableConcept: { coding: [{ code: 'POS' }] } });
  });

  it('has a component for each of several codes', () => {
    expect(value({ 2: 'CWE', 5: 'A^甲~B^乙', 6: '' }).component).toMatchObject([{ valueCodeableConcept: { coding: [{ code: 'A' }] } }, { valueCodeableConcept: { coding: [{ code: 'B' }] } }]);
  });

  it.each([['XPN', '李^四', '李四'], ['XCN', '1001^李^四', '李四 1001'], ['XAD', '人民路 1^^上海', '人民路 1 上海'], ['CX', '77^^^A', '77 A']])('of type %s is told as a person reads it', (type, sentValue, expected) => {
    expect(value({ 2: type, 5: sentValue, 6: '' })).toEqual({ valueString: expected });
  });
});

describe('a time as value', () => {
  it.each([
    ['DT', '20260302', { valueDateTime: '2026-03-02' }], ['TS', '202603020810', { valueDateTime: '2026-03-02T08:10:00+08:00' }], ['DTM', '2026', { valueDateTime: '2026' }], ['TM', '0810', { valueTime: '08:10:00' }],
    ['DR', '20260301^20260302', { valuePeriod: { start: '2026-03-01', end: '2026-03-02' } }], ['NR', '1^5', { valueRange: { low: { value: 1 }, high: { value: 5 } } }], ['TM', '0810+0800', { valueString: '0810+0800' }],
  ])('of type %s %s is read', (type, text, expected) => {
    expect(value({ 2: type, 5: text, 6: '' })).toEqual(expected);
  });

  it.each([['DT', '20260230'], ['TM', '2561'], ['TS', '明天']])('of type %s %s is a fault at its place', (type, text) => {
    expect(take(message('ORU^R01', pid(), obr(), obx({ 2: type, 5: text, 6: '' }))).issues).toContainEqual(expect.objectContaining({ code: 'value', location: 'OBX[1]-5' }));
  });
});

describe('a reference range', () => {
  const range = (text: string): Json => result({ 7: text }).referenceRange?.[0];
  it.each([['3.5-9.5', 3.5, 9.5], ['3.5--9.5', 3.5, 9.5], ['3.5～9.5', 3.5, 9.5], ['3.5~9.5', 3.5, 9.5], ['(3.5 - 9.5)', 3.5, 9.5], ['-2.0--1.0', -2, -1], ['3.5至9.5', 3.5, 9.5]])('%s has both limits', (text, low, high) => {
    const found = range(text);
    expect([Number(numeral(found.low.value)), Number(numeral(found.high.value))]).toEqual([low, high]);
    expect(found.text).toBe(text);
  });

  it.each([['<5', undefined, 5], ['≤5', undefined, 5], ['>3.9', 3.9, undefined], ['≥3.9', 3.9, undefined], ['阴性', undefined, undefined], ['男:3-5 女:2-4', undefined, undefined]])('%s has the limits that it says', (text, low, high) => {
    const found = range(text);
    expect([found.low?.value, found.high?.value, found.text]).toEqual([low, high, text]);
  });

  it('is in the unit of the value', () => {
    expect(range('3.5-9.5').low).toMatchObject({ unit: '10*9/L' });
  });
});

describe('a flag', () => {
  it.each([['H', 'H', undefined], ['↑', 'H', '↑'], ['偏低', 'L', '偏低'], ['阳性', 'POS', '阳性'], ['<', '<', undefined]])('%s means %s', (flag, code, text) => {
    expect(result({ 8: flag }).interpretation).toEqual([{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }], ...(text === undefined ? {} : { text }) }]);
  });

  it('of the sender\'s own stays as it is', () => {
    expect(result({ 8: 'H~Q9^特殊^L' }).interpretation[1]).toEqual({ coding: [{ system: `${LOCAL}/code-systems/L`, code: 'Q9', display: '特殊' }] });
  });
});

describe('the status of a result', () => {
  it.each([['F', 'final'], ['P', 'preliminary'], ['C', 'corrected'], ['X', 'cancelled'], ['D', 'entered-in-error'], ['W', 'entered-in-error'], ['I', 'registered'], ['R', 'preliminary'], ['A', 'amended'], ['V', 'final'], ['', 'unknown']])('%s is %s', (code, expected) => {
    expect(status(code)).toBe(expected);
  });

  it('that no table knows is a fault at its place', () => {
    expect(sent(message('ORU^R01', pid(), obr(), obx({ 11: 'Q' }))).faults).toMatchObject([{ issue: { code: 'code-invalid', location: 'OBX[1]-11' } }]);
  });

  it('that is final without the value being sent again leaves the value as it was', () => {
    expect(contribution('Observation', message('ORU^R01', pid(), obr(), obx({ 5: '', 11: 'U' })))).toEqual({ authority: 1, cleared: [] });
    expect(contribution('Observation', message('ORU^R01', pid(), obr(), obx({ 11: 'U' })))).toBeUndefined();
  });

  it('that was not asked, or a value that is taken back, has a reason instead of a value', () => {
    expect(result({ 5: '', 11: 'N' })).toMatchObject({ dataAbsentReason: { coding: [{ code: 'not-asked' }] } });
    expect(result({ 5: '""' })).toMatchObject({ dataAbsentReason: { coding: [{ code: 'unknown' }] } });
  });
});

describe('a result', () => {
  it('has its local code under the system that the tables of the source explain', () => {
    expect(result({ 3: '30101^白细胞计数^L^WBC^^99LIS' }).code.coding.map(({ system, code }: Json) => [system, code])).toEqual([
      [`${LOCAL}/codes`, '30101'], [`${LOCAL}/codes`, 'WBC'],
    ]);
  });

  it('has code systems by the names of HL7, of the configuration and by their OID', () => {
    const text = message('ORU^R01', pid(), obr(), obx({ 3: '718-7^Hb^LN^HB^^LIS^^^^H1^^2.16.840.1.113883.6.99' }));
    expect(record('Observation', text, { codeSystems: { LIS: 'https://lis.example/codes' } }).code.coding.map(({ system }: Json) => system)).toEqual(expect.arrayContaining(['http://loinc.org', 'https://lis.example/codes', 'urn:oid:2.16.840.1.113883.6.99']));
  });

  it('without code is a fault at the field of the code', () => {
    expect(sent(message('ORU^R01', pid(), obr(), obx({ 3: '' }))).faults).toMatchObject([{ issue: { code: 'required', location: 'OBX[1]-3' } }]);
  });

  it('has its own time, else that of the specimen, else that of the report', () => {
    expect(result({ 14: '20260302080500' }).effectiveDateTime).toBe('2026-03-02T08:05:00+08:00');
    const spm = segment('SPM', { 1: '1', 2: 'S1', 4: 'BLD', 17: '20260302080000' });
    expect(record('Observation', message('ORU^R01', pid(), obr({ 7: '' }), obx(), spm)).effectiveDateTime).toBe('2026-03-02T08:00:00+08:00');
    expect(result({}).effectiveDateTime).toBe('2026-03-02T08:10:00+08:00');
    expect(result({}).issued).toBe('2026-03-02T09:20:00+08:00');
  });

  it('without any time is refused with the place where one could stand', () => {
    expect(take(message('ORU^R01', pid(), obr({ 7: '' }), obx())).issues.map(({ location }) => location)).toEqual(['OBR[1]-7', 'OBR[1]-7']);
  });

  it('has performers, method, device, site, its number and when it was analysed', () => {
    const found = result({ 15: 'LAB1^检验科', 16: '1001^李^四', 17: 'ICP^质谱', 18: 'XN-9000^检验科', 19: '20260302091500', 20: 'ARM^手臂', 21: 'R-77^LIS', 23: '浦滨综合医院检验科', 25: '^主任^李' });
    expect(found).toMatchObject({
      method: { coding: [{ code: 'ICP' }] }, bodySite: { coding: [{ code: 'ARM' }] }, device: { type: 'Device', identifier: { value: 'XN-9000' } },
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/observation-analysis-date-time', valueDateTime: '2026-03-02T09:15:00+08:00' }],
    });
    expect(found.performer.map(({ display }: Json) => display)).toEqual(['李四', '检验科', '浦滨综合医院检验科', '主任李']);
    expect(found.identifier.map(({ value: number }: Json) => number)).toEqual(['F1/BLOOD/30101/', 'R-77']);
  });

  it('has the comments that follow it, with who wrote them and when', () => {
    const text = message('ORU^R01', pid(), obr(), obx(), segment('NTE', { 1: '1', 3: '标本溶血~请复查', 5: '1001^李^四', 6: '20260302093000' }), segment('NTE', { 1: '2', 3: '' }));
    expect(record('Observation', text).note).toMatchObject([{ text: '标本溶血\n请复查', time: '2026-03-02T09:30:00+08:00', authorReference: { display: '李四' } }]);
  });

  it('is the same one in a correction, and told apart from others by its code, sub-id and occurrence', () => {
    const ids = (...lines: readonly string[]): readonly Json[] => records(message('ORU^R01', pid(), obr(), ...lines))('Observation').map(({ id }: Json) => id);
    const [first] = ids(obx());
    expect(ids(obx({ 1: '9', 5: '7.0', 11: 'C', 21: 'X' }))).toEqual([first]);
    const all = ids(obx(), obx({ 4: '1' }), obx({ 4: '2' }), obx(), obx({ 3: '30103^血红蛋白^L', 5: '130', 6: 'g/L' }));
    expect(new Set(all).size).toBe(5);
    expect(all[0]).toBe(first);
  });

  it('of a bedside monitor is no laboratory result', () => {
    const found = record('Observation', message('ORU^R01', pid(), pv1(), obr({ 24: '' }), obx({ 3: '8867-4^心率^LN', 5: '72', 6: 'bpm', 7: '' })));
    expect(found.category).toMatchObject([{ coding: [{ code: 'vital-signs' }] }]);
  });
});
