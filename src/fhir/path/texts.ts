import { isNumeric, numberOf, numeralOf } from '../json.ts';
import { EMPTY, booleanOf, plain, type Collection, type Primitive } from './item.ts';
import { Uncompilable, onlyArgument, systemShapes, type Call, type Node } from './node.ts';
import { single } from './operators.ts';

/** The functions on one text, and the conversions. An empty or several-fold input gives nothing. @see http://hl7.org/fhirpath/N1/#string-manipulation */
export const TEXTS: Readonly<Record<string, (call: Call) => Node>> = {
  startsWith: (call) => withText(call, 'boolean', (text, other) => booleanOf(text.startsWith(other))),
  endsWith: (call) => withText(call, 'boolean', (text, other) => booleanOf(text.endsWith(other))),
  contains: (call) => withText(call, 'boolean', (text, other) => booleanOf(text.includes(other))),
  indexOf: (call) => withText(call, 'integer', (text, other) => [text.indexOf(other)]),
  matches: buildMatches,
  replaceMatches: buildReplaceMatches,
  replace: (call) => {
    const [pattern, replacement] = textArguments(call, 2);
    return { shapes: systemShapes(call.builder, 'string'), run: (scope) => {
      const [text, from, to] = [call.of, pattern, replacement].map((node) => (node === undefined ? undefined : textIn(node.run(scope))));
      return text === undefined || from === undefined || to === undefined ? EMPTY : [text.replaceAll(from, () => to)];
    } };
  },
  substring: buildSubstring,
  length: (call) => ofText(call, 'integer', (text) => [text.length]),
  upper: (call) => ofText(call, 'string', (text) => [text.toUpperCase()]),
  lower: (call) => ofText(call, 'string', (text) => [text.toLowerCase()]),
  trim: (call) => ofText(call, 'string', (text) => [text.trim()]),
  toString: (call: Call) => converted(call, 'string', (value) => (isNumeric(value) ? numeralOf(value) : String(value))),
  toInteger: (call) => converted(call, 'integer', toInteger),
};

function textIn(collection: Collection): string | undefined {
  const item = single(collection);
  const value = item === undefined ? undefined : plain(item);
  return typeof value === 'string' ? value : undefined;
}

function ofText(call: Call, type: 'boolean' | 'integer' | 'string', apply: (text: string) => Collection): Node {
  return { shapes: systemShapes(call.builder, type), run: (scope) => {
    const text = textIn(call.of.run(scope));
    return text === undefined ? EMPTY : apply(text);
  } };
}

function withText(call: Call, type: 'boolean' | 'integer', apply: (text: string, other: string) => Collection): Node {
  const argument = call.build(onlyArgument(call), call.builder);
  return { shapes: systemShapes(call.builder, type), run: (scope) => {
    const text = textIn(call.of.run(scope));
    const other = text === undefined ? undefined : textIn(argument.run(scope));
    return text === undefined || other === undefined ? EMPTY : apply(text, other);
  } };
}

function textArguments(call: Call, count: number): readonly Node[] {
  if (call.args.length !== count) throw new Uncompilable(`${call.name}() takes ${count} arguments`);
  return call.args.map((argument) => call.build(argument, call.builder));
}

/** Finds the pattern anywhere in the text, as FHIRPath N1 has it: whoever wants the whole text to match writes ^ and $. */
function buildMatches(call: Call): Node {
  const pattern = literalPattern(call, '');
  return ofText(call, 'boolean', (text) => booleanOf(pattern.test(text)));
}

function buildReplaceMatches(call: Call): Node {
  const [, replacement] = textArguments(call, 2);
  const pattern = literalPattern(call, 'g');
  return { shapes: systemShapes(call.builder, 'string'), run: (scope) => {
    const text = textIn(call.of.run(scope));
    const to = replacement === undefined ? undefined : textIn(replacement.run(scope));
    return text === undefined || to === undefined ? EMPTY : [text.replace(pattern, to)];
  } };
}

/** Patterns are compiled once, so they must be literals. Those of R4 escape more than the `u` flag allows. */
function literalPattern(call: Call, flags: string): RegExp {
  const [argument] = call.args;
  if (argument?.kind !== 'literal' || argument.value.kind !== 'string') throw new Uncompilable(`${call.name}() needs a literal pattern`);
  const { value } = argument.value;
  for (const mode of ['us', 's']) {
    try {
      return new RegExp(value, mode + flags);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new Uncompilable(`'${value}' is not a regular expression`);
}

function buildSubstring(call: Call): Node {
  const [start, length] = call.args.map((argument) => call.build(argument, call.builder));
  if (start === undefined || call.args.length > 2) throw new Uncompilable('substring() takes a start and a length');
  return { shapes: systemShapes(call.builder, 'string'), run: (scope) => {
    const text = textIn(call.of.run(scope));
    const from = wholeNumber(start.run(scope));
    const count = length === undefined ? undefined : wholeNumber(length.run(scope));
    if (text === undefined || from === undefined || from < 0 || from >= text.length) return EMPTY;
    return [text.slice(from, count === undefined ? undefined : from + Math.max(count, 0))];
  } };
}

function wholeNumber(collection: Collection): number | undefined {
  const item = single(collection);
  const value = item === undefined ? undefined : plain(item);
  return isNumeric(value) ? numberOf(value) : undefined;
}

function converted(call: Call, type: 'string' | 'integer', convert: (value: Primitive) => Primitive | undefined): Node {
  return { shapes: systemShapes(call.builder, type), run: (scope) => {
    const item = single(call.of.run(scope));
    const value = item === undefined ? undefined : plain(item);
    const isPrimitive = typeof value === 'string' || typeof value === 'boolean' || isNumeric(value);
    const result = isPrimitive ? convert(value) : undefined;
    return result === undefined ? EMPTY : [result];
  } };
}

function toInteger(value: Primitive): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = isNumeric(value) ? numeralOf(value) : value;
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}
