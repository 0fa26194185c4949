import { structureOfType, type ElementModel } from '../definitions/model.ts';
import type { JsonValue, Resource } from '../resource.ts';
import { isObject } from '../resource.ts';
import { decimal, isNumeric, numberOf, numeralOf } from '../json.ts';
import type { Ast } from './ast.ts';
import { EXISTENCE } from './existence.ts';
import { EMPTY, FALSE, TRUE, itemsOf, plain, truthOf, type Collection, type Item } from './item.ts';
import { buildMember, keepType } from './member.ts';
import { Uncompilable, systemShapes, type Builder, type Call, type Node, type PathEnvironment } from './node.ts';
import { buildBinary, buildUnion, single } from './operators.ts';
import { parsePath } from './parse-path.ts';
import { SELECTION } from './selection.ts';
import { shapesOf, typeName, type Shapes, type StructureTable } from './shape.ts';
import { buildLiteral, buildVariable } from './terms.ts';
import { TEXTS } from './texts.ts';
import { PathSyntaxError } from './tokens.ts';
import { TREE } from './tree.ts';

export type { Collection, Item } from './item.ts';
export { ExtendedPrimitive, itemOf, plain } from './item.ts';
export type { PathEnvironment } from './node.ts';

/** An expression ready to be evaluated, or why it cannot be. */
export type CompiledPath = { readonly ok: true; readonly path: Path } | { readonly ok: false; readonly reason: string };

export interface Path {
  /** Types that the result can have, with the elements that hold them; undefined when it can be of any type. */
  readonly shapes: Shapes;
  /**
   * @param focus parsed FHIR JSON as it is, an array, or an item that `itemOf` has joined with its extensions
   * @param environment `resource` is the focus itself unless it is given
   */
  evaluate(focus: Item | JsonValue, environment?: PathEnvironment): Collection;
  /** As an invariant: true, false, or undefined for an empty result, when a comparison could not be made. */
  test(focus: Item | JsonValue, environment?: PathEnvironment): boolean | undefined;
}

/** What an expression is compiled against: an element, or a type by its name, and the structures that both refer to. */
export interface PathContext { readonly definitions: StructureTable; readonly focus: string | ElementModel }

/**
 * Compiles a FHIRPath expression to a closure over parsed FHIR JSON. Choice elements and types are resolved here, from the
 * definitions, so that an evaluation only reads properties; where a path enters a contained or bundled resource, types are
 * looked up in the data.
 *
 * @returns `ok: false` with the reason for a syntax error, an element that the type does not have, and a function or
 *   operator that is not compiled; an evaluation never throws
 * @see http://hl7.org/fhirpath/N1/
 */
export function compilePath(expression: string, context: PathContext): CompiledPath {
  try {
    const shapes = shapesOf(context.definitions, context.focus);
    const node = build(parsePath(expression), { definitions: context.definitions, context: shapes, self: shapes });
    return { ok: true, path: pathOf(node) };
  } catch (error) {
    if (error instanceof Uncompilable || error instanceof PathSyntaxError) return { ok: false, reason: error.message };
    throw error;
  }
}

function pathOf(node: Node): Path {
  const evaluate = (focus: Item | JsonValue, environment?: PathEnvironment): Collection => {
    const self = isItem(focus) ? [focus] : itemsOf(focus);
    return node.run({ self, index: 0, context: self, environment: environment ?? environmentOf(focus) });
  };
  return {
    shapes: node.shapes,
    evaluate,
    test: (focus, environment) => truthOf(evaluate(focus, environment)),
  };
}

function isItem(focus: Item | JsonValue): focus is Item {
  return focus !== null && !Array.isArray(focus);
}

function environmentOf(focus: Item | JsonValue): PathEnvironment {
  return isResource(focus) ? { resource: focus, rootResource: focus } : {};
}

function isResource(value: Item | JsonValue): value is Resource {
  return isObject(value) && typeof value['resourceType'] === 'string';
}

const FUNCTIONS: ReadonlyMap<string, (call: Call) => Node> = new Map(Object.entries({ ...EXISTENCE, ...SELECTION, ...TEXTS, ...TREE }));

