import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../../src/fhir/resource.ts';
import type { Json } from './read.ts';
import { contribution, LOCAL, message, obx, pid, pv1, record, segment, sent } from './read.ts';

const TXA = { 1: '1', 2: 'CN^会诊记录^L', 3: 'TX', 4: '20260302080000', 6: '20260302090000', 9: '1001^李^四', 10: '1002^王^五', 12: 'D1^HIS', 16: 'd1.txt', 17: 'AU', 18: 'R', 19: 'AV', 25: '心内科会诊' };
const txa = (fields: Readonly<Record<number, string>> = {}): string => segment('TXA', { ...TXA, ...fields });
const line = (value: string, fields: Readonly<Record<number, string>> = {}): string => obx({ 2: 'TX', 3: '', 5: value, 6: '', 7: '', ...fields });
const mdm = (event: string, ...lines: readonly string[]): string => message(`MDM^${event}`, segment('EVN', { 2: '20260302090000' }), pid(), pv1(), ...lines);
const said = (text: string): Resource | undefined => sent(text).entries.map(({ resource }) => resource).find(({ resourceType }) => resourceType === 'DocumentReference');
const document = (event: string, ...lines: readonly string[]): Json => record('DocumentReference', mdm(event, ...lines));

describe('a document', () => {
  it('has its number, type, authors, state and what is written in it', () => {
    const found = document('T02', txa({ 14: 'P1', 15: 'F1' }), line('患者主诉：'), line('胸痛三天。'));
    expect(found).toMatchObject({
      masterIdentifier: { system: `${LOCAL}/identifiers/HIS`, value: 'D1' }, status: 'current', docStatus: 'final', type: { coding: [{ code: 'CN' }] }, date: '2026-03-02T09:00:00+08:00', description: '心内科会诊',
      author: [{ display: '李四' }], authenticator: { display: '王五' }, securityLabel: [{ coding: [{ code: 'R' }] }], custodian: { reference: 'Organization/pubin' }, context: { period: { start: '2026-03-02T08:00:00+08:00' } },
    });
    expect(found.identifier.map(({ value }: Json) => value)).toEqual(['D1', 'd1.txt']);
    expect(Buffer.from(found.content[0].attachment.data, 'base64').toString('utf8')).toBe('患者主诉：\n胸痛三天。');
    expect(found.context.related.map(({ identifier: { value } }: Json) => value)).toEqual(['P1', 'F1']);
  });

  it('may come as a file', () => {
    expect(document('T02', txa(), obx({ 2: 'ED', 3: 'PDF^文书^L', 5: '^AP^PDF^Base64^JVBERi0=', 6: '', 7: '' })).content).toMatchObject([{ attachment: { contentType: 'application/pdf', data: 'JVBERi0=', title: '文书' } }]);
  });

  it.each([['AU', 'final'], ['LA', 'final'], ['DI', 'preliminary'], ['IP', 'preliminary']])('completed as %s is %s', (code, status) => {
    expect(document('T02', txa({ 17: code }), line('x')).docStatus).toBe(status);
  });

  it.each([['T10', 'replaces'], ['T06', 'appends']])('of %s %s the one that it names', (event, code) => {
    expect(document(event, txa({ 12: 'D2^HIS', 13: 'D1^HIS' }), line('x')).relatesTo).toMatchObject([{ code, target: { type: 'DocumentReference', identifier: { value: 'D1' } } }]);
  });

  it.each(['T03', 'T08', 'T11'])('of %s says nothing of how it is related to the one that it names: an addendum replaces nothing', (event) => {
    expect(said(mdm(event, txa({ 12: 'D2^HIS', 13: 'D1^HIS' }), line('x')))).not.toHaveProperty('relatesTo');
  });

  it('is told in parts, so that a change of its state does not lose it', () => {
    const cancelled = mdm('T11', txa({ 19: 'CA' }));
    for (const text of [mdm('T01', txa()), mdm('T02', txa(), line('x')), mdm('T03', txa({ 17: 'LA' })), mdm('T08', txa(), line('x')), cancelled]) expect(contribution('DocumentReference', text)).toEqual({ authority: 1, cleared: [] });
    expect(said(cancelled)).toMatchObject({ status: 'entered-in-error', docStatus: 'entered-in-error' });
    expect(said(cancelled)).not.toHaveProperty('content');
  });

  it.each([['T02', '', 'current'], ['T02', 'OB', 'superseded'], ['T03', '', undefined], ['T03', 'AV', 'current'], ['T08', '', undefined], ['T10', '', 'current'], ['T11', 'AV', 'entered-in-error']])('of event %s, available as "%s", is %s', (event, availability, status) => {
    expect(said(mdm(event, txa({ 19: availability }), line('x')))?.['status']).toBe(status);
  });

  it.each([['nothing', [], 'TXA[1]'], ['an empty text', [line('')], 'OBX[1]-5']])('that should come with its message, and comes with %s, is a fault', (_what, lines, location) => {
    for (const event of ['T02', 'T08', 'T10']) expect(sent(mdm(event, txa(), ...lines)).faults).toMatchObject([{ issue: { code: 'required', location } }]);
  });

  it.each([['without TXA', [], 'MSH[1]'], ['without number', [txa({ 12: '' }), line('x')], 'TXA[1]-12']])('%s is a fault at its place', (_what, lines, location) => {
    expect(sent(mdm('T02', ...lines)).faults).toMatchObject([{ issue: { code: 'required', location } }]);
  });
});
