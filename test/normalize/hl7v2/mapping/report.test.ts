import { describe, expect, it } from 'vitest';
import type { Json } from './read.ts';
import { LOCAL, message, obr, obx, pid, pv1, record, records, segment, sent, take } from './read.ts';

const oru = (...lines: readonly string[]): string => message('ORU^R01', pid(), ...lines);
const report = (...lines: readonly string[]): Json => record('DiagnosticReport', oru(...lines));
const SPM = segment('SPM', { 1: '1', 2: 'S1', 4: 'BLD^全血^HL70487', 17: '20260302080000', 18: '20260302083000', 20: 'Y' });
const text = (name: string, value: string, fields: Readonly<Record<number, string>> = {}): string => obx({ 2: 'TX', 3: `${name}^${name}^L`, 5: value, 6: '', 7: '', ...fields });
const decoded = (data: string): string => Buffer.from(data, 'base64').toString('utf8');

describe('a report that belongs to a result of another', () => {
  it('is told apart from that of another result by OBR-26, also in a message of its own', () => {
    const of = (parent: string): Json => record('DiagnosticReport', message('ORU^R01', pid(), obr({ 3: 'F9', 4: 'AST^药敏^L', 26: parent }), obx()));
    const [one, two, again] = ['39801&大肠埃希菌&L^1', '39801&大肠埃希菌&L^2', '39801&大肠埃希菌&L^1'].map((parent) => of(parent).id);
    expect([one === again, one === two]).toEqual([true, false]);
    expect(of('').identifier).toEqual(record('DiagnosticReport', message('ORU^R01', pid(), obr({ 3: 'F9', 4: 'AST^药敏^L' }), obx())).identifier);
  });
});

