import { describe, expect, it } from 'vitest';
import { narrativeFault } from '../../../src/fhir/validation/narrative.ts';
import { faultsOf, patient } from './validate.ts';

const div = (content: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`;

describe('a narrative', () => {
  it.each([
    'plain text', '<p>a &lt; b &amp; c &#25105; &nbsp;</p>', '<table class="grid"><tr><td colspan="2">a</td></tr></table>', 'a<br/>b', '<img src="https://a.example/x.png" alt="x"/>',
    '<a href="https://a.example/?a=1&amp;b=2">link</a>', '<!-- remark -->text', '<p style="color: red; background: url(back.png)">a</p>', '<img alt=\'a\' src=\'#x\'/>',
    '<img src="data:image/png;base64,AAAA" alt="x"/>', '<b>张三</b>', '<p title="a > b">x</p>',
  ])('may hold %s', (content) => {
    expect(narrativeFault(div(content))).toBeUndefined();
  });

  it.each([
    ['a script', div('<script>alert(1)</script>')],
    ['a script in capitals', div('<SCRIPT>alert(1)</SCRIPT>')],
    ['an event', div('<p onclick="alert(1)">a</p>')],
    ['an event on an empty element', div('<img src="x" onerror="alert(1)"/>')],
    ['a script address', div('<a href="javascript:alert(1)">a</a>')],
    ['a disguised script address', div('<a href=" java&#10;script:alert(1)">a</a>')],
    ['a script address with an entity', div('<a href="javascript&colon;alert(1)">a</a>')],
    ['a document as data', div('<a href="data:text/html;base64,AAAA">a</a>')],
    ['a frame', div('<iframe src="https://a.example"></iframe>')],
    ['an object', div('<object data="x"></object>')],
    ['a form', div('<form><input/></form>')],
    ['a style sheet', div('<style>p { color: red }</style>')],
    ['a link to a style sheet', div('<link rel="stylesheet" href="x"/>')],
    ['a style with an expression', div('<p style="width: expression(alert(1))">a</p>')],
    ['a style that loads a script', div('<p style="background: url(javascript:alert(1))">a</p>')],
    ['vector graphics', div('<svg onload="alert(1)"></svg>')],
    ['white space only', div('  \n ')],
    ['nothing', '<div xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['an element that is not closed', div('<p>a')],
    ['elements that cross', div('<b><i>a</b></i>')],
    ['an attribute without quotes', div('<p class=a>b</p>')],
    ['a lone ampersand', div('a & b')],
    ['a lone less-than sign', div('a < b')],
    ['a document type', '<!DOCTYPE html><div xmlns="http://www.w3.org/1999/xhtml">a</div>'],
    ['an entity declaration', '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><div>&e;</div>'],
    ['a CDATA section', div('<![CDATA[a]]>')],
    ['a processing instruction', `<?xml version="1.0"?>${div('a')}`],
    ['another root', '<p xmlns="http://www.w3.org/1999/xhtml">a</p>'],
    ['two roots', div('a') + div('b')],
    ['text around the root', `${div('a')} more`],
    ['another namespace', '<div xmlns="http://www.w3.org/2000/svg">a</div>'],
    ['no markup at all', 'text'],
  ])('must not hold %s', (_, xhtml) => {
    expect(narrativeFault(xhtml)?.code).toBe('invariant');
  });

  it('is refused at its place in the resource', () => {
    expect(faultsOf(patient({ text: { status: 'generated', div: div('<script/>') } }))).toEqual(['invariant Patient.text.div']);
  });

  it('ends quickly for text made to exhaust a parser', () => {
    expect(narrativeFault(div('<p '.repeat(20_000)))).toBeDefined();
    expect(narrativeFault(div(`<p ${'a="'.repeat(20_000)}>`))).toBeDefined();
    expect(narrativeFault(div('<b>'.repeat(20_000)))).toBeDefined();
    expect(narrativeFault(`<div${' '.repeat(50_000)}`)).toBeDefined();
    expect(narrativeFault(div(`<p style="${'url('.repeat(20_000)}">a</p>`))).toBeUndefined();
  });
});
