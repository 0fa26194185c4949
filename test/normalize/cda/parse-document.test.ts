import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeOf, childAt, childrenOf, pathOf, textIn } from '../../../src/normalize/cda/element.ts';
import { CDA_LIMITS } from '../../../src/normalize/cda/limits.ts';
import { parseDocument } from '../../../src/normalize/cda/parse-document.ts';
import { UnreadableMessage } from '../../../src/normalize/message.ts';
import { documentOf, refusalOf } from './documents.ts';

const root = (content: string, attributes = ''): string => `<ClinicalDocument xmlns="urn:hl7-org:v3"${attributes}>${content}</ClinicalDocument>`;
const parse = (text: string): ReturnType<typeof parseDocument> => parseDocument(text, CDA_LIMITS);

describe('a document as a tree', () => {
  it('is the same under any prefix of the namespace', () => {
    const prefixed = parse('<v3:ClinicalDocument xmlns:v3="urn:hl7-org:v3" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><v3:value i:type="v3:PQ" value="1"/></v3:ClinicalDocument>');
    const value = childAt(prefixed, 'value')!;
    expect(value.type).toBe('PQ');
    expect(attributeOf(value, 'value')).toBe('1');
    expect(attributeOf(value, 'type')).toBeUndefined();
  });

  it('has nothing of other namespaces, and what stands behind them', () => {
    const tree = parse(root('<x:a xmlns:x="urn:x"><title>no</title><b xmlns="urn:hl7-org:v3"/></x:a><title>yes</title>'));
    expect(tree.content).toHaveLength(1);
    expect(textIn(childAt(tree, 'title'))).toBe('yes');
  });

  it('joins texts and CDATA sections, and leaves out comments and instructions', () => {
    expect(textIn(childAt(parse(root('<title> a<!-- x --><![CDATA[<b>]]>&#x4e2d;<?y z?>&lt; </title>')), 'title'))).toBe('a<b>中<');
  });

  it('keeps white space in the narrative of a section, and nowhere else', () => {
    const section = childAt(parse(root('<component><section>\n<text><b>a</b> <i>b</i></text>\n</section></component>')), 'component', 'section')!;
    expect(section.content).toHaveLength(1);
    expect(childAt(section, 'text')?.content.map((part) => (typeof part === 'string' ? part : part.name))).toEqual(['b', ' ', 'i']);
  });

  it('tells where an element stands, with a count only among others of its name', () => {
    const tree = parse(root('<component><section/><section><entry/></section></component>'));
    expect(pathOf(childrenOf(childAt(tree, 'component'), 'section')[1]!)).toBe('/ClinicalDocument/component/section[2]');
    expect(pathOf(childAt(childrenOf(childAt(tree, 'component'), 'section')[1], 'entry')!)).toBe('/ClinicalDocument/component/section[2]/entry');
  });
});

describe('a body is refused that', () => {
  it.each([
    ['laughs a billion times', `<!DOCTYPE a [<!ENTITY l "lol">${Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n} "${`&l${n === 0 ? '' : n - 1};`.repeat(10)}">`).join('')}]>${root('&l8;')}`, /document type/],
    ['fetches a file', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${root('<title>&x;</title>')}`, /document type/],
    ['fetches a document type', `<!DOCTYPE ClinicalDocument SYSTEM "http://127.0.0.1:1/x.dtd">${root('')}`, /document type/],
    ['has a document type of nothing', `<!DOCTYPE ClinicalDocument>${root('')}`, /document type/],
    ['uses an entity that nobody declared', root('<title>&nbsp;</title>'), /not well-formed/],
    ['ends too early', '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>', /not well-formed/],
    ['has two roots', root('') + root(''), /not well-formed/],
    ['has an attribute twice', root('', ' a="1" a="2"'), /not well-formed/],
    ['uses a prefix that is not bound', '<v3:ClinicalDocument/>', /not well-formed/],
    ['has text around its root', `x${root('')}`, /not well-formed/],
    ['is XML 1.1', `<?xml version="1.1"?>${root('')}`, /XML 1\.0/],
    ['is empty', '', /not well-formed|empty/],
    ['is JSON', '{"resourceType":"Bundle"}', /not well-formed/],
    ['is a clinical document of no namespace', '<ClinicalDocument/>', /root of the body/],
    ['is a document of another kind', '<Other xmlns="urn:hl7-org:v3"/>', /root of the body/],
  ])('%s', (_name, body, message) => {
    const refusal = refusalOf(body);
    expect(refusal.reason).toBe('syntax');
    expect(refusal.message).toMatch(message);
  });

  it('is nested without end, before it is read to its end', () => {
    expect(refusalOf(root('<a>'.repeat(200_000))).reason).toBe('limit');
  });

  it('has a million elements', () => {
    expect(refusalOf(root('<a/>'.repeat(1_000_000)))).toMatchObject({ reason: 'limit', message: 'The document has more than 100000 elements' });
  });

  it('has a million attributes, in one element or in elements that are skipped', () => {
    const attributes = Array.from({ length: 1_000_000 }, (_, n) => ` a${n}=""`).join('');
    expect(refusalOf(root(`<a${attributes}/>`))).toMatchObject({ reason: 'limit', message: 'An element of the document has more than 100 attributes' });
    expect(refusalOf(root(`<x:a xmlns:x="urn:x"${attributes}/>`)).reason).toBe('limit');
  });

  it('counts elements of other namespaces too', () => {
    expect(refusalOf(root('<x:a xmlns:x="urn:x">' + '<x:b/>'.repeat(20)), { elements: 10, depth: 100 }).reason).toBe('limit');
    expect(refusalOf(root('<x:a xmlns:x="urn:x">'.repeat(20)), { elements: 100, depth: 10 }).reason).toBe('limit');
  });

  it('says no word of the body, only where it is broken', () => {
    const { message } = refusalOf(root('<name>李强</nam>'));
    expect(message).toBe('The body is not well-formed XML: line 1, column 56');
  });

  it('is cut anywhere', () => {
    const whole = documentOf();
    fc.assert(fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
      expect(() => parse(whole.slice(0, length))).toThrow(UnreadableMessage);
    }));
  });
});

describe('a large body is read that', () => {
  it('has a long text', () => {
    const text = '血'.repeat(3_000_000);
    expect(textIn(childAt(parse(root(`<title>${text}</title>`)), 'title'))).toHaveLength(3_000_000);
  });

  it('has as many elements and is as deep as is taken in', () => {
    const limits = { elements: 1_000, depth: 50 };
    expect(parseDocument(root('<a/>'.repeat(999)), limits).content).toHaveLength(999);
    expect(pathOf(parseDocument(root(`${'<a>'.repeat(49)}${'</a>'.repeat(49)}`), limits))).toBe('/ClinicalDocument');
  });
});