describe('a report', () => {
  it('has its numbers, results, times and the order that it is based on', () => {
    const read = records(oru(pv1(), segment('ORC', { 1: 'RE', 2: 'P1', 3: 'F1', 5: 'CM', 9: '20260302080500', 12: '1002^王^五' }), obr({ 8: '20260302081500', 32: '1003&赵&六', 34: '1004&钱&七' }), obx(), SPM));
    const [found] = read('DiagnosticReport');
    expect(found.identifier.map(({ system, value }: Json) => [system, value])).toEqual([
      [`${LOCAL}/reports`, 'F1/BLOOD'], [`${LOCAL}/identifiers/filler-order`, 'F1'], [`${LOCAL}/identifiers/placer-order`, 'P1'],
    ]);
    expect(found).toMatchObject({
      status: 'final', code: { coding: [{ system: `${LOCAL}/codes`, code: 'BLOOD' }] }, issued: '2026-03-02T09:20:00+08:00',
      effectivePeriod: { start: '2026-03-02T08:10:00+08:00', end: '2026-03-02T08:15:00+08:00' }, resultsInterpreter: [{ display: '赵六' }], performer: [{ type: 'Organization' }, { display: '钱七' }],
    });
    expect(found.category.map(({ coding: [{ code }] }: Json) => code)).toEqual(['LAB', 'HM']);
    expect(found.result).toEqual([{ reference: `Observation/${read('Observation')[0].id}` }]);
    expect(found.specimen).toEqual([{ reference: `Specimen/${read('Specimen')[0].id}` }]);
    expect(found.basedOn).toEqual([{ reference: `ServiceRequest/${read('ServiceRequest')[0].id}` }]);
    expect(found.encounter).toEqual({ reference: `Encounter/${read('Encounter')[0].id}` });
  });

  it.each([['F', 'final'], ['P', 'preliminary'], ['A', 'partial'], ['R', 'partial'], ['C', 'corrected'], ['X', 'cancelled'], ['O', 'registered'], ['I', 'registered'], ['S', 'registered']])('of status %s is %s', (code, status) => {
    expect(report(obr({ 25: code }), obx()).status).toBe(status);
  });

  it('that does not tell its status has what its results allow', () => {
    const statusOf = (...codes: readonly string[]): string => report(obr({ 25: '' }), ...codes.map((code, index) => obx({ 4: String(index), 11: code }))).status;
    expect([statusOf('F', 'F'), statusOf('F', 'C'), statusOf('F', 'P'), statusOf('P'), statusOf('D')]).toEqual(['final', 'corrected', 'partial', 'preliminary', 'entered-in-error']);
  });

  it('with a status that is none of a report is a fault at its place', () => {
    expect(sent(oru(obr({ 25: 'Z' }), obx())).faults).toMatchObject([{ issue: { code: 'code-invalid', location: 'OBR[1]-25' } }]);
  });

  it('is of the laboratory where it has a specimen or measures with unit, whatever its section is called', () => {
    const categories = (...lines: readonly string[]): Json => report(...lines).category?.map((category: Json) => category.coding?.[0].code ?? category.text);
    expect(categories(obr({ 24: '' }), obx())).toEqual(['LAB']);
    expect(categories(obr({ 24: '检验科' }), obx())).toEqual(['LAB', '检验科']);
    expect(categories(obr({ 24: '' }), text('备注', '无'), SPM)).toEqual(['LAB']);
    expect(categories(obr({ 24: 'EC' }), obx({ 3: 'PR^PR间期^L', 6: 'ms' }))).toEqual(['EC']);
    expect(categories(obr({ 24: '' }), text('备注', '无'))).toBeUndefined();
  });

  it('is told from others under the same number by what it is, also when only one of them comes again', () => {
    const two = records(oru(obr(), obx(), obr({ 1: '2', 4: 'CRP^C反应蛋白^L' }), obx({ 3: 'CRP^CRP^L', 6: 'mg/L' })))('DiagnosticReport');
    expect(two).toHaveLength(2);
    expect(report(obr({ 4: 'CRP^C反应蛋白^L', 25: 'C' }), obx({ 3: 'CRP^CRP^L', 6: 'mg/L' })).id).toBe(two[1].id);
  });

  it('that repeats another loses nothing of it', () => {
    const read = records(oru(obr({ 4: 'GTT^糖耐量^L' }), obx({ 5: '5.1' }), obr({ 4: 'GTT^糖耐量^L', 7: '20260302101000' }), obx({ 5: '7.9' })));
    expect(read('DiagnosticReport')).toHaveLength(2);
    expect(read('Observation').map(({ valueQuantity: { value }, effectiveDateTime }: Json) => [value, effectiveDateTime])).toEqual([[5.1, '2026-03-02T08:10:00+08:00'], [7.9, '2026-03-02T10:10:00+08:00']]);
  });

  it('has the comments that follow its OBR', () => {
    expect(report(obr(), segment('NTE', { 1: '1', 3: '请结合临床' }), obx()).extension).toMatchObject([{ valueAnnotation: { text: '请结合临床' } }]);
  });

  it('may be one of several, of several patients', () => {
    const read = records(oru(obr(), obx(), pid({ 3: '200002' }), obr({ 2: 'P2', 3: 'F2' }), obx()));
    expect(read('Patient')).toHaveLength(2);
    expect(read('Observation').map(({ subject: { reference } }: Json) => reference)).toEqual(read('Patient').map(({ id }: Json) => `Patient/${id}`));
  });

  it('without order number and visit is still taken in', () => {
    expect(records(oru(obr({ 2: '', 3: '' }), obx()))('DiagnosticReport')).toHaveLength(1);
    expect(records(oru(obr({ 2: '', 3: '' }), obx()))('ServiceRequest')).toHaveLength(0);
  });

  it('of a germ has the sensitivities to it as members of that result', () => {
    const germ = obx({ 2: 'CWE', 3: 'ORG^细菌^L', 4: '1', 5: 'ECO^大肠埃希菌^L', 6: '', 7: '' });
    const read = records(oru(obr({ 2: 'P1', 3: 'F1', 4: 'CULT^培养^L', 24: 'MB' }), germ, obr({ 2: 'P1', 3: 'F2', 4: 'SENS^药敏^L', 24: 'MB', 26: 'ORG&细菌&L^1', 29: 'P1^F1' }), obx({ 2: 'ST', 3: 'AMK^阿米卡星^L', 5: '<=2', 6: 'ug/mL', 7: '', 8: 'S' })));
    const [parent, child] = read('Observation');
    expect(parent.hasMember).toEqual([{ reference: `Observation/${child.id}` }]);
    expect(child).toMatchObject({ valueQuantity: { comparator: '<=', value: 2 }, interpretation: [{ coding: [{ code: 'S' }] }] });
  });
});

