import { describe, expect, it } from 'vitest';
import type { Json } from './read.ts';
import { contribution, LOCAL, message, pid, pv1, record, records, segment, sent, take } from './read.ts';

const EVN = segment('EVN', { 2: '20260302091000', 6: '20260302090000' });
const visit = (event: string, fields: Readonly<Record<number, string>> = {}, ...more: readonly string[]): string => message(`ADT^${event}`, EVN, pid(), pv1(fields), ...more);
const encounter = (event: string, fields: Readonly<Record<number, string>> = {}, ...more: readonly string[]): Json => record('Encounter', visit(event, fields, ...more));
/** As the message says it, before what it does not say is filled in. */
const said = (event: string, fields: Readonly<Record<number, string>> = {}): Json => sent(visit(event, fields)).entries.find(({ resource }) => resource.resourceType === 'Encounter')?.resource;

describe('the status of a visit', () => {
  it.each([
    ['A01', 'in-progress'], ['A02', 'in-progress'], ['A03', 'finished'], ['A04', 'in-progress'], ['A05', 'planned'], ['A06', 'in-progress'], ['A07', 'in-progress'],
    ['A11', 'cancelled'], ['A12', 'in-progress'], ['A13', 'in-progress'], ['A08', undefined], ['A31', undefined],
  ])('after %s is %s', (event, status) => {
    expect(said(event).status).toBe(status);
  });

  it('is finished once an end is told, whatever the event is about', () => {
    expect(said('A08', { 45: '20260303' })).toMatchObject({ status: 'finished', period: { end: '2026-03-03' } });
  });

  it('goes back with a discharge that is taken back, and so does the end', () => {
    expect(said('A13', { 45: '20260303' })).toMatchObject({ status: 'in-progress', period: { start: '2026-03-02T08:00:00+08:00' } });
    expect(said('A13', { 45: '20260303' }).period.end).toBeUndefined();
    const taken = visit('A13', { 14: '1', 36: '01', 37: '家' });
    expect(contribution('Encounter', taken)).toEqual({ authority: 1, cleared: ['hospitalization.destination', 'hospitalization.dischargeDisposition', 'period.end'] });
    expect(record('Encounter', taken).hospitalization).toEqual({ admitSource: { coding: [{ code: '1' }] } });
  });

  it('is not spoken of by a result, which must not be refused for that', () => {
    const text = message('ORU^R01', pid(), pv1({ 44: '' }));
    expect(contribution('Encounter', text)).toEqual({ authority: 0, cleared: [] });
    expect(take(text).issues).toEqual([]);
  });
});

