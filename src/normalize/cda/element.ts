/** An element of the HL7 v3 namespace; elements of other namespaces are not kept. */
export interface XmlElement {
  /** Local name, whatever the prefix. */
  readonly name: string;
  readonly parent: XmlElement | undefined;
  /** Names and values in turn: of the attributes without a namespace, as all of CDA are but `xsi:type`. */
  readonly attributes: readonly string[];
  /** The local name in `xsi:type`, whatever prefixes are used: `PQ`. */
  readonly type: string | undefined;
  /** Elements and texts in document order; white space between elements is left out, but for narratives. */
  readonly content: readonly (XmlElement | string)[];
}

const NONE: readonly XmlElement[] = [];

/** The value of an attribute; undefined where it is missing or blank. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  if (element === undefined) return undefined;
  const { attributes } = element;
  for (let at = 0; at < attributes.length; at += 2) {
    if (attributes[at] !== name) continue;
    const value = attributes[at + 1]?.trim();
    return value === '' ? undefined : value;
  }
  return undefined;
}

/** Follows the first child of each name in turn. */
export function childAt(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let found = element;
  for (const name of names) {
    if (found === undefined) return undefined;
    found = firstChild(found, name);
  }
  return found;
}

function firstChild({ content }: XmlElement, name: string): XmlElement | undefined {
  for (const item of content) if (typeof item !== 'string' && item.name === name) return item;
  return undefined;
}

export function elementsOf(element: XmlElement | undefined): readonly XmlElement[] {
  return element === undefined ? NONE : element.content.filter((item) => typeof item !== 'string');
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  let found: XmlElement[] | undefined;
  for (const item of element?.content ?? NONE) if (typeof item !== 'string' && item.name === name) (found ??= []).push(item);
  return found ?? NONE;
}

/** The text directly inside an element; undefined where there is none but white space. */
export function textIn(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  const [first] = element.content;
  const text = element.content.length === 1 && typeof first === 'string' ? first : element.content.filter((item) => typeof item === 'string').join('');
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** Every element of one name below another, in document order. */
export function descendantsOf(element: XmlElement, name: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  collect(element, name, found);
  return found;
}

function collect(element: XmlElement, name: string, found: XmlElement[]): void {
  for (const item of element.content) {
    if (typeof item === 'string') continue;
    if (item.name === name) found.push(item);
    collect(item, name, found);
  }
}

/** The organizer in which a statement is a component. */
export function organizerOf({ parent }: XmlElement): XmlElement | undefined {
  return parent?.name === 'component' && parent.parent?.name === 'organizer' ? parent.parent : undefined;
}

/** The nearest element of one name around another. */
export function ancestorOf(element: XmlElement, name: string): XmlElement | undefined {
  let found = element.parent;
  while (found !== undefined && found.name !== name) found = found.parent;
  return found;
}

/** Where an element stands, in the manner of XPath: `/ClinicalDocument/component/section[2]/entry`. Counts only where there are several. */
export function pathOf(element: XmlElement): string {
  const { parent, name } = element;
  if (parent === undefined) return `/${name}`;
  return `${pathOf(parent)}/${name}${positionsIn(parent).get(element) ?? ''}`;
}

/** Counted once for all children: a document can have a fault in each of ten thousand entries. */
const positions = new WeakMap<XmlElement, ReadonlyMap<XmlElement, string>>();

function positionsIn(parent: XmlElement): ReadonlyMap<XmlElement, string> {
  const known = positions.get(parent) ?? countChildren(parent);
  positions.set(parent, known);
  return known;
}

/** `[2]` for the second of several children of one name. */
function countChildren(parent: XmlElement): ReadonlyMap<XmlElement, string> {
  const byName = Map.groupBy(elementsOf(parent), ({ name }) => name);
  return new Map([...byName.values()].filter((children) => children.length > 1).flatMap((children) => children.map((child, index) => [child, `[${index + 1}]`] as const)));
}
