import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue, Resource } from '../../src/fhir/resource.ts';
import type { Facts } from '../../src/normalize/contribution.ts';
import { mergeContribution } from '../../src/normalize/contribution.ts';
import { elementOrderOf } from '../../src/normalize/element-order.ts';
import type { Contribution } from '../../src/normalize/message.ts';
import { definitions } from '../fhir/definitions.ts';

interface Said { readonly resource: Resource; readonly contribution: Contribution; readonly at: number; readonly tie: string }
interface Known { readonly resource: Resource | undefined; readonly facts: Facts | undefined }

const patientOrder = elementOrderOf(definitions, 'Patient');

function say(known: Known, { resource, contribution, at, tie }: Said): Known {
  const order = elementOrderOf(definitions, resource.resourceType);
  return mergeContribution(resource, known.resource, { facts: known.facts, contribution, stamp: { authority: contribution.authority, at, tie }, order });
}

function told(said: readonly Said[], known: Known = { resource: undefined, facts: undefined }): Known {
  return said.reduce(say, known);
}

function patient(members: Record<string, JsonValue>, more: Partial<Omit<Said, 'contribution'>> & Partial<Contribution> = {}): Said {
  const { at = 1, tie = '', authority = 0, cleared = [], joined } = more;
  return { resource: { resourceType: 'Patient', id: 'p', ...members }, at, tie, contribution: { authority, cleared, ...(joined === undefined ? {} : { joined }) } };
}

