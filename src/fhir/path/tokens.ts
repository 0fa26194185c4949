/** One word of an expression. `name` is an identifier written without back-ticks; only such a one can be an operator. */
export type Token =
  | { readonly kind: 'name' | 'quoted-name' | 'string' | 'number' | 'date' | 'time' | 'variable'; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** The expression is not FHIRPath. `message` names the place. */
export class PathSyntaxError extends Error {}

const SKIPPED = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
/** In this order: a date before a number, a long symbol before its beginning. */
const WORDS: readonly (readonly [Exclude<Token['kind'], 'end'>, RegExp])[] = [
  ['time', /@T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?/y],
  ['date', /@\d{4}(?:-\d{2}(?:-\d{2})?)?(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['variable', /%(?:[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*')/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['quoted-name', /`(?:[^`\\]|\\.)*`/y],
  ['string', /'(?:[^'\\]|\\[^])*'/y],
  ['symbol', /\$this|\$index|\$total|<=|>=|!=|!~|[()[\]{}.,*/+\-&|<>=~]/y],
];

/** Splits an expression into words, ending with one of kind 'end'. @throws PathSyntaxError */
export function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skip(expression, 0);
  while (at < expression.length) {
    const token = wordAt(expression, at);
    tokens.push(token.word);
    at = skip(expression, token.end);
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function wordAt(expression: string, at: number): { word: Token; end: number } {
  for (const [kind, pattern] of WORDS) {
    pattern.lastIndex = at;
    const found = pattern.exec(expression)?.[0];
    if (found !== undefined) return { word: { kind, text: textOf(kind, found), at }, end: at + found.length };
  }
  throw new PathSyntaxError(`unexpected '${expression.charAt(at)}' at character ${at + 1}`);
}

function skip(expression: string, at: number): number {
  SKIPPED.lastIndex = at;
  return SKIPPED.test(expression) ? SKIPPED.lastIndex : at;
}

function textOf(kind: Token['kind'], found: string): string {
  switch (kind) {
    case 'string': case 'quoted-name': return unescape(found.slice(1, -1));
    case 'date': return found.slice(1);
    case 'time': return found.slice(2);
    case 'variable': return /^%[`']/.test(found) ? unescape(found.slice(2, -1)) : found.slice(1);
    default: return found;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** An unknown escape stands for its own character, as the invariants of R4 expect of `\.`. */
function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_match, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? ESCAPES[char ?? ''] ?? char ?? '' : String.fromCharCode(Number.parseInt(hex, 16)));
}
