/** What the codes of table 0357 that Bund uses are called. */
const TEXTS = {
  0: 'Message accepted',
  100: 'Segment sequence error', 101: 'Required field missing', 102: 'Data type error', 103: 'Table value not found',
  200: 'Unsupported message type', 201: 'Unsupported event code', 202: 'Unsupported processing id', 203: 'Unsupported version id',
  204: 'Unknown key identifier', 205: 'Duplicate key identifier', 206: 'Application record locked', 207: 'Application internal error',
} as const;

type Code = keyof typeof TEXTS;

/** Codes of FHIR's issue-type value set. What is not here is 207: all that the table has for a rule of the receiver. */
const CODES: ReadonlyMap<string, Code> = new Map<string, Code>([
  ['informational', 0],
  ['structure', 100], ['required', 101],
  ['invalid', 102], ['value', 102], ['invariant', 102], ['too-long', 102],
  ['code-invalid', 103],
  ['not-found', 204], ['deleted', 204], ['forbidden', 204], ['multiple-matches', 205], ['duplicate', 205],
  ['conflict', 206], ['lock-error', 206],
]);

/** Where in MSH a message says what it is: what is not supported is told by its place. */
const UNSUPPORTED: ReadonlyMap<string, Code> = new Map<string, Code>([['MSH-9', 200], ['MSH-9.2', 201], ['MSH-11', 202], ['MSH-12', 203]]);

/**
 * The error code of table 0357 that says most of an issue.
 *
 * @param issueCode of https://hl7.org/fhir/R4/valueset-issue-type.html
 * @param place segment and field without ordinals, such as `MSH-9.2`; empty when the issue has none
 */
export function errorCodeOf(issueCode: string, place: string): { readonly code: string; readonly text: string } {
  const code = (issueCode === 'not-supported' ? UNSUPPORTED.get(place) : CODES.get(issueCode)) ?? 207;
  return { code: String(code), text: TEXTS[code] };
}
