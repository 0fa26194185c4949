import type { Ast, BinaryOperator } from './ast.ts';
import { PathSyntaxError, tokenize, type Token } from './tokens.ts';

type Operator = BinaryOperator | 'is' | 'as';

const THIS: Ast = { kind: 'this' };
/** How tightly an operator binds; those of one row are read from left to right. @see http://hl7.org/fhirpath/N1/#operator-precedence */
const BINDING: Readonly<Record<Operator, number>> = {
  '*': 10, '/': 10, div: 10, mod: 10,
  '+': 9, '-': 9, '&': 9,
  is: 8, as: 8,
  '|': 7,
  '<=': 6, '<': 6, '>': 6, '>=': 6,
  '=': 5, '~': 5, '!=': 5, '!~': 5,
  in: 4, contains: 4,
  and: 3,
  or: 2, xor: 2,
  implies: 1,
};
const SIGN = 11;
const OPERATORS: ReadonlyMap<string, Operator> = new Map(Object.keys(BINDING).map((text) => [text, text as Operator]));
const CALENDAR_UNITS = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/;
const MAX_NESTING = 100;

/** Reads an expression. @throws PathSyntaxError */
export function parsePath(expression: string): Ast {
  const words = { tokens: tokenize(expression), position: 0, nesting: 0 };
  const ast = parseExpression(words, 0);
  if (peek(words).kind !== 'end') throw unexpected(peek(words));
  return ast;
}

interface Words { readonly tokens: readonly Token[]; position: number; nesting: number }

function parseExpression(words: Words, minimum: number): Ast {
  if (++words.nesting > MAX_NESTING) throw new PathSyntaxError(`nested deeper than ${MAX_NESTING} levels`);
  let left = parseOperand(words);
  for (;;) {
    const operator = operatorOf(peek(words));
    if (operator === undefined || BINDING[operator] <= minimum) break;
    next(words);
    left = operator === 'is' || operator === 'as'
      ? { kind: 'type', operator, of: left, type: parseTypeName(words) }
      : { kind: 'binary', operator, left, right: parseExpression(words, BINDING[operator]) };
  }
  words.nesting--;
  return left;
}

function operatorOf(token: Token): Operator | undefined {
  return token.kind === 'name' || token.kind === 'symbol' ? OPERATORS.get(token.text) : undefined;
}

function parseOperand(words: Words): Ast {
  if (takes(words, '-')) return { kind: 'negative', of: parseExpression(words, SIGN) };
  if (takes(words, '+')) return parseExpression(words, SIGN);
  let operand = parseTerm(words);
  for (;;) {
    if (takes(words, '.')) {
      operand = parseInvocation(words, operand, false);
    } else if (takes(words, '[')) {
      operand = { kind: 'item', of: operand, index: parseExpression(words, 0) };
      expect(words, ']');
    } else {
      return operand;
    }
  }
}

function parseTerm(words: Words): Ast {
  const token = peek(words);
  switch (token.kind) {
    case 'string': next(words); return { kind: 'literal', value: { kind: 'string', value: token.text } };
    case 'date': case 'time': next(words); return { kind: 'literal', value: { kind: token.kind, text: token.text } };
    case 'variable': next(words); return { kind: 'variable', name: token.text };
    case 'number': next(words); return parseNumber(words, token.text);
    case 'symbol': return parseSymbol(words);
    case 'name':
      if (token.text !== 'true' && token.text !== 'false') return parseInvocation(words, THIS, true);
      next(words);
      return { kind: 'literal', value: { kind: 'boolean', value: token.text === 'true' } };
    case 'quoted-name': return parseInvocation(words, THIS, true);
    case 'end': throw unexpected(token);
  }
}

function parseNumber(words: Words, text: string): Ast {
  const unit = peek(words);
  if (unit.kind !== 'string' && !(unit.kind === 'name' && CALENDAR_UNITS.test(unit.text))) return { kind: 'literal', value: { kind: 'number', text } };
  next(words);
  return { kind: 'literal', value: { kind: 'quantity', text, unit: unit.text } };
}

function parseSymbol(words: Words): Ast {
  if (takes(words, '(')) {
    const inner = parseExpression(words, 0);
    expect(words, ')');
    return inner;
  }
  if (takes(words, '{')) {
    expect(words, '}');
    return { kind: 'literal', value: { kind: 'nothing' } };
  }
  if (takes(words, '$this')) return THIS;
  if (takes(words, '$index')) return { kind: 'index' };
  throw unexpected(peek(words));
}

function parseInvocation(words: Words, of: Ast, startsPath: boolean): Ast {
  const token = next(words);
  if (token.kind === 'symbol' && token.text === '$this') return of;
  if (token.kind !== 'name' && token.kind !== 'quoted-name') throw unexpected(token);
  if (!takes(words, '(')) return { kind: 'member', of, name: token.text, startsPath };
  const args: Ast[] = [];
  while (!takes(words, ')')) {
    if (args.length > 0) expect(words, ',');
    args.push(parseExpression(words, 0));
  }
  return { kind: 'call', of, name: token.text, args };
}

/** `Quantity`, `FHIR.Patient` or `System.String`, without the name space. */
function parseTypeName(words: Words): string {
  let token = next(words);
  if (token.kind !== 'name' && token.kind !== 'quoted-name') throw unexpected(token);
  if ((token.text === 'FHIR' || token.text === 'System') && takes(words, '.')) token = next(words);
  return token.text;
}

function peek(words: Words): Token {
  const token = words.tokens[words.position];
  if (token === undefined) throw new PathSyntaxError('unexpected end');
  return token;
}

function next(words: Words): Token {
  const token = peek(words);
  words.position++;
  return token;
}

function takes(words: Words, symbol: string): boolean {
  const token = peek(words);
  if (token.kind !== 'symbol' || token.text !== symbol) return false;
  words.position++;
  return true;
}

function expect(words: Words, symbol: string): void {
  if (!takes(words, symbol)) throw unexpected(peek(words));
}

function unexpected(token: Token): PathSyntaxError {
  return new PathSyntaxError(token.kind === 'end' ? 'unexpected end' : `unexpected '${token.text}' at character ${token.at + 1}`);
}
