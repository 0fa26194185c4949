import { describe, expect, it } from 'vitest';
import type { Json } from './read.ts';
import { LOCAL, message, pid, pv1, record, records, segment, sent, take } from './read.ts';

const SCH = { 1: 'A1', 2: 'B1', 6: '^患者要求', 7: '^复诊', 8: 'FU^复诊', 9: '30', 10: 'min', 11: '^^^20260401090000^20260401093000', 16: '9001^前台', 25: 'Booked', 26: 'P1' };
const sch = (fields: Readonly<Record<number, string>> = {}): string => segment('SCH', { ...SCH, ...fields });
const siu = (event: string, ...lines: readonly string[]): string => message(`SIU^${event}`, ...lines);
const appointment = (event: string, ...lines: readonly string[]): Json => record('Appointment', siu(event, ...lines));

describe('an appointment', () => {
  it('has its numbers, time, reason and all who take part', () => {
    const text = siu('S12', sch(), segment('NTE', { 1: '1', 3: '带既往片' }), pid(), pv1(), segment('RGS', { 1: '1' }), segment('AIS', { 1: '1', 3: 'OPD^门诊^L', 4: '20260401090000' }),
      segment('AIP', { 1: '1', 3: '1001^李^四', 4: '医生', 6: '20260401090000', 9: '30', 10: 'min' }), segment('AIL', { 1: '1', 3: '心内科^2诊室^^浦滨' }), segment('AIG', { 1: '1', 3: 'ECG1^心电图机' }));
    const read = records(text);
    const [found] = read('Appointment');
    expect(found).toMatchObject({
      status: 'booked', start: '2026-04-01T09:00:00+08:00', end: '2026-04-01T09:30:00+08:00', minutesDuration: 30, comment: '带既往片', serviceType: [{ coding: [{ code: 'OPD' }] }],
      appointmentType: { coding: [{ code: 'FU' }] }, basedOn: [{ type: 'ServiceRequest', identifier: { value: 'P1' } }],
    });
    expect(found.reasonCode.map(({ text: reason }: Json) => reason)).toEqual(['复诊', '患者要求']);
    expect(found.identifier.map(({ system, value }: Json) => [system, value])).toEqual([[`${LOCAL}/identifiers/filler-appointment`, 'B1'], [`${LOCAL}/identifiers/placer-appointment`, 'A1']]);
    expect(found.participant.map(({ actor, status }: Json) => [actor.display ?? actor.reference, status])).toEqual([
      [`Patient/${read('Patient')[0].id}`, 'accepted'], ['李四', 'accepted'], ['心内科 2诊室', 'accepted'], ['心电图机', 'accepted'], ['前台', 'accepted'],
    ]);
    expect(found.participant[1].period).toEqual({ start: '2026-04-01T09:00:00+08:00', end: '2026-04-01T09:30:00+08:00' });
    expect(read('Encounter')[0].appointment).toEqual([{ reference: `Appointment/${found.id}` }]);
  });

  it.each([['S12', 'booked'], ['S13', 'booked'], ['S14', 'booked'], ['S15', 'cancelled'], ['S16', 'cancelled'], ['S17', 'entered-in-error'], ['S26', 'noshow']])('of %s is %s', (event, status) => {
    expect(appointment(event, sch({ 25: '' }), pid()).status).toBe(status);
  });

  it('says why it was called off', () => {
    expect(appointment('S15', sch(), pid()).cancelationReason).toEqual({ text: '患者要求' });
  });

  it('has the state that the filler tells of one that is booked', () => {
    expect(appointment('S14', sch({ 25: 'Complete' }), pid()).status).toBe('fulfilled');
  });

  it('is the same one through all its messages', () => {
    expect(new Set([appointment('S12', sch(), pid()).id, appointment('S15', sch({ 1: '' }), pid()).id]).size).toBe(1);
  });

  it.each([
    ['of TQ1', [sch({ 11: '' }), pid(), segment('TQ1', { 7: '202604010900', 8: '202604010930' })]],
    ['of the resource', [sch({ 9: '', 11: '' }), pid(), segment('AIS', { 1: '1', 3: 'X', 4: '202604010900', 7: '30', 8: 'min' })]],
    ['of the resource and the duration of the whole', [sch({ 9: '0.5', 11: '' }), pid(), segment('AIP', { 1: '1', 3: '1^李', 6: '202604010900', 9: '30' })]],
    ['of the beginning and a duration in hours', [sch({ 9: '1', 10: 'H', 11: '^^^202604010900' }), pid()]],
  ])('has the time %s', (_what, lines) => {
    const { start, end } = appointment('S12', ...lines);
    expect([start, end]).toEqual(['2026-04-01T09:00:00+08:00', expect.stringMatching(/^2026-04-01T(09:30|10:00):00\+08:00$/)]);
  });

  it('that is booked without a time is refused', () => {
    expect(take(siu('S12', sch({ 9: '', 11: '' }), pid())).issues).toMatchObject([{ code: 'invariant', location: 'SCH[1]' }]);
  });

  it.each([['without SCH', [pid()], 'MSH[1]'], ['without number', [sch({ 1: '', 2: '' }), pid()], 'SCH[1]-2']])('%s is a fault at its place', (_what, lines, location) => {
    expect(sent(siu('S12', ...lines)).faults).toMatchObject([{ issue: { code: 'required', location } }]);
  });
});
