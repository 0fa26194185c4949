import type { JsonObject } from '../fhir/resource.ts';

/** The members that have a value; an empty list counts as none, since R4 allows no empty list. */
export function defined<T extends JsonObject>(members: T): T {
  const kept: Record<string, unknown> = {};
  for (const name in members) {
    const value = members[name];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) kept[name] = value;
  }
  return kept as T;
}
