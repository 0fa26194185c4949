const ASCII = /^[\0-\x7f]*$/;
/** The dot between the parts of a name, 阿依古丽·买买提, is written in many ways. */
const NAME_DOTS = /[\u2022\u2027\u22c5\u30fb]/g;

/**
 * A text as strings are searched: NFKC, lower case, accents of Latin, Greek and Cyrillic removed, white space collapsed.
 * Marks that make another letter, as in Japanese or Thai, stay. Full-width letters and digits become plain ones.
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export function foldText(text: string): string {
  const folded = ASCII.test(text) ? text.toLowerCase() : text.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f]/g, '').normalize('NFKC').replace(NAME_DOTS, '·');
  return folded.replace(/\s+/g, ' ').trim();
}