describe('What several messages say of one record', () => {
  it('keeps what a later message does not speak of', () => {
    const { resource } = told([patient({ gender: 'male', birthDate: '1960-01-01' }), patient({ gender: 'female' }, { at: 2 })]);
    expect(resource).toEqual({ resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1960-01-01' });
  });

  it('believes a message about the record before any that mentions it', () => {
    const { resource } = told([patient({ gender: 'male' }, { authority: 1 }), patient({ gender: 'female' }, { at: 9 })]);
    expect(resource?.['gender']).toBe('male');
  });

  it('empties an element, and does not let an older message bring it back', () => {
    const { resource } = told([patient({ birthDate: '1960-01-01' }), patient({}, { at: 3, cleared: ['birthDate'] }), patient({ birthDate: '1961-01-01' }, { at: 2 })]);
    expect(resource).toEqual({ resourceType: 'Patient', id: 'p' });
  });

  it('replaces one form of an element by another: a death told with its time takes the place of yes', () => {
    const { resource } = told([patient({ deceasedBoolean: true }), patient({ deceasedDateTime: '2026-01-01' }, { at: 2 })]);
    expect(resource).toEqual({ resourceType: 'Patient', id: 'p', deceasedDateTime: '2026-01-01' });
  });

  it('gathers the identifiers that mentions bring', () => {
    const number = { system: 'https://a.example/mrn', value: '1' };
    const card = { system: 'https://a.example/card', value: '2' };
    expect(told([patient({ identifier: [number] }), patient({ identifier: [card] }, { at: 2 })]).resource?.['identifier']).toEqual([card, number]);
    expect(told([patient({ identifier: [number] }), patient({ identifier: [{ ...number, value: '3' }] }, { at: 2 })]).resource?.['identifier']).toEqual([{ ...number, value: '3' }, number]);
  });

  it('replaces the numbers of a patient system by system: who names the record number alone says nothing of the resident ID', () => {
    const number = { system: 'https://a.example/mrn', value: '1' };
    const [resident, corrected] = ['310101195508090033', '310101195508090041'].map((value) => ({ system: 'urn:oid:2.16.840.1.113883.2.23.1.19.1', value }));
    const full = patient({ identifier: [number, resident!] }, { authority: 1 });
    expect(told([full, patient({ identifier: [number] }, { authority: 1, at: 2 })]).resource?.['identifier']).toEqual([number, resident]);
    expect(told([full, patient({ identifier: [number, corrected!] }, { authority: 1, at: 2 })]).resource?.['identifier']).toEqual([number, corrected]);
    expect(told([full, patient({ identifier: [corrected!] }, { at: 2 })]).resource?.['identifier']).toEqual([number, resident]);
    expect(told([full, patient({}, { authority: 1, at: 2, cleared: ['identifier'] })]).resource).toEqual({ resourceType: 'Patient', id: 'p' });
    // Of a note that was written when all numbers were one element.
    const before = { resource: { resourceType: 'Patient', id: 'p', identifier: [number] }, facts: new Map([['identifier', { authority: 1, at: 5, tie: '' }]]) };
    expect(told([patient({ identifier: [resident!] }, { authority: 1, at: 4 })], before).resource?.['identifier']).toEqual([number]);
    expect(told([patient({ identifier: [number, resident!] }, { authority: 1, at: 6 })], before).resource?.['identifier']).toEqual([number, resident]);
  });

  it('leaves what a push of the whole record said, unless a message about the record is newer', () => {
    const pushed = { resource: { resourceType: 'Patient', id: 'p', gender: 'male' }, facts: undefined };
    expect(told([patient({ gender: 'female', birthDate: '1960-01-01' })], pushed).resource).toEqual({ resourceType: 'Patient', id: 'p', gender: 'male', birthDate: '1960-01-01' });
    expect(told([patient({ gender: 'female' }, { authority: 1 })], pushed).resource?.['gender']).toBe('female');
  });

  it('believes anything before the word that an element is not known', () => {
    const unknown = { _birthDate: { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] } };
    const known = patient({ birthDate: '1960-01-01' });
    expect(told([known, patient(unknown, { at: 5, authority: 1 })]).resource?.['birthDate']).toBe('1960-01-01');
    expect(told([patient(unknown, { at: 5 }), known]).resource).toEqual({ resourceType: 'Patient', id: 'p', birthDate: '1960-01-01' });
  });

  it('joins the ends of a period that two messages told', () => {
    const visit = (period: JsonValue, at: number): Said => ({ resource: { resourceType: 'Encounter', id: 'e', period }, at, tie: '', contribution: { authority: 1, cleared: [] } });
    expect(told([visit({ end: '2026-01-03' }, 2), visit({ start: '2026-01-01' }, 1)]).resource?.['period']).toEqual({ start: '2026-01-01', end: '2026-01-03' });
  });

  it('joins what is told of a stay at different times, and empties a part of it alone', () => {
    const stay = (hospitalization: JsonValue | undefined, at: number, cleared: readonly string[] = []): Said => ({ resource: { resourceType: 'Encounter', id: 'e', ...(hospitalization === undefined ? {} : { hospitalization }) }, at, tie: '', contribution: { authority: 1, cleared } });
    const [source, disposition] = [{ text: 'clinic' }, { text: 'home' }];
    const admitted = stay({ admitSource: source }, 1);
    const discharged = stay({ dischargeDisposition: disposition }, 2);
    const takenBack = stay(undefined, 3, ['hospitalization.dischargeDisposition']);
    expect(JSON.stringify(told([discharged, admitted]).resource?.['hospitalization'])).toBe(JSON.stringify({ admitSource: source, dischargeDisposition: disposition }));
    for (const order of [[admitted, discharged, takenBack], [takenBack, discharged, admitted]]) expect(told(order).resource?.['hospitalization']).toEqual({ admitSource: source });
    // Of a note that was written when all of it was one element.
    const before = { resource: { resourceType: 'Encounter', id: 'e', hospitalization: { admitSource: source, dischargeDisposition: disposition } }, facts: new Map([['hospitalization', { authority: 1, at: 2, tie: '' }]]) };
    expect(told([takenBack], before).resource?.['hospitalization']).toEqual({ admitSource: source });
    expect(told([stay({ admitSource: { text: 'ward' }, reAdmission: { text: 'R' } }, 1)], before).resource?.['hospitalization']).toEqual({ admitSource: source, dischargeDisposition: disposition });
  });

  it('takes back all links at once, and lets no older message bring one back', () => {
    const linked = (type: string, at: number): Said => patient({ link: [{ other: { reference: 'Patient/2' }, type }] }, { at, authority: 1 });
    const unlinked = patient({}, { at: 2, authority: 1, cleared: ['link'] });
    expect(told([linked('replaces', 1), unlinked]).resource).not.toHaveProperty('link');
    expect(told([unlinked, linked('replaces', 1)]).resource).not.toHaveProperty('link');
    expect(told([unlinked, linked('replaces', 3)]).resource).toHaveProperty('link');
  });

  it('puts the elements in the order of the specification', () => {
    expect(patientOrder.rank('name')).toBeLessThan(patientOrder.rank('birthDate'));
    expect(Object.keys(told([patient({ birthDate: '1960-01-01' }), patient({ name: [{ text: '张三' }] })]).resource ?? {})).toEqual(['resourceType', 'id', 'name', 'birthDate']);
  });

  const value = fc.constantFrom<JsonValue>('a', 'b', 'c');
  const items = fc.uniqueArray(fc.constantFrom('x', 'y', 'z').map((text): JsonValue => ({ system: `https://${text === 'z' ? 'b' : 'a'}.example`, value: text })), { selector: (item) => JSON.stringify(item), maxLength: 3 });
  const references = fc.uniqueArray(fc.constantFrom('Patient/1', 'Patient/2', 'Patient/3'), { maxLength: 3 });
  const said: fc.Arbitrary<Said> = fc.record({
    at: fc.integer({ min: 1, max: 3 }), tie: fc.constantFrom('m', 'n'), authority: fc.constantFrom<0 | 1>(0, 1), cleared: fc.subarray(['birthDate', 'gender', 'identifier', 'link']),
    members: fc.record({ gender: value, birthDate: value, deceasedBoolean: fc.boolean(), deceasedDateTime: value, identifier: items,
      generalPractitioner: references.map((list): JsonValue => list.map((reference) => ({ reference }))),
      link: references.map((list): JsonValue => list.map((reference, at) => ({ other: { reference }, type: at === 0 ? 'replaces' : 'seealso' }))) }, { requiredKeys: [] }),
  }).map(({ members, ...more }) => {
    const { deceasedBoolean, deceasedDateTime, ...others } = members;
    const deceased = deceasedBoolean === undefined ? deceasedDateTime === undefined ? {} : { deceasedDateTime } : { deceasedBoolean };
    return patient({ ...others, ...deceased }, { ...more, joined: ['generalPractitioner'] });
  });
  // One sender says one thing at one instant under one name.
  const feed = fc.uniqueArray(said, { selector: ({ at, tie, contribution }) => `${at} ${tie} ${contribution.authority}`, maxLength: 6 });

  it('comes to the same state in any order, and however often each message comes', () => {
    fc.assert(fc.property(feed, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (messages, chance) => {
      const repeated = [...messages, ...messages.filter(() => (chance.next().value ?? 0) > 0.5)];
      const shuffled = repeated.map((message) => ({ message, place: chance.next().value ?? 0 })).sort((a, b) => a.place - b.place).map(({ message }) => message);
      const inOrder = told(messages);
      const outOfOrder = told(shuffled);
      expect(JSON.stringify(outOfOrder.resource)).toBe(JSON.stringify(inOrder.resource));
    }), { numRuns: 2_000 });
  });
});
