import { SaxesParser } from 'saxes';
import { UnreadableMessage } from '../message.ts';
import type { XmlElement } from './element.ts';
import type { CdaLimits } from './limits.ts';

const HL7 = 'urn:hl7-org:v3';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const ROOT = 'ClinicalDocument';
/** No element of CDA has a tenth of that. */
const MAX_ATTRIBUTES = 100;

/** Most elements are leaves with few attributes: what they have not costs nothing. */
interface Building extends XmlElement { readonly parent: Building | undefined; content: (Building | string)[]; readonly isNarrative: boolean }
const NOTHING: never[] = [];

/**
 * Reads a document as a tree. A document type is refused, whatever it declares: so there are no entities but those of XML
 * itself, and nothing is expanded or fetched.
 *
 * @param text of the document, without byte order mark
 * @returns the ClinicalDocument element
 * @throws UnreadableMessage for what is not well-formed, is no clinical document, or is over the limits
 */
export function parseDocument(text: string, limits: CdaLimits): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const tree = buildTree(parser, limits);
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof UnreadableMessage) throw error;
    throw new UnreadableMessage('syntax', `The body is not well-formed XML: line ${parser.line}, column ${parser.column + 1}`, { cause: error });
  }
  return tree.root();
}

/** Six handlers and no more: they become properties of the parser, and with a seventh the engine treats it as a dictionary, four times slower. */
function buildTree(parser: SaxesParser<{ xmlns: true }>, limits: CdaLimits): { root(): XmlElement } {
  let root: Building | undefined;
  let open: Building | undefined;
  /** Elements open inside one of another namespace, that one included. */
  let foreign = 0;
  let depth = 0;
  let count = 0;
  const attributes = collectAttributes(parser);
  parser.on('doctype', () => {
    throw new UnreadableMessage('syntax', 'The body has a document type declaration, which a shared document has not: entities are not taken in');
  });
  parser.on('opentag', ({ local: name, uri }) => {
    if (++count > limits.elements) throw new UnreadableMessage('limit', `The document has more than ${limits.elements} elements`);
    if (++depth > limits.depth) throw new UnreadableMessage('limit', `The document is nested deeper than ${limits.depth} elements`);
    if (count === 1) requireDocument(parser, { local: name, uri });
    const own = attributes.take();
    if (foreign > 0 || uri !== HL7) {
      foreign++;
      return;
    }
    const element: Building = { name, parent: open, ...own, content: NOTHING, isNarrative: open !== undefined && (open.isNarrative || (name === 'text' && open.name === 'section')) };
    if (open !== undefined) append(open, element);
    root ??= element;
    open = element;
  });
  parser.on('closetag', () => {
    depth--;
    if (foreign > 0) foreign--;
    else open = open?.parent;
  });
  const addText = (text: string): void => {
    if (foreign === 0 && open !== undefined && (open.isNarrative || text.trim() !== '')) append(open, text);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  return {
    root: () => {
      if (root === undefined) throw new UnreadableMessage('syntax', 'The body is empty');
      return root;
    },
  };
}

/** What an element says in attributes. */
type Attributes = Pick<XmlElement, 'attributes' | 'type'>;

/** Gathers the attributes of the next element: those without a namespace, and `xsi:type`. */
function collectAttributes(parser: SaxesParser<{ xmlns: true }>): { take(): Attributes } {
  let found: string[] = NOTHING;
  let types: { readonly prefix: string; readonly value: string }[] = NOTHING;
  let count = 0;
  parser.on('attribute', ({ prefix, local, value }) => {
    if (++count > MAX_ATTRIBUTES) throw new UnreadableMessage('limit', `An element of the document has more than ${MAX_ATTRIBUTES} attributes`);
    if (prefix === '') {
      if (found.length === 0) found = [local, value];
      else found.push(local, value);
    } else if (local === 'type') {
      types = [...types, { prefix, value }];
    }
  });
  return {
    take: () => {
      const type = types.length === 0 ? undefined : types.find(({ prefix }) => parser.resolve(prefix) === XSI)?.value;
      const taken = { attributes: found, type: type?.slice(type.indexOf(':') + 1).trim() };
      found = NOTHING;
      types = NOTHING;
      count = 0;
      return taken;
    },
  };
}

function append(to: Building, item: Building | string): void {
  if (to.content.length === 0) to.content = [item];
  else to.content.push(item);
}

function requireDocument({ xmlDecl: { version } }: SaxesParser<{ xmlns: true }>, { local, uri }: { readonly local: string; readonly uri: string }): void {
  if (version !== undefined && version !== '1.0') throw new UnreadableMessage('syntax', 'Only XML 1.0 is taken in');
  if (local !== ROOT || uri !== HL7) throw new UnreadableMessage('syntax', `The root of the body is not ${ROOT} of the namespace ${HL7}`);
}
