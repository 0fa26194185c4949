/**
 * Values of search parameters: `,` separates alternatives, `|` and `$` parts, and a backslash takes their meaning away.
 * @see https://hl7.org/fhir/R4/search.html#escaping
 */
const ESCAPED = /\\([,|$\\])/g;

/** Splits at each separator that is not escaped; the parts are still escaped. */
export function splitUnescaped(text: string, separator: ',' | '|'): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Takes the escapes out; a backslash before any other character stays. */
export function unescapeValue(text: string): string {
  return text.replace(ESCAPED, '$1');
}
