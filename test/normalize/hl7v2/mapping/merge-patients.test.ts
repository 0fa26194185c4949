import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../../src/fhir/resource.ts';
import { message, pid, segment, sent, source, take } from './read.ts';

const EVN = segment('EVN', { 2: '20260302091000' });
const patients = (text: string): readonly { readonly resource: Resource; readonly authority: number | undefined; readonly cleared: readonly string[] | undefined; readonly url: string | undefined }[] =>
  sent(text).entries.filter(({ resource }) => resource.resourceType === 'Patient').map(({ resource, contribution, fullUrl }) => ({ resource, authority: contribution?.authority, cleared: contribution?.cleared, url: fullUrl }));

describe('a merge', () => {
  const merge = message('ADT^A40', EVN, pid({ 3: '200002^^^PUBIN^MR' }), segment('MRG', { 1: '200001^^^PUBIN^MR' }));

  it('has the old record replaced by the one that stays, and each tells of the other', () => {
    const [stays, goes] = patients(merge);
    expect(stays).toMatchObject({ authority: 1, resource: { active: true, link: [{ other: { reference: goes!.url }, type: 'replaces' }] } });
    expect(goes).toMatchObject({ authority: 1, resource: { active: false, link: [{ other: { reference: stays!.url }, type: 'replaced-by' }], identifier: [{ system: source.patientNumberSystem, value: '200001' }] } });
  });

  it('meets the records that other messages speak of', () => {
    const ids = take(merge).resources.map(({ id }) => id);
    const known = ['200002', '200001'].map((number) => take(message('ADT^A08', EVN, pid({ 3: `${number}^^^PUBIN^MR` }))).resources[0]?.id);
    expect(ids).toEqual(known);
  });

  it('may be of several pairs', () => {
    expect(patients(message('ADT^A40', EVN, pid({ 3: '2' }), segment('MRG', { 1: '1' }), pid({ 3: '4' }), segment('MRG', { 1: '3' })))).toHaveLength(4);
  });

  it.each([
    ['without MRG', [pid()], 'PID[1]', 'required'],
    ['without the old number', [pid(), segment('MRG', { 3: 'A1' })], 'MRG[1]-1', 'required'],
    ['of a record with itself', [pid(), segment('MRG', { 1: '200001^^^PUBIN^MR' })], 'MRG[1]-1', 'value'],
  ])('%s is a fault at its place', (_what, lines, location, code) => {
    expect(sent(message('ADT^A40', EVN, ...lines)).faults).toMatchObject([{ issue: { code, location } }]);
  });
});

describe('an unlinking', () => {
  it('empties the links of both records, and lets both be in use', () => {
    const both = patients(message('ADT^A37', EVN, pid({ 3: '200001' }), pid({ 3: '200002' })));
    expect(both).toMatchObject([{ resource: { active: true }, authority: 1, cleared: ['link'] }, { resource: { active: true }, authority: 1, cleared: ['link'] }]);
    expect(both.some(({ resource }) => 'link' in resource)).toBe(false);
  });

  it('of one patient is a fault', () => {
    expect(sent(message('ADT^A37', EVN, pid())).faults).toMatchObject([{ issue: { code: 'required', location: 'PID[1]' } }]);
  });
});

describe('a link', () => {
  it('lets both records stay, and each see the other', () => {
    expect(patients(message('ADT^A24', EVN, pid({ 3: '1' }), pid({ 3: '2' }))).map(({ resource }) => resource['link'])).toMatchObject([[{ type: 'seealso' }], [{ type: 'seealso' }]]);
  });
});
