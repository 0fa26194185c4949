import type { XmlElement } from './element.ts';
import { attributeOf, elementsOf } from './element.ts';

/** Elements of the CDA narrative -> those of XHTML. What is not listed leaves its content behind. */
const TAGS: ReadonlyMap<string, string> = new Map([
  ['paragraph', 'p'], ['content', 'span'], ['item', 'li'], ['table', 'table'], ['thead', 'thead'], ['tbody', 'tbody'], ['tfoot', 'tfoot'],
  ['tr', 'tr'], ['td', 'td'], ['th', 'th'], ['sub', 'sub'], ['sup', 'sup'], ['linkHtml', 'span'], ['footnote', 'span'],
]);
/** Inside a list or table only its own parts may stand. */
const STRUCTURES: ReadonlySet<string> = new Set(['list', 'table', 'thead', 'tbody', 'tfoot', 'tr']);
const STYLES: readonly (readonly [RegExp, string])[] = [[/\bBold\b/, 'b'], [/\bItalics\b/, 'i'], [/\bUnderline\b/, 'u']];

/**
 * The narrative of a section as the inside of an XHTML div: paragraphs, lists and tables, with every text escaped and no
 * attribute but the spans of table cells.
 *
 * @returns '' for a narrative that says nothing
 * @see https://hl7.org/fhir/R4/narrative.html
 */
export function narrativeOf(text: XmlElement | undefined): string {
  if (text === undefined) return '';
  const html = contentOf(text);
  return html.replace(/<[^>]*>/g, '').trim() === '' ? '' : html.trim();
}

/** A label and what it says, as a paragraph. */
export function paragraph(label: string | undefined, words: string): string {
  return `<p>${label === undefined ? '' : `<b>${escapeText(label)}</b>：`}${escapeText(words)}</p>`;
}

export function wrapNarrative(html: string): string {
  return `<div xmlns="http://www.w3.org/1999/xhtml">${html}</div>`;
}

function contentOf(element: XmlElement): string {
  const isStructure = STRUCTURES.has(element.name);
  return element.content.map((item) => {
    if (typeof item !== 'string') return render(item);
    return isStructure ? '' : escapeText(item);
  }).join('');
}

function render(element: XmlElement): string {
  if (element.name === 'br') return '<br/>';
  if (element.name === 'list') return renderList(element);
  if (element.name === 'caption') return element.parent?.name === 'table' ? `<caption>${contentOf(element)}</caption>` : `<p>${contentOf(element)}</p>`;
  const tag = TAGS.get(element.name);
  const content = contentOf(element);
  if (tag === undefined) return content;
  return `<${tag}${spansOf(element)}>${styled(element, content)}</${tag}>`;
}

/** The caption of a list has no place inside it in XHTML. */
function renderList(element: XmlElement): string {
  const tag = attributeOf(element, 'listType') === 'ordered' ? 'ol' : 'ul';
  const captions = elementsOf(element).filter(({ name }) => name === 'caption').map(render).join('');
  const items = elementsOf(element).filter(({ name }) => name === 'item').map(render).join('');
  return items === '' ? captions : `${captions}<${tag}>${items}</${tag}>`;
}

function styled(element: XmlElement, content: string): string {
  const style = attributeOf(element, 'styleCode') ?? '';
  return STYLES.filter(([pattern]) => pattern.test(style)).reduce((html, [, tag]) => `<${tag}>${html}</${tag}>`, content);
}

function spansOf(element: XmlElement): string {
  if (element.name !== 'td' && element.name !== 'th') return '';
  return ['colspan', 'rowspan'].map((name) => {
    const value = attributeOf(element, name);
    return value !== undefined && /^\d{1,3}$/.test(value) ? ` ${name}="${value}"` : '';
  }).join('');
}

function escapeText(text: string): string {
  return /[&<>"]/.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;') : text;
}
