import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrativeFault } from '../../../src/fhir/validation/narrative.ts';
import { childAt } from '../../../src/normalize/cda/element.ts';
import { CDA_LIMITS } from '../../../src/normalize/cda/limits.ts';
import { narrativeOf, paragraph, wrapNarrative } from '../../../src/normalize/cda/narrative.ts';
import { parseDocument } from '../../../src/normalize/cda/parse-document.ts';

function html(content: string): string {
  const root = parseDocument(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><section><text>${content}</text></section></component></ClinicalDocument>`, CDA_LIMITS);
  return narrativeOf(childAt(root, 'component', 'section', 'text'));
}

describe('the narrative of a section', () => {
  it.each([
    ['plain &lt; text &amp; more', 'plain &lt; text &amp; more'],
    ['<paragraph>a<br/>b</paragraph>', '<p>a<br/>b</p>'],
    ['<content styleCode="Bold Italics">x</content>', '<span><i><b>x</b></i></span>'],
    ['<list listType="ordered"><caption>c</caption><item>1</item><item>2</item></list>', '<p>c</p><ol><li>1</li><li>2</li></ol>'],
    ['<list> <item>1</item> </list>', '<ul><li>1</li></ul>'],
    ['<table border="1"> <caption>t</caption> <tbody> <tr><td colspan="2" onclick="x()" align="left">1</td></tr> </tbody> </table>', '<table><caption>t</caption><tbody><tr><td colspan="2">1</td></tr></tbody></table>'],
    ['<linkHtml href="javascript:alert(1)">go</linkHtml>', '<span>go</span>'],
    ['<script>alert(1)</script>', 'alert(1)'],
    ['<renderMultiMedia referencedObject="a"/>', ''],
    ['  <paragraph> </paragraph> ', ''],
  ])('%s becomes %s', (content, expected) => {
    expect(html(content)).toBe(expected);
  });

  it('is always a narrative that FHIR accepts', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('ab血&<>"\'/ =')), maxLength: 12 }).map((raw) => raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
    const tags = fc.constantFrom('paragraph', 'content', 'list', 'item', 'table', 'tbody', 'tr', 'td', 'caption', 'sub', 'linkHtml', 'script', 'div', 'style', 'br', 'footnote');
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof({ depthSize: 'small' }, text, fc.tuple(tags, fc.constantFrom('', ' href="javascript:x()"', ' styleCode="Bold"', ' colspan="2"', ' colspan="x&quot;y"'), fc.array(tie('node'), { maxLength: 4 })).map(([tag, attributes, children]) => `<${tag}${attributes}>${children.join('')}</${tag}>`)),
    })).node;
    fc.assert(fc.property(fc.array(tree, { maxLength: 5 }), (nodes) => {
      const content = html(nodes.join(''));
      if (content !== '') expect(narrativeFault(wrapNarrative(content))).toBeUndefined();
    }));
  });
});

describe('a statement as a paragraph', () => {
  it('has its label and its words escaped', () => {
    expect(paragraph('a<b', 'x & "y"')).toBe('<p><b>a&lt;b</b>：x &amp; &quot;y&quot;</p>');
    expect(paragraph(undefined, '1')).toBe('<p>1</p>');
  });
});
