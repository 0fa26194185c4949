import type { Resource } from '../resource.ts';
import type { Collection, Item } from './item.ts';
import type { Ast } from './ast.ts';
import { shapesOf, type Shapes, type StructureTable } from './shape.ts';

/** What an evaluation can see besides its focus. */
export interface PathEnvironment {
  /** `%resource`: the resource that holds the focus, a contained one included. */
  readonly resource?: Resource;
  /** `%rootResource`: as `%resource`, but the container of a contained resource. */
  readonly rootResource?: Resource;
  /** Finds what a reference points to. By default contained resources are found, and of others only the type and id that the reference names. */
  readonly resolve?: (reference: string) => Resource | undefined;
}

/** The state of one evaluation: `$this`, `$index` and the environment. */
export interface Scope {
  readonly self: Collection;
  readonly index: number;
  readonly context: Collection;
  readonly environment: PathEnvironment;
}

/** A compiled expression: a closure, and what is known of its result. */
export interface Node {
  readonly run: (scope: Scope) => Collection;
  readonly shapes: Shapes;
}

/** What the parts of an expression are compiled with. */
export interface Builder {
  readonly definitions: StructureTable;
  /** Shapes of the focus of the whole expression. */
  readonly context: Shapes;
  /** Shapes of `$this`. */
  readonly self: Shapes;
}

/** Compiles a part of an expression. @throws Uncompilable */
export type Build = (ast: Ast, builder: Builder) => Node;

/** A call `of.name(args)`, ready to be compiled: `of` already is. */
export interface Call {
  readonly name: string;
  readonly of: Node;
  readonly args: readonly Ast[];
  readonly builder: Builder;
  readonly build: Build;
}

/** Ends a compilation: the expression is FHIRPath, but not of the part that is compiled. Never leaves `compilePath`. */
export class Uncompilable extends Error {}

/** Shapes of a result that is a boolean, number or string made by the expression itself. */
export function systemShapes(builder: Builder, type: 'boolean' | 'integer' | 'decimal' | 'string' | 'date' | 'dateTime' | 'time' | 'Quantity'): Shapes {
  return shapesOf(builder.definitions, type);
}

/** The scope in which a criterion looks at one item. */
export function scopeOf(item: Item, index: number, outer: Scope): Scope {
  return { self: [item], index, context: outer.context, environment: outer.environment };
}

/** The one argument of a function. @throws Uncompilable */
export function onlyArgument(call: Call): Ast {
  const [argument, ...more] = call.args;
  if (argument === undefined || more.length > 0) throw new Uncompilable(`${call.name}() takes one argument`);
  return argument;
}

/** Compiles an argument that looks at one item of the input at a time, as the criterion of `where` does. */
export function buildLambda(call: Call, argument: Ast): Node {
  return call.build(argument, { ...call.builder, self: call.of.shapes });
}
