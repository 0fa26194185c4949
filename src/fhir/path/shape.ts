import { R4_BASE, structureOfType } from '../definitions/model.ts';
import type { Definitions, ElementModel } from '../definitions/model.ts';

/** What is known of an item before any data is seen: its type, and the element that lists its children. */
export interface Shape {
  readonly type: string;
  readonly element: ElementModel;
  /** The element that holds it, with its binding and the targets of its references; absent for the focus and for what an expression makes. */
  readonly declaredBy?: ElementModel;
}
/** The shapes that the items of a collection can have; undefined where nothing is known, as inside a contained resource. */
export type Shapes = readonly Shape[] | undefined;

/** One JSON property that can hold an element: `valueQuantity` for `value`. */
export interface Property { readonly name: string; readonly isPrimitive: boolean; readonly type: string; readonly shapes: Shapes }

/** The part of Definitions that shapes come from. */
export type StructureTable = Pick<Definitions, 'structures'>;

const OPEN_TYPES: ReadonlySet<string> = new Set(['Resource', 'DomainResource']);
const SYSTEM_TYPES: Readonly<Record<string, string>> = { Boolean: 'boolean', String: 'string', Integer: 'integer', Decimal: 'decimal', Date: 'date', DateTime: 'dateTime', Time: 'time' };

/** The R4 name of a type that an expression names: System types are those of FHIR in lower case. */
export function typeName(name: string): string {
  return SYSTEM_TYPES[name] ?? name;
}

/** Shapes of an element or of a type by name; undefined for one that can hold any resource. */
export function shapesOf(table: StructureTable, focus: string | ElementModel): Shapes {
  if (typeof focus === 'string') return shapesOfType(table, focus);
  if (focus.contentReference !== undefined) return shapesOf(table, referencedElement(table, focus.contentReference));
  if (focus.types.length === 0) return [{ type: focus.path, element: focus }];
  const all = focus.types.map((type) => (focus.children.length > 0 ? [{ type: type.code, element: focus }] : shapesOfType(table, type.code)));
  if (all.some((shapes) => shapes === undefined)) return undefined;
  return all.flatMap((shapes) => shapes ?? []).map((shape) => ({ ...shape, declaredBy: focus }));
}

/**
 * The properties in which the children of this name stand: one for each type of a choice.
 * @returns undefined when nothing is known of the shape; an empty list when it has no such child
 */
export function propertiesOf(table: StructureTable, shapes: Shapes, name: string): readonly Property[] | undefined {
  if (shapes === undefined) return undefined;
  const found = shapes.flatMap((shape) => propertiesOfShape(table, shape, name));
  return found.filter((property, index) => found.findIndex((other) => other.name === property.name) === index);
}

/** True when a value of `type` is also one of `ancestor`: `Age` is a Quantity, `canonical` a uri. */
export function isSubtype(table: StructureTable, type: string, ancestor: string): boolean {
  for (let name: string | undefined = type; name !== undefined;) {
    if (name === ancestor) return true;
    const base: string | undefined = structureOfType(table, name)?.base;
    name = base?.startsWith(R4_BASE) === true ? base.slice(R4_BASE.length) : undefined;
  }
  return false;
}

function shapesOfType(table: StructureTable, type: string): Shapes {
  const structure = structureOfType(table, type);
  return structure === undefined || OPEN_TYPES.has(type) ? undefined : [{ type, element: structure.root }];
}

function propertiesOfShape(table: StructureTable, shape: Shape, name: string): readonly Property[] {
  const child = childOf(table, shape, name);
  if (child === undefined) return [];
  if (child.contentReference !== undefined) return [propertyOf(table, name, child)];
  if (!child.isChoice) return [propertyOf(table, name, child)];
  return child.types.map((type) => {
    const { profiles: _profiles, ...bare } = type;
    return propertyOf(table, name + type.code.charAt(0).toUpperCase() + type.code.slice(1), { ...child, types: [bare] });
  });
}

/** A profile lists only the children that it constrains; the type, or the element of the base type, has them all. */
function childOf(table: StructureTable, shape: Shape, name: string): ElementModel | undefined {
  const named = (child: ElementModel) => child.name === name;
  return shape.element.children.find(named)
    ?? structureOfType(table, shape.type)?.root.children.find(named)
    ?? elementAt(table, shape.element.path)?.children.find(named);
}

function propertyOf(table: StructureTable, name: string, element: ElementModel): Property {
  const shapes = shapesOf(table, element);
  const type = element.types[0]?.code ?? shapes?.[0]?.type ?? element.path;
  return { name, type, shapes, isPrimitive: structureOfType(table, type)?.kind === 'primitive-type' };
}

function referencedElement(table: StructureTable, path: string): ElementModel {
  const element = elementAt(table, path);
  if (element === undefined) throw new Error(`The definitions have no element ${path}`);
  return element;
}

/** The element of a base type by its published path. */
function elementAt(table: StructureTable, path: string): ElementModel | undefined {
  const [type = '', ...names] = path.split('.');
  const root = structureOfType(table, type)?.root;
  return names.reduce<ElementModel | undefined>((parent, name) => parent?.children.find((child) => child.path.endsWith(`.${name}`)), root);
}
