import type { JsonObject, JsonValue } from '../fhir/resource.ts';
import { isObject } from '../fhir/resource.ts';

/** What shall stand in place of a value; undefined to look into it. `name` is that of the member, for items of a list that of the list. */
export type Change = (value: JsonValue, name: string) => JsonValue | undefined;

/** Rewrites values at any depth. Unchanged parts are shared, and the same object comes back where nothing changed. */
export function mapMembers<T extends JsonObject>(object: T, change: Change): T {
  let changed: Record<string, JsonValue | undefined> | undefined;
  for (const name in object) {
    const value: JsonValue | undefined = object[name];
    const mapped = value === undefined ? undefined : mapValue(value, name, change);
    if (mapped === value) continue;
    changed ??= { ...object };
    changed[name] = mapped;
  }
  return (changed ?? object) as T;
}

function mapValue(value: JsonValue, name: string, change: Change): JsonValue {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    const mapped = items.map((item) => mapValue(item, name, change));
    return mapped.some((item, index) => item !== items[index]) ? mapped : items;
  }
  const replaced = change(value, name);
  if (replaced !== undefined) return replaced;
  return isObject(value) ? mapMembers(value, change) : value;
}
