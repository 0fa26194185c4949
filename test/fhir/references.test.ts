import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapReferences, parseReference, referencesOf } from '../../src/fhir/references.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { openFhir } from '../../src/open-services.ts';

const { definitions } = await openFhir();

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
    const mapped = mapReferences(REPORT, definitions, ({ text }) => finals.get(text));
    expect(mapped).toEqual({
      ...REPORT,
      contained: [{ resourceType: 'Observation', id: 'c', subject: { reference: 'Patient/p1' } }],
      subject: { reference: 'Patient/p1', display: '张三' },
      result: [{ reference: 'Observation/1' }, { identifier: { value: '2' } }, { reference: 'Observation/o1' }],
      presentedForm: [{ url: 'Binary/b1', contentType: 'application/pdf' }],
    });
  });

  it('leaves a text that is equal to a name as it is: only what R4 makes a uri is one', () => {
    const resource: Resource = { resourceType: 'Basic', conclusion: 'urn:uuid:p', note: [{ text: 'urn:uuid:p' }], extension: [{ url: 'https://a.example', valueString: 'urn:uuid:p' }, { url: 'https://a.example', valueUri: 'urn:uuid:p' }], instantiatesUri: ['urn:uuid:o'] };
    expect(mapReferences(resource, definitions, ({ text }) => finals.get(text))).toEqual({ ...resource, extension: [{ url: 'https://a.example', valueString: 'urn:uuid:p' }, { url: 'https://a.example', valueUri: 'Patient/p1' }], instantiatesUri: ['Observation/o1'] });
  });

  it('rewrites the links of a narrative, and nothing else of it', () => {
    const div = (link: string, image: string, title: string): string => `<div xmlns="http://www.w3.org/1999/xhtml"><p title="urn:uuid:p">urn:uuid:p</p><a class='x' href=${link} title="${title}">urn:uuid:o</a><img src = ${image} alt="href='urn:uuid:b'"/></div>`;
    const resource: Resource = { resourceType: 'Basic', text: { status: 'generated', div: div(`"urn:uuid:p"`, `'urn:uuid:b'`, 'urn:uuid:p') } };
    expect(mapReferences(resource, definitions, ({ text }) => finals.get(text))).toEqual({ ...resource, text: { status: 'generated', div: div('"Patient/p1"', '"Binary/b1"', 'urn:uuid:p') } });
    const escaped: Resource = { resourceType: 'Basic', text: { div: '<div><a href="https://a.example/?x=1&amp;y=2">a</a></div>' } };
    expect(mapReferences(escaped, definitions, ({ text }) => (text === 'https://a.example/?x=1&y=2' ? 'Basic/a"&' : undefined))).toEqual({ resourceType: 'Basic', text: { div: '<div><a href="Basic/a&quot;&amp;">a</a></div>' } });
  });

  it('reads a narrative of any length once, whatever stands in it', () => {
    const pieces = fc.constantFrom('<a ', '<a href="', 'urn:uuid:p', '"', "'", '>', ' href=', '<img src=', '</a>', '=', '<', ' ', 'x="y"');
    fc.assert(fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const div = parts.join('');
      const mapped = (rewrite: (text: string) => string | undefined): unknown => mapReferences({ resourceType: 'Basic', text: { div } }, definitions, ({ text }) => rewrite(text))['text'];
      expect(mapped(() => undefined)).toEqual({ div });
      // A link that becomes what it is changes its quotes at most.
      expect(JSON.stringify(mapped((text) => text)).replaceAll("'", '\\"')).toBe(JSON.stringify({ div: div.replaceAll("'", '"') }));
    }));
    const long = '<a '.repeat(200_000);
    expect(mapReferences({ resourceType: 'Basic', text: { div: long } }, definitions, () => 'x')['text']).toEqual({ div: long });
  });

  it('gives back the same object where nothing changes, and shares unchanged parts', () => {
    const changed = mapReferences(REPORT, definitions, ({ kind, text }) => (kind === 'uri' ? finals.get(text) : undefined));
    expect(mapReferences(REPORT, definitions, () => undefined)).toBe(REPORT);
    expect(changed['subject']).toBe(REPORT['subject']);
    expect(changed['presentedForm']).not.toBe(REPORT['presentedForm']);
  });

  it('keeps any JSON as it is when asked for nothing', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (members) => {
      const resource = { ...members, resourceType: 'Basic' } as Resource;
      expect(mapReferences(resource, definitions, () => undefined)).toBe(resource);
    }));
  });
});
