/**
 * Code systems that are defined by a grammar, or too large to list, tested by their syntax.
 * @see https://hl7.org/fhir/R4/terminologies-systems.html
 */
const GRAMMARS: Readonly<Record<string, RegExp>> = {
  // RFC 6838 type/subtype with parameters; `xml` and `json` and the like are R4's own abbreviations for formats.
  'urn:ietf:bcp:13': /^[\w!#$&^.+-]{1,127}(\/[\w!#$&^.+*-]{1,127}( *;[\x20-\x7e]*)?)?$/,
  'urn:ietf:bcp:47': /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
  'urn:iso:std:iso:4217': /^[A-Z]{3}$/,
  // The characters of a UCUM unit; annotations stand in braces.
  'http://unitsofmeasure.org': /^(\{[\x20-\x7a\x7c\x7e]*\}|[\x21-\x7a\x7c\x7e])+$/,
};

/** True when the system has a known grammar that the code follows, or no known grammar at all. */
export function isCodeOfGrammar(system: string, code: string): boolean {
  return GRAMMARS[system]?.test(code) ?? true;
}