describe('an imaging report', () => {
  const ct = obr({ 4: 'CT01^胸部CT平扫^L', 24: 'CT' });
  it('has the text that concludes as its conclusion', () => {
    expect(report(ct, text('检查所见', '双肺纹理增多。'), text('诊断意见', '未见明显异常。'))).toMatchObject({ conclusion: '未见明显异常。', category: [{ coding: [{ code: 'CT' }] }] });
    expect(report(ct, obx({ 2: 'TX', 3: 'CT01&IMP^胸部CT', 5: '正常', 6: '', 7: '' })).conclusion).toBe('正常');
  });

  it('without one is a document of all that is written', () => {
    const [form] = report(ct, text('A', '第一段'), text('B', '第二段')).presentedForm;
    expect(form.contentType).toBe('text/plain; charset=utf-8');
    expect(decoded(form.data)).toBe('第一段\n\n第二段');
  });

  it('may come as a document, or as an address of one', () => {
    const pdf = Buffer.from('%PDF-1.4 x').toString('base64');
    expect(report(ct, obx({ 2: 'ED', 3: 'RPT^报告单^L', 5: `HIS^Application^PDF^Base64^${pdf}`, 6: '', 7: '' })).presentedForm).toMatchObject([{ contentType: 'application/pdf', data: pdf, title: '报告单' }]);
    expect(report(ct, obx({ 2: 'RP', 3: 'RPT^报告单^L', 5: 'https://pacs.example/r/1?a=1\\T\\b=2^^Application^PDF', 6: '', 7: '' })).presentedForm).toMatchObject([{ contentType: 'application/pdf', url: 'https://pacs.example/r/1?a=1&b=2' }]);
  });

  it('has pictures beside its words', () => {
    const read = records(oru(ct, text('诊断意见', '正常'), obx({ 2: 'ED', 3: 'IMG^关键图像^L', 5: '^IM^JPEG^Base64^/9j/4AAQ', 6: '', 7: '', 14: '20260302080000' })));
    expect(read('Media')).toMatchObject([{ status: 'completed', content: { contentType: 'image/jpeg', data: '/9j/4AAQ' }, createdDateTime: '2026-03-02T08:00:00+08:00' }]);
    expect(read('DiagnosticReport')[0]).toMatchObject({ media: [{ comment: '关键图像', link: { reference: `Media/${read('Media')[0].id}` } }] });
  });
});

describe('a document within a report', () => {
  const form = (value: string): Json => report(obr({ 24: '' }), obx({ 2: 'ED', 3: 'D^文件^L', 5: value, 6: '', 7: '' })).presentedForm[0];
  it.each([
    ['^Application^PDF^Base64^JVBERi0=', 'application/pdf', 'JVBERi0='], ['^application/pdf^^Base64^JVBERi0=', 'application/pdf', 'JVBERi0='], ['^^^Base64^JVBERi0=', 'application/pdf', 'JVBERi0='],
    ['^TEXT^HTML^A^<p>A & B</p>', 'text/html', Buffer.from('<p>A & B</p>').toString('base64')], ['^TEXT^^A^x^y', 'text/plain', Buffer.from('x^y').toString('base64')], ['^AP^Octet-stream^Hex^00FF', 'application/octet-stream', 'AP8='],
  ])('sent as %s is of type %s', (value, contentType, data) => {
    expect(form(value)).toMatchObject({ contentType, data });
  });

  it.each([['^AP^PDF^Hex^0G', 'OBX[1]-5'], ['^AP^PDF^Base64^abc', 'OBX[1]-5']])('that is not encoded as it says (%s) is a fault at its place', (value, location) => {
    expect(take(oru(obr({ 24: '' }), obx({ 2: 'ED', 3: 'D', 5: value, 6: '', 7: '' }))).issues).toContainEqual(expect.objectContaining({ location }));
  });

  it('that is taken back is no longer part of it', () => {
    expect(report(obr(), obx(), obx({ 2: 'ED', 3: 'D', 5: '^AP^PDF^Base64^JVBERi0=', 11: 'D' })).presentedForm).toBeUndefined();
  });
});

