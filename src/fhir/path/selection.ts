import { distinct, indexIn } from './compare.ts';
import { EMPTY, plain, truthOf, type Collection, type Item } from './item.ts';
import { isNumeric, numberOf } from '../json.ts';
import { Uncompilable, buildLambda, onlyArgument, scopeOf, type Call, type Node } from './node.ts';
import { buildUnion, joinShapes } from './operators.ts';

/** The functions that pick, join or map the items of a collection. @see http://hl7.org/fhirpath/N1/#filtering-and-projection */
export const SELECTION: Readonly<Record<string, (call: Call) => Node>> = {
  where: (call) => {
    const criterion = buildLambda(call, onlyArgument(call));
    return { shapes: call.of.shapes, run: (scope) => call.of.run(scope).filter((item, i) => truthOf(criterion.run(scopeOf(item, i, scope))) === true) };
  },
  select: (call) => {
    const projection = buildLambda(call, onlyArgument(call));
    return { shapes: projection.shapes, run: (scope) => call.of.run(scope).flatMap((item, i) => projection.run(scopeOf(item, i, scope))) };
  },
  repeat: (call) => {
    const projection = call.build(onlyArgument(call), { ...call.builder, self: undefined });
    return { shapes: undefined, run: (scope) => repeated(call.of.run(scope), (item, i) => projection.run(scopeOf(item, i, scope))) };
  },
  first: (call) => picked(call, (items) => (items.length < 2 ? items : items.slice(0, 1))),
  last: (call) => picked(call, (items) => (items.length < 2 ? items : items.slice(-1))),
  tail: (call) => picked(call, (items) => items.slice(1)),
  single: (call) => picked(call, (items) => (items.length === 1 ? items : EMPTY)),
  distinct: (call) => picked(call, distinct),
  skip: (call) => counted(call, (items, count) => items.slice(Math.max(count, 0))),
  take: (call) => counted(call, (items, count) => items.slice(0, Math.max(count, 0))),
  union: (call) => buildUnion([call.of, call.build(onlyArgument(call), call.builder)]),
  combine: (call) => {
    const others = call.build(onlyArgument(call), call.builder);
    return { shapes: joinShapes(call.of.shapes, others.shapes), run: (scope) => [...call.of.run(scope), ...others.run(scope)] };
  },
  intersect: (call) => against(call, (items, others) => distinct(items.filter((item) => indexIn(others, item, 'unknown') >= 0))),
  exclude: (call) => against(call, (items, others) => items.filter((item) => indexIn(others, item, 'unknown') < 0)),
  iif: buildChoice,
};

/** Only the chosen branch is evaluated. */
function buildChoice(call: Call): Node {
  const [criterion, whenTrue, otherwise] = call.args.map((argument) => buildLambda(call, argument));
  if (criterion === undefined || whenTrue === undefined || call.args.length > 3) throw new Uncompilable('iif() takes a criterion and one or two results');
  return {
    shapes: otherwise === undefined ? whenTrue.shapes : joinShapes(whenTrue.shapes, otherwise.shapes),
    run: (scope) => {
      const inner = { ...scope, self: call.of.run(scope) };
      return truthOf(criterion.run(inner)) === true ? whenTrue.run(inner) : otherwise?.run(inner) ?? EMPTY;
    },
  };
}

function picked(call: Call, pick: (items: Collection) => Collection): Node {
  return { shapes: call.of.shapes, run: (scope) => pick(call.of.run(scope)) };
}

function counted(call: Call, pick: (items: Collection, count: number) => Collection): Node {
  const count = call.build(onlyArgument(call), call.builder);
  return { shapes: call.of.shapes, run: (scope) => {
    const [item] = count.run(scope);
    const value = item === undefined ? undefined : plain(item);
    return isNumeric(value) ? pick(call.of.run(scope), numberOf(value)) : EMPTY;
  } };
}

function against(call: Call, pick: (items: Collection, others: Collection) => Collection): Node {
  const others = call.build(onlyArgument(call), call.builder);
  return { shapes: call.of.shapes, run: (scope) => pick(call.of.run(scope), others.run(scope)) };
}

/** Everything that the projection reaches, each item once, so that a cycle ends. */
function repeated(start: Collection, project: (item: Item, index: number) => Collection): Collection {
  const found: Item[] = [];
  for (let level = start; level.length > 0;) {
    const reached = level.flatMap((item, i) => project(item, i));
    level = reached.filter((item) => indexIn(found, item, 'unknown') < 0);
    found.push(...level);
  }
  return found;
}
