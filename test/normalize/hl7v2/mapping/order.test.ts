import { describe, expect, it } from 'vitest';
import type { Json } from './read.ts';
import { contribution, LOCAL, message, obr, obx, pid, pv1, record, records, segment, sent, take } from './read.ts';

const ORC = { 1: 'NW', 2: 'P1', 9: '20260302080000', 12: '1002^王^五' };
const orc = (fields: Readonly<Record<number, string>> = {}): string => segment('ORC', { ...ORC, ...fields });
const request = obr({ 3: '', 7: '', 22: '', 25: '' });
const order = (fields: Readonly<Record<number, string>> = {}, ...more: readonly string[]): Json => record('ServiceRequest', message('OML^O21', pid(), pv1(), orc(fields), request, ...more));

describe('an order', () => {
  it('has its number, service, time, requester and visit', () => {
    const text = message('ORM^O01', pid(), pv1(), orc({ 3: 'F1', 4: 'G1', 14: '63840000', 16: '^病情需要', 21: '心内科', 29: 'O' }), request);
    const found = record('ServiceRequest', text);
    expect(found).toMatchObject({
      status: 'active', intent: 'order', authoredOn: '2026-03-02T08:00:00+08:00', code: { coding: [{ system: `${LOCAL}/codes`, code: 'BLOOD', display: '血常规' }] }, requisition: { value: 'G1' },
      category: [{ coding: [{ code: 'LAB' }] }, { coding: [{ code: 'HM' }] }], locationCode: [{ coding: [{ code: 'O' }] }], requester: { display: '王五' },
    });
    expect(found.identifier.map(({ type: { coding: [{ code }] }, value }: Json) => [code, value])).toEqual([['PLAC', 'P1'], ['FILL', 'F1']]);
    expect(contribution('ServiceRequest', text)).toMatchObject({ authority: 1 });
    expect(records(text)('PractitionerRole')).toMatchObject([{ practitioner: { display: '王五' }, organization: { display: '心内科' } }]);
  });

  it.each([
    ['NW', '', 'active'], ['NW', 'IP', 'active'], ['SC', 'CM', 'completed'], ['CA', '', 'revoked'], ['OC', 'IP', 'revoked'], ['DC', '', 'revoked'], ['CR', '', 'revoked'], ['HD', '', 'on-hold'], ['RL', '', 'active'], ['SC', 'ER', 'entered-in-error'], ['XO', '', 'active'],
  ])('of control %s and status "%s" is %s', (control, code, status) => {
    expect(sent(message('OML^O21', pid(), orc({ 1: control, 5: code }), request)).entries.find(({ resource }) => resource.resourceType === 'ServiceRequest')?.resource['status']).toBe(status);
  });

  it('keeps the time at which it was placed when it is cancelled later', () => {
    const cancelled = sent(message('OML^O21', pid(), orc({ 1: 'CA', 9: '20260303' }), request)).entries.find(({ resource }) => resource.resourceType === 'ServiceRequest');
    expect(cancelled?.resource).not.toHaveProperty('authoredOn');
  });

  it('is the one that a result mentions, and one that it alone mentions is not refused', () => {
    const text = message('ORU^R01', pid(), obr(), obx());
    expect(record('ServiceRequest', text)).toMatchObject({ id: order().id, status: 'unknown', _authoredOn: { extension: [{ valueCode: 'unknown' }] } });
    expect(contribution('ServiceRequest', text)).toMatchObject({ authority: 0 });
  });

  it('of several services under one number is one for each', () => {
    const read = records(message('OML^O21', pid(), orc(), request, obr({ 3: '', 4: 'CRP^C反应蛋白^L' })));
    expect(read('ServiceRequest').map(({ code: { coding: [{ code }] } }: Json) => code)).toEqual(['BLOOD', 'CRP']);
    expect(read('ServiceRequest')[0].id).toBe(order().id);
  });

  it('has priority and time of TQ1, else of ORC-7, else of the OBR', () => {
    expect(order({}, segment('TQ1', { 1: '1', 7: '20260303080000', 9: 'S', 11: '空腹' }))).toMatchObject({ priority: 'stat', occurrenceDateTime: '2026-03-03T08:00:00+08:00', note: [{ text: '空腹' }] });
    expect(order({}, segment('TQ1', { 1: '1', 3: 'BID', 4: '0800~1600', 7: '20260303', 8: '20260305', 14: '6' }))).toMatchObject({ occurrenceTiming: { code: { text: 'BID' }, repeat: { count: 6, timeOfDay: ['08:00:00', '16:00:00'], boundsPeriod: { start: '2026-03-03', end: '2026-03-05' } } } });
    expect(order({ 7: '1^^^20260303^20260304^R' })).toMatchObject({ priority: 'routine', occurrencePeriod: { start: '2026-03-03', end: '2026-03-04' } });
    expect(record('ServiceRequest', message('ORM^O01', pid(), orc(), obr({ 3: '', 5: 'A', 36: '20260306' })))).toMatchObject({ priority: 'asap', occurrenceDateTime: '2026-03-06' });
  });

  it('has reasons, diagnoses, details, comments and what is told to whom does it', () => {
    const read = records(message('OML^O21', pid(), pv1(), orc(), segment('NTE', { 1: '1', 3: '加急' }), obr({ 3: '', 7: '', 13: '发热三天', 18: 'ACC9', 31: 'R50.9^发热^I10', 46: 'X^附加^L' }), segment('NTE', { 1: '1', 3: '抽血前勿进食' }),
      segment('DG1', { 1: '1', 3: 'J06.9^上感^I10', 6: 'W' }), obx({ 2: 'ST', 3: 'FAST^空腹^L', 5: '是', 6: '', 7: '' }), segment('SPM', { 1: '1', 2: 'S1', 4: 'BLD' })));
    const [found] = read('ServiceRequest');
    expect(found).toMatchObject({ reasonCode: [{ coding: [{ code: 'R50.9' }] }], orderDetail: [{ coding: [{ code: 'X' }] }], reasonReference: [{ reference: `Condition/${read('Condition')[0].id}` }], supportingInfo: [{ reference: `Observation/${read('Observation')[0].id}` }], specimen: [{ reference: `Specimen/${read('Specimen')[0].id}` }] });
    expect(found.note.map(({ text }: Json) => text)).toEqual(['发热三天', 'OBR-18: ACC9', '加急', '抽血前勿进食']);
    expect(read('DiagnosticReport')).toEqual([]);
  });

  it('names its parent by either number', () => {
    expect(order({ 8: 'P0^F0' }).basedOn).toMatchObject([{ type: 'ServiceRequest', identifier: { value: 'P0' } }, { identifier: { value: 'F0' } }]);
  });

  it('tells who entered and verified it', () => {
    expect(records(message('ORM^O01', pid(), orc({ 10: '9001^录入^员', 11: '9002^审核^员' }), request))('Provenance')).toMatchObject([{ recorded: '2026-03-02T08:00:00+08:00', agent: [{ type: { coding: [{ code: 'enterer' }] } }, { type: { coding: [{ code: 'verifier' }] } }] }]);
  });

  it('of which the specimen comes first belongs to it', () => {
    const read = records(message('OML^O33', pid(), segment('SPM', { 1: '1', 2: 'S1', 4: 'BLD' }), orc(), request, orc({ 2: 'P2' }), obr({ 2: 'P2', 3: '', 7: '' })));
    expect(read('ServiceRequest').map(({ specimen: [{ reference }] }: Json) => reference)).toEqual(Array(2).fill(`Specimen/${read('Specimen')[0].id}`));
  });

  it('without number is a fault where it should stand', () => {
    expect(sent(message('OML^O21', pid(), orc({ 2: '' }), obr({ 2: '', 3: '' }))).faults).toMatchObject([{ issue: { code: 'required', location: 'ORC[1]-2' } }]);
  });

  it('of a drug is refused, since dropping it unseen would be worse', () => {
    expect(take(message('ORM^O01', pid(), orc(), segment('RXO', { 1: 'AMOX' }))).issues).toMatchObject([{ code: 'not-supported', location: 'RXO[1]' }]);
  });
});
