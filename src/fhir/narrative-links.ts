/** A start tag of XHTML with its attributes; what is none ends it, so that no text is read twice. */
const LINKING_TAG = /<(?:a|img)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))+/g;
const LINK = /(\s(?:href|src)\s*=\s*)("[^"<]*"|'[^'<]*')/g;

/**
 * Rewrites the links of a narrative: where `<a href>` leads, and what `<img src>` shows.
 *
 * @param div XHTML of `Narrative.div`
 * @param rewrite gives the new link, or undefined to leave one alone
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export function mapNarrativeLinks(div: string, rewrite: (link: string) => string | undefined): string {
  return div.replace(LINKING_TAG, (tag) => tag.replace(LINK, (attribute, name: string, quoted: string) => {
    const link = rewrite(quoted.slice(1, -1).replaceAll('&amp;', '&'));
    return link === undefined ? attribute : `${name}"${link.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}"`;
  }));
}