function build(ast: Ast, builder: Builder): Node {
  switch (ast.kind) {
    case 'this': return { shapes: builder.self, run: (scope) => scope.self };
    case 'index': return { shapes: systemShapes(builder, 'integer'), run: (scope) => [scope.index] };
    case 'literal': return buildLiteral(ast.value, builder);
    case 'variable': return buildVariable(ast.name, builder);
    case 'member': return (ast.startsPath ? buildRootType(ast.name, builder) : undefined) ?? buildMember(build(ast.of, builder), ast.name, builder);
    case 'call': return buildCall(ast, builder);
    case 'type': return ast.operator === 'as' ? buildNarrowed(ast.of, ast.type, builder) : buildTypeTest(ast.of, ast.type, builder);
    case 'binary': return ast.operator === '|'
      ? buildUnion(armsOf(ast).map((arm) => build(arm, builder)))
      : buildBinary(ast.operator, build(ast.left, builder), build(ast.right, builder), builder);
    case 'negative': return buildNegative(build(ast.of, builder), builder);
    case 'item': return buildIndexer(build(ast.of, builder), build(ast.index, builder));
  }
}

/** `a | b | c` as one union. */
function armsOf(ast: Ast): readonly Ast[] {
  return ast.kind === 'binary' && ast.operator === '|' ? [...armsOf(ast.left), ...armsOf(ast.right)] : [ast];
}

/** `Patient.name` starts at the resource itself when that is a Patient, and is empty for any other type. */
function buildRootType(name: string, builder: Builder): Node | undefined {
  const { definitions, self } = builder;
  if (!/^[A-Z]/.test(name) || structureOfType(definitions, name) === undefined) return undefined;
  return keepType({ shapes: self, run: (scope) => scope.self }, name, builder);
}

function buildCall(ast: Extract<Ast, { kind: 'call' }>, builder: Builder): Node {
  const { name, args: [argument] } = ast;
  if (name === 'as' || name === 'ofType' || name === 'is') {
    if (argument?.kind !== 'member') throw new Uncompilable(`${name}() takes the name of a type`);
    return name === 'is' ? buildTypeTest(ast.of, argument.name, builder) : buildNarrowed(ast.of, argument.name, builder);
  }
  const buildFunction = FUNCTIONS.get(name);
  if (buildFunction === undefined) throw new Uncompilable(`the function ${name}() is not compiled`);
  return buildFunction({ name, of: build(ast.of, builder), args: ast.args, builder, build });
}

/** `(value as Quantity)` of a choice reads one property only. */
function buildNarrowed(of: Ast, type: string, builder: Builder): Node {
  const only = typeName(type);
  if (structureOfType(builder.definitions, only) === undefined) throw new Uncompilable(`there is no type ${type}`);
  return of.kind === 'member' && !(of.startsPath && buildRootType(of.name, builder) !== undefined)
    ? buildMember(build(of.of, builder), of.name, builder, only)
    : keepType(build(of, builder), only, builder);
}

function buildTypeTest(of: Ast, type: string, builder: Builder): Node {
  const whole = build(of, builder);
  const narrowed = buildNarrowed(of, type, builder);
  return { shapes: systemShapes(builder, 'boolean'), run: (scope) => {
    if (narrowed.run(scope).length > 0) return TRUE;
    return whole.run(scope).length > 0 ? FALSE : EMPTY;
  } };
}

function buildNegative(of: Node, builder: Builder): Node {
  return { shapes: systemShapes(builder, 'decimal'), run: (scope) => {
    const item = single(of.run(scope));
    const value = item === undefined ? undefined : plain(item);
    if (!isNumeric(value)) return EMPTY;
    const numeral = numeralOf(value);
    return [decimal(numeral.startsWith('-') ? numeral.slice(1) : `-${numeral}`)];
  } };
}

function buildIndexer(of: Node, index: Node): Node {
  return { shapes: of.shapes, run: (scope) => {
    const at = single(index.run(scope));
    const value = at === undefined ? undefined : plain(at);
    const item = isNumeric(value) ? of.run(scope)[numberOf(value)] : undefined;
    return item === undefined ? EMPTY : [item];
  } };
}
