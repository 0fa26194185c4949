import { SaxesParser } from 'saxes';
import { ServiceError } from '../../errors.ts';

/** An element with what it says, without namespaces: the adapter reads a few dozen of them. */
export interface Element { readonly name: string; readonly attributes: ReadonlyMap<string, string>; readonly children: readonly Element[]; readonly text: string }

const MOST_ELEMENTS = 2_000;
const DEEPEST = 20;
const MOST_ATTRIBUTES = 20;
const LONGEST_TEXT = 1_000;

interface Building { readonly name: string; readonly attributes: Map<string, string>; readonly children: Building[]; text: string }

/**
 * Reads a message as a tree. A document type is refused, whatever it declares: so there are no entities but those of XML itself,
 * and nothing is expanded or fetched.
 *
 * @throws ServiceError 'malformed'
 */
export function parseReminder(bytes: Buffer): Element {
  const parser = new SaxesParser({ xmlns: true });
  const tree = buildTree(parser);
  try {
    parser.write(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).close();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw refused(`The body is not well-formed XML in UTF-8: line ${parser.line}, column ${parser.column + 1}`, error);
  }
  return tree();
}

function buildTree(parser: SaxesParser<{ xmlns: true }>): () => Element {
  const open: Building[] = [];
  let root: Building | undefined;
  let count = 0;
  parser.on('doctype', () => { throw refused('The body has a document type declaration: entities are not taken in'); });
  parser.on('opentag', ({ local, attributes }) => {
    if (++count > MOST_ELEMENTS || open.length >= DEEPEST) throw refused(`The message has more than ${MOST_ELEMENTS} elements, or they are nested deeper than ${DEEPEST}`);
    const own = Object.values(attributes);
    if (own.length > MOST_ATTRIBUTES) throw refused(`An element of the message has more than ${MOST_ATTRIBUTES} attributes`);
    const element: Building = { name: local, attributes: new Map(own.map((attribute) => [attribute.local, attribute.value.trim()])), children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined) element.text = element.text.trim();
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element === undefined) return;
    element.text += text;
    if (element.text.length > LONGEST_TEXT) throw refused(`The text of ${element.name} is longer than ${LONGEST_TEXT} characters`);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  return () => {
    if (root === undefined) throw refused('The body is empty');
    return root;
  };
}

function refused(sentence: string, cause?: unknown): ServiceError {
  return new ServiceError('malformed', sentence, [{ severity: 'error', code: 'structure', diagnostics: sentence }], { cause });
}