describe('a specimen', () => {
  it('has its numbers, type, times, method, site, container and comments', () => {
    const spm = segment('SPM', { 1: '1', 2: 'S1^S9&LIS', 3: 'S0', 4: 'BLD^全血^HL70487', 6: 'EDTA', 7: 'VEN^静脉穿刺', 8: 'ARM', 12: '2&mL', 14: '溶血', 17: '20260302080000^20260302080100', 18: '20260302083000', 20: 'Y', 24: 'HEM', 27: 'TUBE', 30: 'ACC1' });
    const found = record('Specimen', oru(obr({ 10: '2001^采血^员', 39: '^采集备注' }), obx(), spm, segment('SAC', { 1: '', 3: 'C1', 21: '5', 24: 'mL' })));
    expect(found).toMatchObject({
      type: { coding: [{ code: 'BLD' }] }, status: 'available', receivedTime: '2026-03-02T08:30:00+08:00', accessionIdentifier: { value: 'ACC1' }, condition: [{ coding: [{ code: 'HEM' }] }],
      collection: { collector: { display: '采血员' }, collectedPeriod: { start: '2026-03-02T08:00:00+08:00' }, method: { coding: [{ code: 'VEN' }] }, bodySite: { coding: [{ code: 'ARM' }] } },
      container: [{ identifier: [{ value: 'C1' }], type: { coding: [{ code: 'TUBE' }] }, capacity: { value: 5, unit: 'mL' } }], parent: [{ type: 'Specimen', identifier: { value: 'S0' } }],
    });
    expect(found.identifier.map(({ value }: Json) => value)).toEqual(['S1', 'S9']);
    expect(found.note.map(({ text: note }: Json) => note)).toEqual(['溶血', '采集备注']);
  });

  it('that several reports share is one record', () => {
    const read = records(oru(obr(), obx(), SPM, obr({ 2: 'P2', 3: 'F2', 4: 'X^X^L' }), obx(), SPM));
    expect(read('Specimen')).toHaveLength(1);
    expect(read('Specimen')[0].request).toHaveLength(2);
  });

  it('of an older version stands in the OBR', () => {
    expect(record('Specimen', oru(obr({ 9: '5^mL', 14: '20260302083000', 15: 'BLD&全血&HL70070^EDTA^静脉^ARM&左臂' }), obx()))).toMatchObject({
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0070', code: 'BLD', display: '全血' }] }, receivedTime: '2026-03-02T08:30:00+08:00',
      collection: { collectedDateTime: '2026-03-02T08:10:00+08:00', quantity: { value: 5, unit: 'mL' }, bodySite: { coding: [{ code: 'ARM' }] } },
    });
  });

  it('of which only the collector is told is of unknown type', () => {
    expect(record('Specimen', oru(obr({ 10: '2001^采血^员' }), obx())).type).toEqual({ extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] });
  });

  it('comes first in OUL^R22, and its orders belong to it', () => {
    const lines = ['OUL^R22', pid(), SPM, obr(), segment('ORC', { 1: 'RE', 2: 'P1', 3: 'F1' }), obx(), obr({ 1: '2', 2: 'P2', 3: 'F2' }), obx(), segment('SPM', { 1: '2', 2: 'S2', 4: 'UR' }), obr({ 1: '3', 2: 'P3', 3: 'F3' }), obx()] as const;
    const read = records(message(...lines));
    const [blood, urine] = read('Specimen');
    expect(read('DiagnosticReport').map(({ specimen: [{ reference }] }: Json) => reference)).toEqual([`Specimen/${blood.id}`, `Specimen/${blood.id}`, `Specimen/${urine.id}`]);
    expect(read('ServiceRequest')).toHaveLength(3);
  });

  it('may be observed itself, which is no result of the report', () => {
    const read = records(oru(obr(), obx(), SPM, obx({ 3: 'VOL^体积^L', 5: '2', 6: 'mL', 7: '' })));
    expect(read('DiagnosticReport')[0].result).toHaveLength(1);
    expect(read('Observation')[1]).toMatchObject({ specimen: { reference: `Specimen/${read('Specimen')[0].id}` } });
  });
});
