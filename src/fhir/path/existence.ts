import { distinct, indexIn, textOrder } from './compare.ts';
import { EMPTY, FALSE, TRUE, booleanOf, plain, truthOf, type Collection } from './item.ts';
import { buildLambda, onlyArgument, scopeOf, systemShapes, type Call, type Node, type Scope } from './node.ts';
import { isObject } from '../resource.ts';

/** The functions that answer a question about a whole collection. @see http://hl7.org/fhirpath/N1/#existence */
export const EXISTENCE: Readonly<Record<string, (call: Call) => Node>> = {
  empty: (call) => question(call, (items) => items.length === 0),
  exists: (call) => (call.args.length === 0 ? question(call, (items) => items.length > 0) : existsWhere(call)),
  all: (call) => {
    const criterion = buildLambda(call, onlyArgument(call));
    return boolean(call, (scope) => call.of.run(scope).every((item, i) => truthOf(criterion.run(scopeOf(item, i, scope))) === true));
  },
  allTrue: (call) => question(call, (items) => items.every((item) => plain(item) === true)),
  allFalse: (call) => question(call, (items) => items.every((item) => plain(item) === false)),
  anyTrue: (call) => question(call, (items) => items.some((item) => plain(item) === true)),
  anyFalse: (call) => question(call, (items) => items.some((item) => plain(item) === false)),
  isDistinct: (call) => question(call, (items) => distinct(items).length === items.length),
  subsetOf: (call) => compared(call, (items, others) => isSubset(items, others)),
  supersetOf: (call) => compared(call, (items, others) => isSubset(others, items)),
  hasValue: (call) => question(call, ([item, ...more]) => {
    const value = item === undefined ? undefined : plain(item);
    return more.length === 0 && value !== undefined && !isObject(value);
  }),
  not: (call) => ({ shapes: systemShapes(call.builder, 'boolean'), run: (scope) => {
    const truth = truthOf(call.of.run(scope));
    return truth === undefined ? EMPTY : booleanOf(!truth);
  } }),
  count: (call) => ({ shapes: systemShapes(call.builder, 'integer'), run: (scope) => [call.of.run(scope).length] }),
};

function question(call: Call, holds: (items: Collection) => boolean): Node {
  return boolean(call, (scope) => holds(call.of.run(scope)));
}

function boolean(call: Call, holds: (scope: Scope) => boolean): Node {
  return { shapes: systemShapes(call.builder, 'boolean'), run: (scope) => (holds(scope) ? TRUE : FALSE) };
}

function existsWhere(call: Call): Node {
  const criterion = buildLambda(call, onlyArgument(call));
  return boolean(call, (scope) => call.of.run(scope).some((item, i) => truthOf(criterion.run(scopeOf(item, i, scope))) === true));
}

function compared(call: Call, holds: (items: Collection, others: Collection) => boolean): Node {
  const others = call.build(onlyArgument(call), call.builder);
  return boolean(call, (scope) => holds(call.of.run(scope), others.run(scope)));
}

function isSubset(items: Collection, others: Collection): boolean {
  return items.every((item) => indexIn(others, item, textOrder(undefined, undefined)) >= 0);
}
