/** Attributes in order; one without value is left out. */
export type XmlAttributes = Readonly<Record<string, string | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\r': '&#13;', '\t': '&#9;' };

/**
 * One XML element as text.
 *
 * @param content elements that were rendered before; a text goes through `xmlText`
 */
export function xml(name: string, attributes: XmlAttributes = {}, content: readonly string[] = []): string {
  const written = Object.entries(attributes).flatMap(([attribute, value]) => (value === undefined ? [] : [` ${attribute}="${xmlText(value)}"`])).join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

/** A text for the content of an element or the value of an attribute. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"\n\r\t]/g, (character) => ESCAPES[character] ?? character);
}
