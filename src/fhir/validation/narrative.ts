import type { Fault } from './run.ts';

/**
 * The limits of a narrative: XHTML of formatting elements and attributes only, with nothing that acts or loads by itself.
 * @see https://hl7.org/fhir/R4/narrative.html#Narrative
 */
const ELEMENTS: ReadonlySet<string> = new Set((
  'a abbr acronym address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img '
  + 'ins kbd li map area mark ol p pre q rb rp rt rtc ruby s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'
).split(' '));
const ATTRIBUTES: ReadonlySet<string> = new Set((
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class color colspan coords datetime dir face frame '
  + 'headers height href hreflang hspace id lang longdesc name noshade nowrap rel rev rowspan rules scope shape size span src start style summary tabindex target title '
  + 'type usemap valign value vspace width xml:lang xml:space xmlns'
).split(' '));
const ENTITIES = /&(?!(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/;
const TAG = /<(?:!--[\s\S]*?--|(\/?)([A-Za-z][\w:.-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*))>/gy;
const ATTRIBUTE = /\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy;

/** What is wrong with a `Narrative.div` (txt-1, txt-2, and that it is well formed); undefined when nothing is. */
export function narrativeFault(xhtml: string): Fault | undefined {
  const rule = brokenRule(xhtml);
  return rule === undefined ? undefined : { code: 'invariant', text: rule };
}

function brokenRule(xhtml: string): string | undefined {
  const open: string[] = [];
  let hasContent = false;
  let isClosed = false;
  for (let at = 0; at < xhtml.length;) {
    const next = xhtml.indexOf('<', at);
    const text = xhtml.slice(at, next < 0 ? undefined : next);
    const isText = text.trim() !== '';
    if (isText && open.length === 0) return 'must be one <div> element with nothing around it';
    if (ENTITIES.test(text)) return 'must escape `&` as `&amp;`';
    hasContent ||= isText;
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(xhtml);
    if (tag === null) return 'must be well-formed XHTML without declarations, processing instructions and CDATA sections (txt-1)';
    at = TAG.lastIndex;
    const [, slash, name, rest = ''] = tag;
    if (name === undefined) continue; // a comment
    if (isClosed) return 'must be one <div> element with nothing around it';
    if (slash === '/') {
      if (open.pop() !== name || rest.trim() !== '') return `has a closing </${name}> that does not match`;
      isClosed = open.length === 0;
      continue;
    }
    const fault = tagFault(name, rest, open.length === 0);
    if (fault !== undefined) return fault;
    hasContent ||= name === 'img';
    if (!rest.endsWith('/')) open.push(name);
    else isClosed = open.length === 0;
  }
  if (open.length > 0 || !isClosed) return 'must be well-formed XHTML, each element closed (txt-1)';
  return hasContent ? undefined : 'must have some text or an image, not only white space (txt-2)';
}

function tagFault(name: string, rest: string, isRoot: boolean): string | undefined {
  if (isRoot && name !== 'div') return 'must be a <div> element';
  if (!ELEMENTS.has(name)) return `must not use the element <${name}> (txt-1)`;
  const attributes = rest.endsWith('/') ? rest.slice(0, -1) : rest;
  ATTRIBUTE.lastIndex = 0;
  let end = 0;
  for (let found = ATTRIBUTE.exec(attributes); found !== null; found = ATTRIBUTE.exec(attributes)) {
    const [, attribute = '', double, single] = found;
    const fault = attributeFault(name, attribute, double ?? single ?? '');
    if (fault !== undefined) return fault;
    end = ATTRIBUTE.lastIndex;
  }
  if (attributes.slice(end).trim() !== '') return `has a <${name}> whose attributes are not well-formed`;
  return undefined;
}

function attributeFault(element: string, attribute: string, value: string): string | undefined {
  if (!ATTRIBUTES.has(attribute)) return `must not use the attribute ${attribute} of <${element}> (txt-1)`;
  if (ENTITIES.test(value)) return 'must escape `&` as `&amp;`';
  if (attribute === 'xmlns' && value !== 'http://www.w3.org/1999/xhtml') return 'must be in the namespace http://www.w3.org/1999/xhtml';
  const isAddress = attribute === 'href' || attribute === 'src' || attribute === 'cite' || attribute === 'longdesc' || attribute === 'usemap';
  if (isAddress && isActive(value)) return `must not run a script from the ${attribute} of <${element}> (txt-1)`;
  if (attribute === 'style' && isActiveStyle(value)) return 'must not run or import anything from a style (txt-1)';
  return undefined;
}

/** Browsers ignore control characters and entities of them inside a scheme, so these are taken out before looking. */
function isActive(address: string): boolean {
  const bare = address.replace(/&(#\w+|Tab|NewLine|colon);/gi, decoded).replace(/[\u0000-\u0020]/g, '');
  return /^(javascript|vbscript|livescript|mocha):/i.test(bare) || /^data:(?!image\/(png|jpe?g|gif|bmp|webp))/i.test(bare);
}

function isActiveStyle(style: string): boolean {
  if (/expression\s*\(|@import|behaviou?r\s*:|-moz-binding|\\/i.test(style)) return true;
  return [...style.matchAll(/url\s*\(\s*(?:&quot;|['"])?([^)]*)/gi)].some(([, address = '']) => isActive(address));
}

function decoded(entity: string, name: string): string {
  if (name.toLowerCase() === 'colon') return ':';
  if (!name.startsWith('#')) return '';
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return Number.isInteger(code) && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
