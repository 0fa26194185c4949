const ASCII = /^[\0-\x7f]*$/;

/**
 * A text as strings are searched: NFKC, lower case, accents of Latin, Greek and Cyrillic removed, white space collapsed.
 * Marks that make another letter, as in Japanese or Thai, stay. Full-width letters and digits become plain ones.
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export function foldText(text: string): string {
  const folded = ASCII.test(text) ? text.toLowerCase() : text.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f]/g, '').normalize('NFKC');
  return folded.replace(/\s+/g, ' ').trim();
}
