import type { JsonObject, JsonValue } from '../resource.ts';
import type { Numeric } from '../json.ts';
import { isNumeric } from '../json.ts';
import { isObject } from '../resource.ts';

/** A primitive that has an `id` or extensions of its own, joined from `birthDate` and `_birthDate`. */
export class ExtendedPrimitive {
  /** Undefined when only the extensions are there. */
  readonly value: Primitive | undefined;
  readonly element: JsonObject;
  constructor(value: Primitive | undefined, element: JsonObject) {
    this.value = value;
    this.element = element;
  }
}

export type Primitive = string | boolean | Numeric;
/** What an expression works on: parsed FHIR JSON as it is, or a primitive joined with its extensions. */
export type Item = Primitive | JsonObject | ExtendedPrimitive;
export type Collection = readonly Item[];

export const EMPTY: Collection = [];
export const TRUE: Collection = [true];
export const FALSE: Collection = [false];

export function booleanOf(value: boolean): Collection {
  return value ? TRUE : FALSE;
}

/** The primitive without its extensions; an object stays what it is, undefined is a primitive without value. */
export function plain(item: Item): Primitive | JsonObject | undefined {
  return item instanceof ExtendedPrimitive ? item.value : item;
}

/**
 * The item for one JSON value and its `_name` sibling, undefined when neither holds anything.
 * @param sibling the entry of `_name` at the same place
 */
export function itemOf(value: JsonValue | undefined, sibling?: JsonValue): Item | undefined {
  const isPrimitive = typeof value === 'string' || typeof value === 'boolean' || isNumeric(value);
  if (isObject(sibling)) return new ExtendedPrimitive(isPrimitive ? value : undefined, sibling);
  return isPrimitive || isObject(value) ? value : undefined;
}

/** The items of one JSON member and its `_name` sibling, either of which may be an array, null or absent. */
export function itemsOf(value: JsonValue | undefined, sibling?: JsonValue): Collection {
  if (!Array.isArray(value) && !Array.isArray(sibling)) {
    const item = itemOf(value, sibling);
    return item === undefined ? EMPTY : [item];
  }
  const values: readonly (JsonValue | undefined)[] = Array.isArray(value) ? value : [value];
  const siblings: readonly (JsonValue | undefined)[] = Array.isArray(sibling) ? sibling : [sibling];
  const items: Item[] = [];
  for (let i = 0; i < Math.max(values.length, siblings.length); i++) {
    const item = itemOf(values[i], siblings[i]);
    if (item !== undefined) items.push(item);
  }
  return items;
}

/** The object whose members a path can step into: of a primitive, that of its extensions. */
export function membersOf(item: Item): JsonObject | undefined {
  if (item instanceof ExtendedPrimitive) return item.element;
  return isObject(item) ? item : undefined;
}

/** True, false, or undefined when the collection is empty. A single item that is not a boolean counts as true. @see http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections */
export function truthOf(collection: Collection): boolean | undefined {
  const [first] = collection;
  if (first === undefined) return undefined;
  const value = plain(first);
  return typeof value === 'boolean' ? value : true;
}
