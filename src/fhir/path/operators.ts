import type { BinaryOperator } from './ast.ts';
import { isNumeric, numberOf } from '../json.ts';
import { areEqual, compareItems, distinct, indexIn, textOrder } from './compare.ts';
import { EMPTY, FALSE, TRUE, booleanOf, plain, truthOf, type Collection, type Item } from './item.ts';
import { NOTHING } from './member.ts';
import { Uncompilable, systemShapes, type Builder, type Node } from './node.ts';
import type { Shapes } from './shape.ts';

/** Compiles `left operator right`. @throws Uncompilable */
export function buildBinary(operator: Exclude<BinaryOperator, '|'>, left: Node, right: Node, builder: Builder): Node {
  const boolean = systemShapes(builder, 'boolean');
  switch (operator) {
    case 'and': return { shapes: boolean, run: (scope) => {
      const a = truthOf(left.run(scope));
      if (a === false) return FALSE;
      const b = truthOf(right.run(scope));
      return b === false ? FALSE : a === undefined || b === undefined ? EMPTY : TRUE;
    } };
    case 'or': return { shapes: boolean, run: (scope) => {
      const a = truthOf(left.run(scope));
      if (a === true) return TRUE;
      const b = truthOf(right.run(scope));
      return b === true ? TRUE : a === undefined || b === undefined ? EMPTY : FALSE;
    } };
    case 'implies': return { shapes: boolean, run: (scope) => {
      const a = truthOf(left.run(scope));
      if (a === false) return TRUE;
      const b = truthOf(right.run(scope));
      return b === true ? TRUE : a === undefined || b === undefined ? EMPTY : FALSE;
    } };
    case 'xor': return { shapes: boolean, run: (scope) => {
      const a = truthOf(left.run(scope));
      const b = truthOf(right.run(scope));
      return a === undefined || b === undefined ? EMPTY : booleanOf(a !== b);
    } };
    case '=': case '!=': return buildEquality(operator, left, right, boolean);
    case '<': case '<=': case '>': case '>=': return buildOrder(operator, left, right, boolean);
    case 'in': return buildMembership(left, right, boolean);
    case 'contains': return buildMembership(right, left, boolean);
    case '&': return { shapes: systemShapes(builder, 'string'), run: (scope) => [textOf(left.run(scope)) + textOf(right.run(scope))] };
    case '+': case '-': case '*': case '/': case 'div': case 'mod': return buildArithmetic(operator, left, right, builder);
    case '~': case '!~': throw new Uncompilable(`the operator ${operator} is not compiled`);
  }
}

/** The items of all, without repetitions. A shared search expression has an arm for each of its types: those of other types are left out. */
export function buildUnion(nodes: readonly Node[]): Node {
  const [first, ...others] = nodes.filter((node) => node.shapes?.length !== 0);
  if (first === undefined) return NOTHING;
  const shapes = others.reduce((joined, node) => joinShapes(joined, node.shapes), first.shapes);
  if (others.length === 0) return { shapes, run: (scope) => distinct(first.run(scope)) };
  return { shapes, run: (scope) => {
    let items = first.run(scope);
    for (const node of others) {
      const more = node.run(scope);
      if (more.length > 0) items = items.length === 0 ? more : [...items, ...more];
    }
    return distinct(items);
  } };
}

export function joinShapes(left: Shapes, right: Shapes): Shapes {
  return left === undefined || right === undefined ? undefined : [...left, ...right];
}

function buildEquality(operator: '=' | '!=', left: Node, right: Node, shapes: Shapes): Node {
  const order = textOrder(left.shapes, right.shapes);
  const wanted = operator === '=';
  return { shapes, run: (scope) => {
    const equal = areEqual(left.run(scope), right.run(scope), order);
    return equal === undefined ? EMPTY : booleanOf(equal === wanted);
  } };
}

function buildOrder(operator: '<' | '<=' | '>' | '>=', left: Node, right: Node, shapes: Shapes): Node {
  const order = textOrder(left.shapes, right.shapes);
  const holds = { '<': (d: number) => d < 0, '<=': (d: number) => d <= 0, '>': (d: number) => d > 0, '>=': (d: number) => d >= 0 }[operator];
  return { shapes, run: (scope) => {
    const a = single(left.run(scope));
    const b = single(right.run(scope));
    const difference = a === undefined || b === undefined ? undefined : compareItems(a, b, order);
    return difference === undefined ? EMPTY : booleanOf(holds(difference));
  } };
}

function buildMembership(item: Node, collection: Node, shapes: Shapes): Node {
  const order = textOrder(item.shapes, collection.shapes);
  return { shapes, run: (scope) => {
    const wanted = single(item.run(scope));
    return wanted === undefined ? EMPTY : booleanOf(indexIn(collection.run(scope), wanted, order) >= 0);
  } };
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b,
  div: (a, b) => Math.trunc(a / b), mod: (a, b) => a % b,
};

function buildArithmetic(operator: '+' | '-' | '*' | '/' | 'div' | 'mod', left: Node, right: Node, builder: Builder): Node {
  const apply = ARITHMETIC[operator];
  if (apply === undefined) throw new Uncompilable(`the operator ${operator} is not compiled`);
  const joinsTexts = operator === '+' && [left, right].some((node) => node.shapes?.some((shape) => shape.type === 'string'));
  return { shapes: systemShapes(builder, joinsTexts ? 'string' : 'decimal'), run: (scope) => {
    const [a, b] = [left, right].map((node) => single(node.run(scope))).map((item) => (item === undefined ? undefined : plain(item)));
    if (operator === '+' && typeof a === 'string' && typeof b === 'string') return [a + b];
    if (!isNumeric(a) || !isNumeric(b)) return EMPTY;
    const result = apply(numberOf(a), numberOf(b));
    return Number.isFinite(result) ? [result] : EMPTY;
  } };
}

/** The only item; undefined for none, and for several, which an operator on single values cannot take. */
export function single(collection: Collection): Item | undefined {
  return collection.length === 1 ? collection[0] : undefined;
}

function textOf(collection: Collection): string {
  const item = single(collection);
  const value = item === undefined ? undefined : plain(item);
  return typeof value === 'string' ? value : '';
}
