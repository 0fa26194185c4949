import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ast } from '../../../src/fhir/path/ast.ts';
import { parsePath } from '../../../src/fhir/path/parse-path.ts';
import { PathSyntaxError } from '../../../src/fhir/path/tokens.ts';

/** The expression with every grouping written out. */
function written(ast: Ast): string {
  switch (ast.kind) {
    case 'this': return '$this';
    case 'index': return '$index';
    case 'variable': return `%${ast.name}`;
    case 'literal': return ast.value.kind === 'nothing' ? '{}' : 'text' in ast.value ? ast.value.text : JSON.stringify(ast.value.value);
    case 'member': return ast.startsPath ? ast.name : `${written(ast.of)}.${ast.name}`;
    case 'call': return `${ast.of.kind === 'this' ? '' : `${written(ast.of)}.`}${ast.name}(${ast.args.map(written).join(', ')})`;
    case 'item': return `${written(ast.of)}[${written(ast.index)}]`;
    case 'type': return `(${written(ast.of)} ${ast.operator} ${ast.type})`;
    case 'binary': return `(${written(ast.left)} ${ast.operator} ${written(ast.right)})`;
    case 'negative': return `-${written(ast.of)}`;
  }
}

describe('parsePath', () => {
  it.each([
    ['a.b[0].c', 'a.b[0].c'],
    ['a or b and c', '(a or (b and c))'],
    ['a implies b or c', '(a implies (b or c))'],
    ['a = b | c', '(a = (b | c))'],
    ['a + b * c - d', '((a + (b * c)) - d)'],
    ["'#'+id in x", '(("#" + id) in x)'],
    ['a & b | c', '((a & b) | c)'],
    ['value as Quantity > 5', '((value as Quantity) > 5)'],
    ['(a.b as FHIR.Quantity).code', '(a.b as Quantity).code'],
    ['-1 < 2', '(-1 < 2)'],
    ['x.where(as(canonical) = 1).exists()', 'x.where((as(canonical) = 1)).exists()'],
    ['contains(a) contains b', '(contains(a) contains b)'],
    ['text.`div`.exists()', 'text.div.exists()'],
    ["a /* note */ = 'it\\'s' // end", '(a = "it\'s")'],
    ['%resource.type = %`ext`', '(%resource.type = %ext)'],
    ['birthDate < @2026-03-01T08:00:00Z', '(birthDate < 2026-03-01T08:00:00Z)'],
    ['select($this = {} or $index > 1)', 'select((($this = {}) or ($index > 1)))'],
    ['4 days', '4'],
  ])('reads %s', (expression, expected) => {
    expect(written(parsePath(expression))).toBe(expected);
  });

  it.each([
    ['', 'unexpected end'],
    ['a.', 'unexpected end'],
    ['a b', "unexpected 'b' at character 3"],
    ['(a', 'unexpected end'],
    ['a ? b', "unexpected '?' at character 3"],
    ["'open", "unexpected ''' at character 1"],
    [`${'('.repeat(200)}a`, 'nested deeper than 100 levels'],
  ])('refuses %j and says where', (expression, message) => {
    expect(() => parsePath(expression)).toThrow(new PathSyntaxError(message));
  });

  it('throws nothing but a syntax error', () => {
    const words = fc.constantFrom('a', '.', '(', ')', '[', ']', 'as', 'is', '=', '|', "'x'", '1', '@2026', '%a', '$this', ' ', '-', 'where', ',');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(words, { maxLength: 30 }).map((parts) => parts.join(''))), (expression) => {
      try {
        parsePath(expression);
      } catch (error) {
        expect(error).toBeInstanceOf(PathSyntaxError);
      }
    }));
  });
});