describe('a visit', () => {
  it.each([['I', 'IMP'], ['O', 'AMB'], ['E', 'EMER'], ['P', 'PRENC'], ['B', 'B']])('of class %s is %s', (code, fhir) => {
    expect(encounter('A01', { 2: code }).class.code).toBe(fhir);
  });

  it.each(['', 'N', 'U'])('of class "%s" leaves its class to other messages', (code) => {
    expect(said('A01', { 2: code }).class).toBeUndefined();
  });

  it('is the same one by its number, else by the account, else by patient and beginning', () => {
    const byNumber = [encounter('A01', { 7: '1^李^四' }).id, encounter('A03', { 45: '20260303' }).id, record('Encounter', message('ORU^R01', pid(), pv1())).id];
    expect(new Set(byNumber).size).toBe(1);
    const account = (event: string): Json => record('Encounter', message(`ADT^${event}`, EVN, pid({ 18: 'A9' }), pv1({ 19: '' })));
    expect(account('A01').id).toBe(account('A03').id);
    expect(account('A01').identifier[0]).toMatchObject({ system: `${LOCAL}/identifiers/account`, value: 'A9' });
    expect(encounter('A01', { 19: '' }).id).toBe(encounter('A03', { 19: '' }).id);
    expect(encounter('A01', { 19: '' }).id).not.toBe(encounter('A01', { 19: '', 44: '20260303' }).id);
  });

  it('that nothing names is a fault where it should be named', () => {
    expect(take(visit('A03', { 19: '', 44: '' })).issues).toMatchObject([{ code: 'required', location: 'PV1[1]-19' }]);
    expect(take(message('ADT^A31', EVN, pid(), segment('PV1', { 1: '1', 2: 'N' }))).issues).toEqual([]);
  });

  it('begins when the event happened, where it does not say it otherwise', () => {
    expect(encounter('A04', { 44: '' }).period.start).toBe('2026-03-02T09:00:00+08:00');
    expect(encounter('A05', { 44: '' }, segment('PV2', { 8: '20260401' })).period.start).toBe('2026-04-01');
  });

  it('is of the institution that sends it', () => {
    expect(encounter('A01').serviceProvider.reference).toBe('Organization/pubin');
  });

  it('names who takes part: a record for each number, and the name alone where there is no number', () => {
    const read = records(visit('A01', { 7: '1001^李^四^^^主任^^^HR~^王^五', 8: '1002^赵^六', 9: '钱医生', 17: '1001^李^四^^^主任^^^HR' }));
    expect(read('Practitioner').map(({ identifier: [{ system, value }], name: [{ text }] }: Json) => [system, value, text])).toEqual([
      [`${LOCAL}/identifiers/HR`, '1001', '主任 李四'], [`${LOCAL}/identifiers/practitioner`, '1002', '赵六'],
    ]);
    const [{ participant }] = read('Encounter');
    expect(participant.map(({ type: [{ coding: [{ code }] }], individual: { display } }: Json) => [code, display])).toEqual([
      ['ATND', '主任 李四'], ['ATND', '王五'], ['REF', '赵六'], ['CON', '钱医生'], ['ADM', '主任 李四'],
    ]);
    expect(participant[0].individual.reference).toBe(participant[4].individual.reference);
    expect(participant[1].individual.reference).toBeUndefined();
  });

  it('names its places: the bed within the ward, and where the patient was before', () => {
    const read = records(visit('A02', { 3: '心内科^301^12^浦滨^^N^住院楼^3', 6: '急诊^^^浦滨' }));
    const [bed, ward, prior] = read('Location');
    expect(bed).toMatchObject({ name: '住院楼 3 心内科 301 12', physicalType: { coding: [{ code: 'bd' }] }, partOf: { reference: `Location/${ward.id}` }, managingOrganization: { display: '浦滨' } });
    expect(read('Encounter')[0].location).toEqual([
      { location: { reference: `Location/${bed.id}`, display: bed.name }, status: 'active' }, { location: { reference: `Location/${prior.id}`, display: '急诊' }, status: 'completed' },
    ]);
  });

  it('is back where it was when a transfer is taken back', () => {
    expect(encounter('A12', { 3: '急诊^^^浦滨', 6: '心内科^301^12^浦滨' }).location).toMatchObject([{ location: { display: '急诊' }, status: 'active' }]);
  });

  it('keeps admission, discharge, reason, priority and what else PV1 and PV2 say', () => {
    const found = encounter('A03', { 4: 'E', 5: 'PRE1', 10: '心内科', 13: 'R', 14: '1^急诊', 16: 'VIP', 18: '医保', 36: '01^回家', 37: '家', 38: '低盐', 45: '20260304100000', 50: 'ALT1' },
      segment('PV2', { 3: 'R07.4^胸痛^I10', 9: '20260305', 11: '2', 12: '复查', 13: '1009^周^七', 25: '1', 38: 'A' }));
    expect(found).toMatchObject({
      type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0007', code: 'E' }] }, { coding: [{ code: '医保' }] }],
      serviceType: { coding: [{ code: '心内科' }] }, period: { end: '2026-03-04T10:00:00+08:00' }, length: { value: 2, code: 'd' }, priority: { coding: [{ code: '1' }] },
      hospitalization: { preAdmissionIdentifier: { value: 'PRE1' }, admitSource: { coding: [{ display: '急诊' }] }, dischargeDisposition: { coding: [{ code: '01' }] }, destination: { display: '家' } },
      reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'R07.4' }] }],
    });
    expect(found.identifier.map(({ value }: Json) => value)).toEqual(['V1', 'ALT1']);
    expect(JSON.stringify(found.extension)).toContain('复查');
  });

  it('empties what the sender empties', () => {
    expect(contribution('Encounter', visit('A08', { 10: '""', 45: '""', 3: '""', 38: '""' }))?.cleared).toEqual(['serviceType', 'location', 'hospitalization.dietPreference', 'period.end']);
  });

  it('has its diagnoses, procedures and observations', () => {
    const read = records(visit('A01', {}, segment('DG1', { 1: '1', 3: 'I10^原发性高血压^I10', 5: '20260302', 6: 'A', 15: '1', 16: '1001^李^四' }), segment('DG1', { 1: '2', 2: 'I10', 3: 'E11.9', 4: '2型糖尿病', 6: 'F', 21: 'D' }),
      segment('PR1', { 1: '1', 3: '36.07^支架植入^I9', 5: '202603021000', 7: '90', 11: '1001^李^四' }), segment('OBX', { 1: '1', 2: 'NM', 3: '8867-4^心率^LN', 5: '72', 6: '次/分', 11: 'F', 14: '202603020810' })));
    const [hypertension, diabetes] = read('Condition');
    expect(hypertension).toMatchObject({ code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'I10' }] }, recordedDate: '2026-03-02', asserter: { display: '李四' } });
    expect(diabetes).toMatchObject({ code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'E11.9' }], text: '2型糖尿病' }, verificationStatus: { coding: [{ code: 'entered-in-error' }] } });
    expect(read('Encounter')[0].diagnosis).toMatchObject([{ condition: { reference: `Condition/${hypertension.id}` }, rank: 1, use: { coding: [{ code: 'AD' }, { code: 'A' }] } }, { condition: { reference: `Condition/${diabetes.id}` } }]);
    expect(read('Procedure')).toMatchObject([{ status: 'completed', performedPeriod: { start: '2026-03-02T10:00:00+08:00', end: '2026-03-02T11:30:00+08:00' }, performer: [{ actor: { display: '李四' } }] }]);
    expect(read('Observation')).toMatchObject([{ category: [{ coding: [{ code: 'vital-signs' }] }], valueQuantity: { value: 72 }, encounter: { reference: `Encounter/${read('Encounter')[0].id}` } }]);
  });

  it('tells who entered the event', () => {
    expect(records(message('ADT^A01', segment('EVN', { 2: '20260302091000', 4: '01', 5: '9001^收费员^甲' }), pid(), pv1()))('Provenance')).toMatchObject([{ recorded: '2026-03-02T09:10:00+08:00', agent: [{ who: { display: '收费员甲' } }] }]);
  });

  it('knows roles that follow it, and those of the patient that outlast it', () => {
    const read = records(message('ADT^A01', EVN, pid(), segment('ROL', { 1: '1', 2: 'AD', 3: 'PP^家庭医生^HL70443', 4: '2001^孙^八', 14: '社区卫生服务中心' }), pv1(), segment('PRT', { 2: 'AD', 4: 'RO^主管护士', 5: '3001^吴^九', 11: '20260302' }), segment('ROL', { 1: '2', 2: 'DE', 3: 'AT', 4: '3002^郑^十' })));
    expect(read('PractitionerRole')).toMatchObject([{ practitioner: { display: '孙八' }, organization: { display: '社区卫生服务中心' } }]);
    expect(read('Patient')[0].generalPractitioner).toMatchObject([{ reference: `PractitionerRole/${read('PractitionerRole')[0].id}` }]);
    expect(read('Encounter')[0].participant).toMatchObject([{ individual: { display: '吴九' }, period: { start: '2026-03-02' } }]);
  });
});
