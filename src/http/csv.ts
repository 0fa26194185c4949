/** What makes spreadsheets take a cell for a formula, in full width too; white space before it does not keep all of them from it. */
const STARTS_FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Delimiters of all locales: whoever opens the file does not choose that of this exchange. */
const NEEDS_QUOTES = /[",;\t\r\n|]|^\s|\s$/;

/**
 * One cell of a CSV export (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe before it and stays
 * text, since cells hold what others have sent; numbers, negative ones too, stay as they are.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvField(text: string): string {
  const harmless = STARTS_FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
