import { structureOfType, typeOfSuffix } from '../definitions/model.ts';
import type { JsonObject } from '../resource.ts';
import { isObject } from '../resource.ts';
import { EMPTY, itemsOf, membersOf, plain, type Collection, type Item } from './item.ts';
import { Uncompilable, type Builder, type Node, type Scope } from './node.ts';
import { isSubtype, propertiesOf, shapesOf, type Property, type StructureTable } from './shape.ts';

/** What can never hold anything; every path from here is as empty. */
export const NOTHING: Node = { shapes: [], run: () => EMPTY };

/** Compiles `of.name`; with `only`, just those of its items that are of this type, as `(of.name as only)` asks. @throws Uncompilable */
export function buildMember(of: Node, name: string, builder: Builder, only?: string): Node {
  if (of.shapes?.length === 0) return of;
  const properties = propertiesOf(builder.definitions, of.shapes, name);
  if (properties === undefined) return buildOpenMember(of, name, builder, only);
  if (properties.length === 0) throw new Uncompilable(`${describe(of)} has no element '${name}'`);
  const kept = only === undefined ? properties : properties.filter((property) => property.shapes === undefined || isSubtype(builder.definitions, property.type, only));
  const shapes = kept.some((property) => property.shapes === undefined) ? undefined : kept.flatMap((property) => property.shapes ?? []);
  const step = stepTo(kept);
  const node = { shapes, run: (scope: Scope) => step(of.run(scope)) };
  return only === undefined || shapes !== undefined ? node : keepType(node, only, builder);
}

/** Keeps the items of one type: by what is known of their shapes, else by what can be seen in the data. */
export function keepType(of: Node, type: string, builder: Builder): Node {
  const { definitions } = builder;
  const kept = of.shapes?.filter((shape) => isSubtype(definitions, shape.type, type));
  if (kept !== undefined && kept.length === of.shapes?.length) return of;
  if (kept?.length === 0) return NOTHING;
  const shapes = kept ?? shapesOf(definitions, type);
  const looksLike = likenessTo(type, definitions);
  return { shapes, run: (scope) => of.run(scope).filter(looksLike) };
}

function describe(of: Node): string {
  return [...new Set(of.shapes?.map((shape) => (shape.element.children.length > 0 ? shape.element.path : shape.type)))].join(' or ');
}

function stepTo(properties: readonly Property[]): (input: Collection) => Collection {
  const [property] = properties;
  if (property === undefined) return () => EMPTY;
  const read = properties.length > 1 ? readerOfChoice(properties) : property.isPrimitive ? readerOfPrimitive(property.name) : readerOf(property.name);
  return (input) => overAll(input, read);
}

type Reader = (members: JsonObject) => Collection;

function overAll(input: Collection, read: Reader): Collection {
  const [first] = input;
  if (first === undefined) return EMPTY;
  if (input.length === 1) {
    const members = membersOf(first);
    return members === undefined ? EMPTY : read(members);
  }
  const found: Item[] = [];
  for (const item of input) {
    const members = membersOf(item);
    if (members !== undefined) found.push(...read(members));
  }
  return found;
}

function readerOf(name: string): Reader {
  return (members) => {
    const value = members[name];
    return value === undefined ? EMPTY : itemsOf(value);
  };
}

function readerOfPrimitive(name: string): Reader {
  const sibling = `_${name}`;
  return (members) => {
    const value = members[name];
    const extended = members[sibling];
    if (extended !== undefined) return itemsOf(value, extended);
    return value === undefined ? EMPTY : itemsOf(value);
  };
}

function readerOfChoice(properties: readonly Property[]): Reader {
  const readers = properties.map((property) => (property.isPrimitive ? readerOfPrimitive(property.name) : readerOf(property.name)));
  return (members) => {
    for (const read of readers) {
      const found = read(members);
      if (found.length > 0) return found;
    }
    return EMPTY;
  };
}

/** Inside a contained resource, or among descendants, the type of an element shows only in the name of its property. */
function buildOpenMember(of: Node, name: string, builder: Builder, only: string | undefined): Node {
  const { definitions } = builder;
  if (only === undefined) {
    const read = readerOfPrimitive(name);
    const readOpen: Reader = (members) => {
      const found = read(members);
      return found.length > 0 ? found : readTyped(members, name, definitions);
    };
    return { shapes: undefined, run: (scope) => overAll(of.run(scope), readOpen) };
  }
  const readNamed = readerOfPrimitive(name);
  const readChosen = readerOfPrimitive(name + only.charAt(0).toUpperCase() + only.slice(1));
  const looksLike = likenessTo(only, definitions);
  const read: Reader = (members) => {
    const chosen = readChosen(members);
    return chosen.length > 0 ? chosen : readNamed(members).filter(looksLike);
  };
  return { shapes: shapesOf(definitions, only), run: (scope) => overAll(of.run(scope), read) };
}

function readTyped(members: JsonObject, name: string, definitions: StructureTable): Collection {
  for (const key in members) {
    if (key.startsWith(name) && isTypeSuffix(key.slice(name.length), definitions)) return itemsOf(members[key], members[`_${key}`]);
  }
  return EMPTY;
}

/** `Quantity` and `DateTime` end the name of a choice's property, `code` does not. */
function isTypeSuffix(suffix: string, definitions: StructureTable): boolean {
  const type = typeOfSuffix(definitions, suffix);
  return type !== undefined && structureOfType(definitions, type)?.kind !== 'resource';
}

const NUMBER_TYPES: ReadonlySet<string> = new Set(['integer', 'decimal', 'positiveInt', 'unsignedInt']);

/**
 * Makes the test whether an item of unknown shape can be of a type. A resource says its type; of the rest only the kind of JSON
 * value is known, so a text can be of each type that is written as text.
 */
function likenessTo(type: string, definitions: StructureTable): (item: Item) => boolean {
  const kind = structureOfType(definitions, type)?.kind;
  return (item) => {
    const value = plain(item);
    if (isObject(value)) {
      const { resourceType } = value;
      return typeof resourceType === 'string' ? isSubtype(definitions, resourceType, type) : kind === 'complex-type';
    }
    if (typeof value === 'boolean') return type === 'boolean';
    if (typeof value === 'string') return kind === 'primitive-type' && type !== 'boolean' && !NUMBER_TYPES.has(type);
    return value === undefined ? kind === 'primitive-type' : NUMBER_TYPES.has(type);
  };
}
