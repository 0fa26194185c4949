import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapReferences, parseReference, referencesOf } from '../../src/fhir/references.ts';
import type { Resource } from '../../src/fhir/resource.ts';

describe('parseReference', () => {
  it.each([
    ['#lab', { kind: 'contained', id: 'lab' }],
    ['#', { kind: 'contained', id: '' }],
    ['Patient/p1', { kind: 'relative', type: 'Patient', id: 'p1' }],
    ['Patient/p1/_history/2', { kind: 'relative', type: 'Patient', id: 'p1', version: '2' }],
    ['https://a.example/fhir/Patient/p1', { kind: 'absolute', base: 'https://a.example/fhir', type: 'Patient', id: 'p1' }],
    ['https://a.example/fhir/Patient/p1/_history/2', { kind: 'absolute', base: 'https://a.example/fhir', type: 'Patient', id: 'p1', version: '2' }],
    ['Patient?identifier=a|b', { kind: 'conditional', type: 'Patient', query: 'identifier=a|b' }],
    ['urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9', { kind: 'url', url: 'urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9' }],
    ['http://a.example/not-restful', { kind: 'url', url: 'http://a.example/not-restful' }],
    ['patient/p1', { kind: 'url', url: 'patient/p1' }],
    ['Patient/', { kind: 'url', url: 'Patient/' }],
    [`Patient/${'x'.repeat(65)}`, { kind: 'url', url: `Patient/${'x'.repeat(65)}` }],
  ])('takes %s apart', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });
});

const REPORT: Resource = {
  resourceType: 'DiagnosticReport',
  contained: [{ resourceType: 'Observation', id: 'c', subject: { reference: 'urn:uuid:p' } }],
  subject: { reference: 'urn:uuid:p', display: '张三' },
  result: [{ reference: 'Observation/1' }, { identifier: { value: '2' } }, { reference: 'urn:uuid:o' }],
  presentedForm: [{ url: 'urn:uuid:b', contentType: 'application/pdf' }],
  conclusion: 'urn:uuid:p stands in a sentence here',
};

describe('referencesOf', () => {
  it('finds every reference with its path, those of contained resources too', () => {
    expect(referencesOf(REPORT).map(({ path, reference }) => `${path} ${reference}`)).toEqual([
      'DiagnosticReport.contained[0].subject urn:uuid:p',
      'DiagnosticReport.subject urn:uuid:p',
      'DiagnosticReport.result[0] Observation/1',
      'DiagnosticReport.result[2] urn:uuid:o',
    ]);
  });

  it('does not take another element called reference for a Reference', () => {
    const questionnaire = { resourceType: 'Basic', item: { reference: 'Patient/p1', linkId: '1' } };
    expect(referencesOf(questionnaire)).toEqual([]);
  });
});

describe('mapReferences', () => {
  const finals = new Map([['urn:uuid:p', 'Patient/p1'], ['urn:uuid:o', 'Observation/o1'], ['urn:uuid:b', 'Binary/b1']]);

  it('rewrites references and other URIs, and nothing within a sentence', () => {
    const mapped = mapReferences(REPORT, ({ text }) => finals.get(text));
    expect(mapped).toEqual({
      ...REPORT,
      contained: [{ resourceType: 'Observation', id: 'c', subject: { reference: 'Patient/p1' } }],
      subject: { reference: 'Patient/p1', display: '张三' },
      result: [{ reference: 'Observation/1' }, { identifier: { value: '2' } }, { reference: 'Observation/o1' }],
      presentedForm: [{ url: 'Binary/b1', contentType: 'application/pdf' }],
    });
  });

  it('gives back the same object where nothing changes, and shares unchanged parts', () => {
    const changed = mapReferences(REPORT, ({ kind, text }) => (kind === 'uri' ? finals.get(text) : undefined));
    expect(mapReferences(REPORT, () => undefined)).toBe(REPORT);
    expect(changed['subject']).toBe(REPORT['subject']);
    expect(changed['presentedForm']).not.toBe(REPORT['presentedForm']);
  });

  it('keeps any JSON as it is when asked for nothing', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (members) => {
      const resource = { ...members, resourceType: 'Basic' } as Resource;
      expect(mapReferences(resource, () => undefined)).toBe(resource);
    }));
  });
});
